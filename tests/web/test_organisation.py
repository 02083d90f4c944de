"""Connections of the organisation: administrators make them, everybody's tools use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.access.service_keys import Restrictions, Role
from gateway.store.events import Event
from gateway.store.rows import read_fields
from gateway.webhooks.delivery import body_of
from tests.conftest import GATEWAY_URL
from tests.support.assertions import HEADER, Host
from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.organisation import ADMIN, connect_for_org, headers_of, org_connections, owner_in
from tests.support.pasted import INPUTS, KEY, OTHER_KEY, Providers, gateway_with_keys, paste
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.tokens import connect, connection, disconnect, token_of

CONNECTIONS = f"{GATEWAY_URL}/v1/connections"


async def lines(gateway: Harness, **wanted: str) -> list[dict[str, Any]]:
    """The tenant's audit, newest first."""
    await gateway.services.audit.flush()
    api = await gateway.api(Role.ADMIN)
    found: list[dict[str, Any]] = (await api.get("/v1/audit", params=wanted)).json()["lines"]
    return found


async def test_two_people_use_one_connection_of_the_organisation(
    gateway: Harness, rows: Rows
) -> None:
    browser = await connect_for_org(gateway, "notion")
    row = await rows.connection()
    assert row["owner"] == "org"
    answers = [await gateway.token("notion", user) for user in ("alice", "bob")]
    assert {owner_in(answer) for answer in answers} == {("org", None)}
    assert token_of(answers[0]) == token_of(answers[1])

    issued = await lines(gateway, action="token.issued")
    assert [(line["user"], line["owner"]) for line in issued] == [("bob", "org"), ("alice", "org")]
    assert {line["connection"] for line in issued} == {row["_id"]}
    (made,) = await lines(gateway, action="connection.created")
    assert (made["owner"], made["user"], made["actor"]["user"]) == ("org", None, ADMIN)
    await browser.open("/connectors/notion?owner=org")
    assert "your organisation: the tools of everybody in it" in words(browser)


async def test_a_personal_connection_wins_over_the_organisations(gateway: Harness) -> None:
    await connect_for_org(gateway, "google")
    assert owner_in(await gateway.token("google", "alice")) == ("org", None)
    await connect(gateway, "google", account="google-work")

    assert owner_in(await gateway.token("google", "alice")) == ("user", "alice")
    assert owner_in(await gateway.token("google", "bob")) == ("org", None)
    for _ in range(2):  # the second one is from memory
        assert owner_in(await gateway.token("google", "alice", owner="org")) == ("org", None)
        assert owner_in(await gateway.token("google", "alice", owner="user")) == ("user", "alice")
    problem(await gateway.token("google", "bob", owner="user"), 409, "connector_required")
    problem(await gateway.token("google", "bob", owner="team"), 422, "invalid_request")
    own = [line["owner"] for line in await lines(gateway, action="token.issued", user="alice")]
    assert own == [None, "org", None, "org", None, "org"]

    await disconnect(gateway, (await connection(gateway))["id"])
    assert owner_in(await gateway.token("google", "alice")) == ("org", None)


async def test_an_account_is_looked_for_at_the_nearest_owner_first(gateway: Harness) -> None:
    await connect_for_org(gateway, "google", "google-work")
    await connect(gateway, "google")
    (shared,) = await org_connections(gateway)
    for name in ("id", "external_account_id", "account_label"):
        answer = await gateway.token("google", "alice", account=shared[name])
        assert owner_in(answer) == ("org", None)
    problem(await gateway.token("google", "alice", account="nobody"), 404, "account_not_found")
    problem(
        await gateway.token("google", "alice", account=shared["id"], owner="user"),
        404,
        "account_not_found",
    )

    # The same account of her own is nearer, whatever is in memory.
    await connect(gateway, "google", account="google-work")
    answer = await gateway.token("google", "alice", account=shared["external_account_id"])
    assert owner_in(answer) == ("user", "alice")


async def test_a_forced_refresh_can_name_the_organisation(gateway: Harness) -> None:
    await connect_for_org(gateway, "google")
    before = token_of(await gateway.token("google", "alice"))
    client = await gateway.api(Role.TOKENS)
    body = {"user": "alice", "owner": "org"}
    answer = await client.post("/v1/connectors/google/refresh", json=body)
    assert token_of(answer) != before
    assert owner_in(answer) == ("org", None)
    (line,) = await lines(gateway, action="refresh.done")
    assert (line["owner"], line["user"]) == ("org", None)


