"""OAuth apps that tenants bring: the sandbox's providers know a second app, and tell them apart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.config import ConnectorConfig
from gateway.access.service_keys import Role
from gateway.encryption.places import app_secret_place
from gateway.encryption.rotation import Rotation
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.errors import AppRemoved, Forbidden
from gateway.sandbox.link import SandboxLink, link_sandbox
from gateway.services.apps import MOST
from gateway.services.renewal import Round
from gateway.store.mongo import Database
from gateway.store.oauth_apps import OAuthAppStore, app_id
from gateway.store.sealed import sealed_stores
from tests.conftest import GATEWAY_URL
from tests.support.configs import WITHOUT_APP
from tests.support.gateway import ACCOUNTS, Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    disconnect,
    force,
    problem_of,
    token_of,
    works,
)

OWN, SECRET = "acme-client", "acme+secret=%1"
APPS = "/v1/connectors/google/apps"
DAY = 86_400


@pytest.fixture(autouse=True)
def _own_app(sandbox: SandboxProcess) -> None:
    """The app that a tenant has registered at the provider."""
    sandbox.register("google", OWN, SECRET)


async def set_app(
    gateway: Harness, client_id: str = OWN, secret: str = SECRET, tenant: str = "default"
) -> httpx.Response:
    """Bring an app."""
    api = await gateway.api(Role.ADMIN, tenant=tenant)
    return await api.put(APPS, json={"client_id": client_id, "client_secret": secret})


async def apps(gateway: Harness, tenant: str = "default") -> dict[str, Any]:
    """The answer that lists the apps."""
    api = await gateway.api(Role.ADMIN, tenant=tenant)
    answer = (await api.get(APPS)).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def chosen(gateway: Harness) -> tuple[ConnectorConfig, str | None]:
    """The app that another tenant's people connect with."""
    config, app = await gateway.services.apps.choose("other", "google")
    assert isinstance(config, ConnectorConfig)
    return config, app


async def remove(gateway: Harness, client_id: str = OWN) -> httpx.Response:
    """Remove an app."""
    (found,) = [app for app in (await apps(gateway))["apps"] if app["client_id"] == client_id]
    return await (await gateway.api(Role.ADMIN)).delete(f"{APPS}/{found['id']}")


async def asked_client(gateway: Harness, connector: str = "google", user: str = "alice") -> str:
    """The client id in the address that a browser is sent to."""
    browser = await gateway.browser(user)
    await browser.start(connector)
    return str(httpx.URL(browser.url).params["client_id"])


async def asked_client_of_shop(gateway: Harness) -> str:
    """The client id in the address of a shop's consent page."""
    browser = await gateway.browser("alice")
    await browser.start("shopify", shop="acme-outfitters")
    return str(httpx.URL(browser.url).params["client_id"])


async def test_the_answer_says_what_to_register_and_never_shows_the_secret(
    gateway: Harness, database: Database
) -> None:
    before = await apps(gateway)
    assert before["redirect_uri"] == f"{GATEWAY_URL}/v1/connectors/google/callback"
    assert (before["connects_with"], before["apps"]) == ("deployment", [])
    answer = await set_app(gateway)
    assert answer.status_code == 200
    assert answer.json() == await apps(gateway)
    (app,) = answer.json()["apps"]
    assert (app["client_id"], app["in_use"]) == (OWN, True)
    assert app["updated_by"].startswith("key:")
    assert answer.json()["connects_with"] == "own"
    assert SECRET not in answer.text
    row = await database.collection("oauth_apps").find_one({})
    assert row is not None
    assert SECRET.encode() not in row["secret"]


