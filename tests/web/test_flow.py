"""Connecting an account, from the dashboard to a token that works at the provider."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.settings.environment import Driver
from tests.conftest import GATEWAY_URL
from tests.support.callbacks import param
from tests.support.gateway import ACCOUNTS, Harness, running_gateway
from tests.support.loopback import loopback_client
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

CONNECTORS = [
    ("google", {}, "ana.diaz@example.com", "/oauth2/v3/userinfo"),
    ("mailchimp", {}, "Acme", "/"),
    ("notion", {}, "Acme HQ", "/users/me"),
    (
        "salesforce",
        {"login_host": "login.salesforce.com"},
        "ana@example.com",
        "/services/oauth2/userinfo",
    ),
    ("shopify", {"shop": "acme"}, "Acme Store", "/shop.json"),
    ("zendesk", {"subdomain": "acme"}, "ana@acme.example", "/users/me.json"),
    ("zoho-crm", {"data_centre": "zoho.eu"}, "ana@acme.example", "/users?type=CurrentUser"),
]


async def call_api(issued: httpx.Response, path: str) -> httpx.Response:
    """Use a token as the token endpoint's answer says."""
    assert issued.status_code == 200, issued.text
    api = issued.json()["api"]
    async with loopback_client() as client:
        return await client.get(api["base_url"] + path, headers=api["headers"])


@pytest.mark.parametrize(("connector", "config", "label", "path"), CONNECTORS)
async def test_a_connected_account_is_listed_and_its_token_works_at_the_provider(
    gateway: Harness, rows: Rows, connector: str, config: dict[str, str], label: str, path: str
) -> None:
    browser = await gateway.browser("alice")
    outcome = await browser.connect(connector, ACCOUNTS[connector], **config)
    assert outcome == "connected"
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert "is connected" in browser.text
    assert label in browser.text

    row = await rows.connection()
    assert (row["tenant"], row["owner"], row["connector"]) == ("default", "user:alice", connector)
    assert (row["status"], row["is_default"], row["generation"]) == ("active", True, 1)
    assert row["account_label"] == label
    assert row["connection_config"] == config
    assert row["scopes"]["requested"] == row["scopes"]["granted"]

    issued = await gateway.token(connector, "alice")
    assert (await call_api(issued, path)).status_code == 200


@pytest.mark.parametrize("driver", [*Driver], ids=str)
async def test_the_whole_way_works_on_either_database_driver(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, driver: Driver
) -> None:
    async with running_gateway(
        mongodb_url,
        database_name,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        mongodb_driver=driver,
    ) as gateway:
        browser = await gateway.browser("alice")
        assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
        issued = await gateway.token("google", "alice")
        assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200


async def test_two_accounts_of_one_connector_stand_side_by_side(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    assert await browser.connect("google", ACCOUNTS["google-work"]) == "connected"
    assert "ana.diaz@example.com" in browser.text
    assert "ana@acme.example" in browser.text

    first, second = await rows.connections()
    assert (first["is_default"], second["is_default"]) == (True, False)
    default = await gateway.token("google", "alice")
    assert default.json()["connection"]["id"] == first["_id"]
    named = await gateway.token("google", "alice", account="ana@acme.example")
    assert named.json()["connection"]["id"] == second["_id"]
    seen = await call_api(named, "/oauth2/v3/userinfo")
    assert seen.json()["email"] == "ana@acme.example"


async def test_two_people_may_link_the_same_account_each_for_themselves(
    gateway: Harness, rows: Rows
) -> None:
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    assert await alice.connect("notion", ACCOUNTS["notion"]) == "connected"
    assert await bob.connect("notion", ACCOUNTS["notion"]) == "connected"

    first, second = await rows.connections()
    assert (first["owner"], second["owner"]) == ("user:alice", "user:bob")
    assert first["external_account_id"] == second["external_account_id"]
    assert (first["is_default"], second["is_default"]) == (True, True)
    await bob.open("/dashboard/connectors")
    assert second["_id"] in bob.text
    assert first["_id"] not in bob.text


@pytest.mark.requirement("A11")
async def test_a_flow_leaves_nothing_behind_that_could_be_used_again(
    gateway: Harness, rows: Rows
) -> None:
    """The state, the verifier and the cookie are in the row as hashes, sealed, or not at all."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    state = param(browser.url, "state")
    waiting = await rows.flow()
    cookie = _flow_cookies(browser.client)
    assert len(cookie) == 1
    assert waiting["_id"] == hashlib.sha256(state.encode()).hexdigest()
    assert waiting["cookie_hash"] == hashlib.sha256(cookie[0].encode()).hexdigest()
    assert waiting["verifier"]
    assert state not in repr(waiting)
    assert cookie[0] not in repr(waiting)

    await browser.approve(ACCOUNTS["google"])
    used = await rows.flow()
    assert used["used_at"] is not None
    assert used["verifier"] == b""
    assert _flow_cookies(browser.client) == []


async def test_two_flows_in_two_tabs_do_not_disturb_each_other(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.start("google")
    google_tab = browser.page
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    browser.page = google_tab
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"


async def test_declined_flow_says_that_nothing_was_stored(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    before = sandbox.mark()
    browser = await gateway.browser("alice")
    await browser.start("google")
    await browser.submit(button="Do not allow")
    assert browser.outcome() == "declined"
    assert "Google was not connected" in browser.text
    assert "Nothing was stored." in browser.text
    assert "access_denied" not in browser.text + browser.url
    assert await rows.connections() == []
    assert sandbox.token_requests("google", after=before) == []
    assert _flow_cookies(browser.client) == []


async def test_return_to_is_where_the_person_lands(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    page = "/connectors/notion"
    await browser.submit({"return_to": page}, action="/v1/connectors/google/start")
    assert (await rows.flow())["return_to"] == page
    assert "notion" not in browser.url  # it stays in the row, not in the URL of the provider
    await browser.approve(ACCOUNTS["google"])
    assert urlsplit(browser.url).path == page
    assert browser.outcome() == "connected"


async def test_a_start_by_script_answers_the_address_and_binds_the_browser(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/dashboard/connectors")
    answer = await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/shopify/start",
        json={"connection_config": {"shop": "Acme.myshopify.com"}, "tool": "orders"},
        headers={"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()},
    )
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["authorization_url"]
    assert len(_flow_cookies(browser.client)) == 1
    flow = await rows.flow()
    assert (flow["connection_config"], flow["tool"]) == ({"shop": "acme"}, "orders")

    await browser.open(answer.json()["authorization_url"])
    await browser.approve(ACCOUNTS["shopify"])
    assert browser.outcome() == "connected"


def _flow_cookies(client: httpx.AsyncClient) -> list[str]:
    return [
        cookie.value or ""
        for cookie in client.cookies.jar
        if cookie.name.startswith("gateway_flow_")
    ]