@pytest.mark.requirement("F1")
async def test_another_tenant_never_gets_it(gateway: Harness) -> None:
    await connect_for_org(gateway, "google")
    (shared,) = await org_connections(gateway)
    tool = await gateway.api(Role.TOKENS, tenant="other")
    for more in ({}, {"owner": "org"}, {"account": shared["id"]}):
        answer = await tool.post("/v1/connectors/google/token", json={"user": ADMIN, **more})
        problem(answer, 409, "connector_required")
    assert await org_connections(gateway, tenant="other") == []
    foreign = await gateway.api(Role.CONNECTIONS, tenant="other")
    assert (await foreign.delete(f"/v1/connections/{shared['id']}")).status_code == 404
    assert (await gateway.token("google", "alice")).status_code == 200


@pytest.mark.requirement("F1", "F2")
async def test_only_an_administrator_sees_or_changes_it(gateway: Harness, rows: Rows) -> None:
    admin = await connect_for_org(gateway, "google")
    (shared,) = await org_connections(gateway)
    before = await rows.connections()
    browser = await gateway.browser("alice")
    await browser.open("/dashboard/connectors")
    headers, url = headers_of(browser), f"{CONNECTIONS}/{shared['id']}"
    client = browser.client
    problem(
        await client.get(CONNECTIONS, params={"owner": "org"}, headers=headers), 403, "forbidden"
    )
    answers = [
        await client.get(url, headers=headers),
        await client.delete(url, headers=headers),
        await client.patch(url, headers=headers, json={"is_default": True}),
        await client.post(f"{url}/retry", headers=headers),
    ]
    for answer in answers:
        problem(answer, 404, "connection_not_found")
    start = f"{GATEWAY_URL}/v1/connectors/google/start"
    for wanted, code in (({"owner": "org"}, 403), ({"reconnect": shared["id"]}, 403)):
        refused = await client.post(start, headers=headers, json=wanted)
        assert refused.status_code == code
    assert (await browser.open("/connectors/google?owner=org")).status_code == 403
    page = f"/dashboard/connections/{shared['id']}/disconnect"
    assert (await browser.open(page)).status_code == 404
    assert await rows.connections() == before
    await browser.open("/dashboard/connectors")
    assert ACCOUNTS["google"] not in browser.text
    assert shared["external_account_id"] not in browser.text

    await admin.open("/dashboard/connectors")
    headers = headers_of(admin)
    found = (await admin.client.get(CONNECTIONS, params={"owner": "org"}, headers=headers)).json()
    assert [each["id"] for each in found["connections"]] == [shared["id"]]
    assert (await admin.client.get(CONNECTIONS, headers=headers)).json() == {"connections": []}
    assert (await admin.client.delete(url, headers=headers)).status_code == 200
    assert await rows.connections() == []


async def test_an_administrator_reconnects_it_for_the_organisation(
    gateway: Harness, rows: Rows
) -> None:
    """Another administrator can: the owner stays the organisation."""
    await connect_for_org(gateway, "google")
    (shared,) = await org_connections(gateway)
    browser = await gateway.browser(ADMIN)
    outcome = await browser.connect("google", ACCOUNTS["google"], f"?reconnect={shared['id']}")
    assert outcome == "reconnected"
    row = await rows.connection()
    assert (row["_id"], row["owner"], row["generation"]) == (shared["id"], "org", 2)


async def test_a_person_who_follows_an_administrators_link_is_told_so(
    gateway: Harness, mongodb_url: str, database_name: str, tmp_path: Path
) -> None:
    """A tool gives everybody the same link. What is no connection of the tenant stays unknown."""
    await connect_for_org(gateway, "google")
    (shared,) = await org_connections(gateway)
    browser = await gateway.browser("alice")
    page = await browser.open(f"/connectors/google?reconnect={shared['id']}")
    assert page.status_code == 403
    told = "This account is your organisation's: ask an administrator of your organisation"
    assert f"{told} to connect it again." in words(browser)
    page = await browser.open("/connectors/google?reconnect=con_000000000000000000000000")
    assert page.status_code == 404
    async with gateway_with_keys(mongodb_url, database_name, tmp_path, Providers()) as keyed:
        url, body = "/v1/connectors/keyed/connect", {"inputs": INPUTS, "owner": "org"}
        made = (await (await keyed.api(Role.CONNECTIONS)).post(url, json=body)).json()
        person = await keyed.browser("alice")
        page = await person.open(f"/connectors/keyed?reconnect={made['id']}")
        assert page.status_code == 403
        answer = await paste(person, "keyed", INPUTS, reconnect=made["id"])
        problem(answer, 403, "forbidden")