async def test_a_connection_lives_with_the_app_that_made_it(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Connect, read, refresh and disconnect, while new connections use another app already."""
    await connect(gateway, "google", user="bob")  # by the deployment's app
    assert await asked_client(gateway) != OWN
    await set_app(gateway)
    assert await asked_client(gateway) == OWN
    await connect(gateway, "google")
    assert works(await gateway.token("google", "alice"), "/oauth2/v3/userinfo")

    sandbox.register("google", "acme-2", "another-secret")
    answer = await set_app(gateway, "acme-2", "another-secret")
    in_use = {app["client_id"]: app["in_use"] for app in answer.json()["apps"]}
    assert in_use == {OWN: False, "acme-2": True}
    clock.advance(seconds=DAY)
    mark = sandbox.mark()
    for user in ("alice", "bob"):
        assert works(await gateway.token("google", user), "/oauth2/v3/userinfo"), user
    assert asked(sandbox, "google", mark) == ["issued", "issued"]
    answer = await gateway.token("google", "alice")
    gone = await disconnect(gateway, (await connection(gateway))["id"])
    assert gone.json()["revoked"] == "yes"
    assert not works(answer, "/oauth2/v3/userinfo")
    assert works(await gateway.token("google", "bob"), "/oauth2/v3/userinfo")


async def test_a_wrong_secret_has_its_own_error_and_costs_no_connection(
    gateway: Harness, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    first = token_of(await gateway.token("google", "alice"))
    await set_app(gateway, secret="wrong")
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "app_refused"
    assert "An administrator of your organisation has to set the right ones" in browser.text
    assert token_of(await gateway.token("google", "alice")) == first
    clock.advance(seconds=DAY)
    assert token_of(await gateway.token("google", "alice")) != first
    assert (await connection(gateway))["status"] == "active"


async def test_a_new_secret_of_the_same_app_renews_its_connections(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await set_app(gateway)
    await connect(gateway, "google")
    sandbox.register("google", OWN, "rotated-secret")
    clock.advance(seconds=DAY)
    assert problem_of(await gateway.token("google", "alice")) == (503, "app_refused")
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"]) == ("not_renewed", "app_refused")
    assert shown["action"] == "administrator"
    page = await (await gateway.browser("alice")).open("/dashboard/connectors")
    assert "has to set the right client secret" in page.text

    answer = await set_app(gateway, secret="rotated-secret")
    assert len(answer.json()["apps"]) == 1
    assert token_of(await gateway.token("google", "alice"))
    assert (await connection(gateway))["status"] == "active"


async def test_without_its_app_a_connection_waits_and_loses_nothing(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await set_app(gateway)
    await connect(gateway, "google")
    first = token_of(await gateway.token("google", "alice"))
    assert (await remove(gateway)).status_code == 204
    assert (await apps(gateway))["connects_with"] == "deployment"
    assert token_of(await gateway.token("google", "alice")) == first
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"]) == ("active", "app_removed")

    clock.advance(seconds=DAY)
    mark = sandbox.mark()
    assert problem_of(await gateway.token("google", "alice")) == (409, "app_removed")
    assert asked(sandbox, "google", mark) == []
    shown = await connection(gateway)
    assert (shown["status"], shown["action"]) == ("not_renewed", "reconnect")
    page = await (await gateway.browser("alice")).open("/dashboard/connectors")
    assert "that made this connection was removed" in page.text

    await set_app(gateway)  # the same client id again
    assert token_of(await gateway.token("google", "alice")) != first


async def test_reconnecting_replaces_the_app_that_was_removed(
    gateway: Harness, clock: StoppedClock
) -> None:
    await set_app(gateway)
    await connect(gateway, "google")
    await remove(gateway)
    clock.advance(seconds=DAY)
    await connect(gateway, "google")
    assert works(await gateway.token("google", "alice"), "/oauth2/v3/userinfo")
    assert works(await force(gateway, "google"), "/oauth2/v3/userinfo")


async def test_disconnecting_without_the_app_says_that_nothing_was_revoked(
    gateway: Harness,
) -> None:
    await set_app(gateway)
    await connect(gateway, "google")
    await remove(gateway)
    gone = await disconnect(gateway, (await connection(gateway))["id"])
    assert gone.json()["revoked"] == "no"


async def test_a_flow_is_finished_with_the_app_that_it_was_started_with(gateway: Harness) -> None:
    await set_app(gateway)
    browser = await gateway.browser("alice")
    await browser.start("google")
    await set_app(gateway, "acme-2", "another-secret")
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"
    assert works(await force(gateway, "google"), "/oauth2/v3/userinfo")


async def test_a_flow_whose_app_is_removed_ends_with_a_clear_error(gateway: Harness) -> None:
    await set_app(gateway)
    browser = await gateway.browser("alice")
    await browser.start("google")
    await remove(gateway)
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "app_removed"


async def test_the_secret_of_the_own_app_verifies_a_signed_callback(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    sandbox.register("shopify", OWN, SECRET)
    api = await gateway.api(Role.ADMIN)
    body = {"client_id": OWN, "client_secret": SECRET}
    assert (await api.put("/v1/connectors/shopify/apps", json=body)).status_code == 200
    assert await asked_client_of_shop(gateway) == OWN
    await connect(gateway, "shopify", shop="acme-outfitters")


async def test_a_grant_of_another_app_is_not_shared(gateway: Harness) -> None:
    """Two people link one account by two apps: ending one grant leaves the other."""
    await connect(gateway, "google", user="bob")
    await set_app(gateway)
    await connect(gateway, "google")
    gone = await disconnect(gateway, (await connection(gateway))["id"])
    assert gone.json()["revoked"] == "yes"
    assert works(await force(gateway, "google", "bob"), "/oauth2/v3/userinfo")


async def test_another_tenant_sees_and_uses_nothing_of_it(gateway: Harness) -> None:
    await set_app(gateway)
    other = await apps(gateway, tenant="other")
    assert (other["connects_with"], other["apps"]) == ("deployment", [])
    config, app = await chosen(gateway)
    assert (config.client_id != OWN, app) == (True, None)
    (mine,) = (await apps(gateway))["apps"]
    api = await gateway.api(Role.ADMIN, tenant="other")
    assert problem_of(await api.delete(f"{APPS}/{mine['id']}")) == (404, "not_found")
    with pytest.raises(AppRemoved):
        await gateway.services.apps.find("other", "google", mine["id"])
    with pytest.raises(AppRemoved):
        await gateway.services.apps.find("default", "notion", mine["id"])


async def test_a_tenant_with_its_own_app_needs_no_share_in_the_deployments(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.services.connect, "_only_tenant", "default")
    given: dict[str, Any] = {"tenant": "other", "user": "zoe", "typed": {}, "return_to": "/"}
    config, app = await chosen(gateway)
    with pytest.raises(Forbidden):
        await gateway.services.connect.start(config, **given, app=app)
    await set_app(gateway, tenant="other")
    config, app = await chosen(gateway)
    started = await gateway.services.connect.start(config, **given, app=app)
    assert httpx.URL(started.authorization_url).params["client_id"] == OWN


async def test_a_connector_without_the_deployments_app_is_offered_to_a_tenant_with_its_own(
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def without_apps(*given: Any) -> SandboxLink:
        return replace(await link_sandbox(*given), variables={})

    monkeypatch.setattr("tests.support.gateway.link_sandbox", without_apps)
    async with running_gateway(
        mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL, clock=clock
    ) as gateway:
        api = await gateway.api(Role.ADMIN)
        browser = await gateway.browser("alice")
        assert problem_of(await gateway.token("google", "alice")) == (404, "connector_unknown")
        assert (await browser.open("/connectors/google")).status_code == 404
        assert (await api.get(APPS)).json()["connects_with"] is None
        assert await gateway.services.renewal.round("google") == Round()

        await set_app(gateway)
        available = (await browser.open("/v1/connectors/available")).json()["connectors"]
        assert {each["name"] for each in available} == {"google", *WITHOUT_APP}
        anybody = (await api.get("/v1/connectors/available")).json()["connectors"]
        assert {each["name"] for each in anybody} == {*WITHOUT_APP}
        page = await browser.open("/dashboard/connectors")
        assert 'href="/connectors/google"' in page.text
        assert problem_of(await gateway.token("google", "alice")) == (409, "connector_required")
        await connect(gateway, "google")
        clock.advance(seconds=DAY)
        assert (await gateway.services.renewal.round("google")).renewed == 1
        assert works(await gateway.token("google", "alice"), "/oauth2/v3/userinfo")
        await gateway.services.hooks.round("google")

        await remove(gateway)
        clock.advance(seconds=DAY)
        assert (await gateway.services.renewal.round("google")) == Round()
        assert problem_of(await gateway.token("google", "alice")) == (409, "app_removed")
        assert (await connection(gateway))["status_reason"] == "app_removed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": " padded ", "client_secret": SECRET}, "client_id"),
        ({"client_id": "a\nb", "client_secret": SECRET}, "client_id"),
        ({"client_id": "ключ", "client_secret": SECRET}, "client_id"),
        ({"client_id": OWN, "client_secret": "pasted\n"}, "client_secret"),
        ({"client_id": OWN}, "client_secret"),
        ({"client_id": OWN, "client_secret": ""}, "client_secret"),
        ({"client_id": "", "client_secret": SECRET}, "client_id"),
        ({"client_secret": SECRET}, "client_id"),
        ({"client_id": OWN, "client_secret": "s" * 2001}, "client_secret"),
    ],
)
async def test_credentials_that_cannot_be_right_are_refused(
    gateway: Harness, body: dict[str, str], field: str
) -> None:
    api = await gateway.api(Role.ADMIN)
    answer = await api.put(APPS, json=body)
    assert problem_of(answer) == (422, "invalid_request")
    assert field in answer.text
    assert SECRET not in answer.text
    assert (await apps(gateway))["apps"] == []


async def test_a_tenant_has_at_most_ten_apps_of_a_connector(gateway: Harness) -> None:
    for number in range(MOST):
        assert (await set_app(gateway, f"client-{number}")).status_code == 200
    assert problem_of(await set_app(gateway, "one-more")) == (422, "invalid_request")
    assert (await set_app(gateway, "client-0", "another-secret")).status_code == 200


async def test_an_unknown_connector_has_no_apps(gateway: Harness) -> None:
    api = await gateway.api(Role.ADMIN)
    body = {"client_id": OWN, "client_secret": SECRET}
    address = "/v1/connectors/nothing/apps"
    for answer in (
        await api.get(address),
        await api.put(address, json=body),
        await api.delete(f"{address}/app_1"),
    ):
        assert problem_of(answer) == (404, "connector_unknown")


async def test_an_alias_names_the_same_apps(gateway: Harness) -> None:
    alias = gateway.services.catalog.get("google").alias
    api = await gateway.api(Role.ADMIN)
    body = {"client_id": OWN, "client_secret": SECRET}
    answer = await api.put(f"/v1/connectors/{alias or 'google'}/apps", json=body)
    assert answer.json()["connector"] == "google"
    assert await asked_client(gateway) == OWN


async def test_of_two_apps_that_are_set_at_once_one_is_in_use(gateway: Harness) -> None:
    await asyncio.gather(*(set_app(gateway, f"client-{n}") for n in range(4)))
    assert (await apps(gateway))["connects_with"] == "own"
    assert await gateway.services.apps.choose("default", "google")


async def test_a_planted_row_is_no_app(gateway: Harness, database: Database) -> None:
    """A writer of the database without an encryption key changes nobody's app."""
    await set_app(gateway)
    rows = database.collection("oauth_apps")
    await rows.update_one({}, {"$set": {"client_id": "an-attackers"}})
    assert await asked_client(gateway) != "an-attackers"
    row = await rows.find_one({})
    assert row is not None
    planted = row | {"_id": app_id("default", "google", "an-attackers")}
    await rows.insert(planted)
    browser = await gateway.browser("alice")
    page = await browser.open("/connectors/google")
    assert page.status_code == 503
    assert "an-attackers" not in page.text


async def test_every_change_is_audited(gateway: Harness) -> None:
    await set_app(gateway)
    (app,) = (await apps(gateway))["apps"]
    await remove(gateway)
    api = await gateway.api(Role.ADMIN)
    for action in ("app.set", "app.removed"):
        answer = await api.get("/v1/audit", params={"action": action})
        (line,) = answer.json()["lines"]
        assert (line["connector"], line["subject"]) == ("google", app["id"])
        assert line["actor"]["kind"] == "key"


async def test_a_rotation_of_encryption_keys_seals_the_secret_anew(
    gateway: Harness, database: Database
) -> None:
    await set_app(gateway)
    rows = database.collection("oauth_apps")
    before = await rows.find_one({})
    old = gateway.settings.encryption_keys.get_secret_value()
    new = f"k9:{new_encryption_key()}"
    both = Vault(read_encryption_keys(f"{new},{old}"))
    stores = [store for store in sealed_stores(database) if store.sealed.proven is None]
    done = await Rotation(both, stores, gateway.services.audit).run(lambda count: None)
    assert done.unreadable == ()
    row = await rows.find_one({})
    assert row is not None
    assert before is not None
    assert row["secret"] != before["secret"]
    (app,) = await OAuthAppStore(database).list_for("default")
    opened = Vault(read_encryption_keys(new)).open(app.secret, app_secret_place(app))
    assert opened.reveal() == SECRET