@pytest.mark.requirement("A1")
async def test_an_administrators_flow_is_not_finished_without_that_right(
    gateway: Harness, rows: Rows
) -> None:
    """The same person, signed in again by a login that says nothing of it."""
    browser = await gateway.browser(ADMIN)
    await browser.start("google", "?owner=org")
    cookie = await gateway.services.sessions.begin(tenant="default", user=ADMIN)
    browser.client.cookies.delete("gateway_session")
    browser.client.cookies.set(
        "gateway_session", cookie.reveal(), domain="localhost.local", path="/"
    )
    await browser.approve(ACCOUNTS["google"])
    assert browser.page.status_code == 403
    assert await rows.connections() == []
    assert (await rows.flow())["used_at"] is not None


async def test_a_tool_learns_that_an_administrator_has_to_act(gateway: Harness, rows: Rows) -> None:
    await connect_for_org(gateway, "google")
    shared = await rows.connection()
    await rows.change_connection(shared["_id"], status="needs_reauth", status_reason="revoked")
    said = problem(await gateway.token("google", "alice"), 409, "reauthorization_required")
    assert said["owner"] == "org"
    assert said["connect_url"].endswith(f"/connectors/google?reconnect={shared['_id']}")
    await connect(gateway, "google")
    mine = next(row for row in await rows.connections() if row["owner"] == "user:alice")
    await rows.change_connection(mine["_id"], status="needs_reauth", status_reason="revoked")
    answer = await gateway.token("google", "alice")
    assert "owner" not in problem(answer, 409, "reauthorization_required")


async def test_events_name_the_owner(gateway: Harness, rows: Rows) -> None:
    await connect_for_org(gateway, "google")
    await connect(gateway, "google")

    found = [read_fields(Event, row["outbox"][0]) for row in await rows.connections()]
    assert ['"owner":"org"' in body_of(event) for event in found] == [True, False]
    assert '"user":null' in body_of(found[0])


async def test_a_service_key_stores_a_pasted_key_for_the_organisation(
    mongodb_url: str, database_name: str, tmp_path: Path, clock: FakeClock, rows: Rows
) -> None:
    providers, host = Providers(), Host()
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as gateway:
        api = await gateway.api(Role.CONNECTIONS)
        url, body = "/v1/connectors/keyed/connect", {"inputs": INPUTS, "owner": "org"}
        made = await api.post(url, json=body)
        assert made.status_code == 200, made.text
        assert (made.json()["owner"], made.json()["user"]) == ("org", None)
        assert owner_in(await gateway.token("keyed", "alice")) == ("org", None)

        for refused in ({"inputs": INPUTS}, {"inputs": INPUTS, "owner": "user"}):
            problem(await api.post(url, json=refused), 422, "invalid_request")
        tools = await gateway.api(Role.TOKENS)
        problem(await tools.post(url, json=body), 403, "forbidden")
        _, secret = await gateway.services.keys.create(
            tenant="default",
            roles=[Role.CONNECTIONS],
            restrictions=Restrictions(assertion_keys=[host.public]),
        )
        asserted = {"Authorization": f"Bearer {secret.reveal()}", HEADER: host.sign("alice")}
        problem(await api.post(url, json=body, headers=asserted), 403, "forbidden")

        # A key of a person's own is not replaced by it, and the organisation's own is.
        mine = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
        newer = {"inputs": {**INPUTS, "key": OTHER_KEY}, "owner": "org"}
        answer = await api.post(url, json={**newer, "reconnect": mine["id"]})
        problem(answer, 404, "connection_not_found")
        answer = await api.post(url, json={**newer, "reconnect": made.json()["id"]})
        assert answer.status_code == 200, answer.text
        assert token_of(await gateway.token("keyed", "bob")) == OTHER_KEY
        assert token_of(await gateway.token("keyed", "alice")) == KEY
    assert [row["owner"] for row in await rows.connections()] == ["org", "user:alice"]


async def test_an_administrator_pastes_a_key_for_the_organisation(
    mongodb_url: str, database_name: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, Providers(), clock=clock
    ) as gateway:
        alice = await gateway.browser("alice")
        problem(await paste(alice, "keyed", INPUTS, owner="org"), 403, "forbidden")
        browser = await gateway.browser(ADMIN)
        await browser.open("/connectors/keyed?owner=org")
        assert "your organisation" in words(browser)
        values = {f"input.{name}": value for name, value in INPUTS.items()}
        await browser.submit(values, action="/v1/connectors/keyed/connect")
        assert browser.outcome() == "key_stored"
        assert owner_in(await gateway.token("keyed", "alice")) == ("org", None)
        problem(await gateway.token("keyed", "alice", owner="user"), 409, "connector_required")
