"""Connecting again: the same account, another one, and connectors that take only one."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from gateway.store.connection import Status
from tests.support import outside as solo
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.web.test_flow import call_api


@pytest.mark.parametrize("asked", [False, True], ids=["again", "reconnect"])
async def test_the_same_account_renews_its_row(
    gateway: Harness, rows: Rows, clock: FakeClock, asked: bool
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    before = await rows.connection()
    await rows.change_connection(before["_id"], status=Status.NEEDS_REAUTH, status_reason="revoked")
    clock.advance(minutes=1)

    query = f"?reconnect={before['_id']}" if asked else ""
    assert await browser.connect("google", ACCOUNTS["google"], query) == "reconnected"
    assert "Google is reconnected" in browser.text
    assert "is connected" not in browser.text
    assert browser.links()["Show ana.diaz@example.com"] == f"#account-{before['_id']}"
    after = await rows.connection()
    assert after["_id"] == before["_id"]
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]
    assert after["generation"] == before["generation"] + 1
    assert (after["status"], after["status_reason"]) == ("active", None)
    assert after["is_default"] is True
    assert after["tokens"]["access"] != before["tokens"]["access"]
    issued = await gateway.token("google", "alice")
    assert (await call_api(issued, "/oauth2/v3/userinfo")).status_code == 200


@pytest.mark.requirement("A15")
async def test_another_account_on_reconnect_becomes_a_row_of_its_own(
    gateway: Harness, rows: Rows
) -> None:
    """ "Reconnect this one" must not put another account's tokens into its row."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    before = await rows.connection()

    query = f"?reconnect={before['_id']}"
    outcome = await browser.connect("google", ACCOUNTS["google-work"], query)
    assert outcome == "reconnected_other"
    assert "Another Google account was connected" in browser.text
    old, new = await rows.connections()
    assert {name: old[name] for name in old if name != "last_used_at"} == {
        name: before[name] for name in before if name != "last_used_at"
    }
    assert new["account_label"] == "ana@acme.example"
    assert new["is_default"] is False


async def test_the_reconnect_page_names_the_account_and_knows_its_values(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("shopify", ACCOUNTS["shopify"], shop="acme")
    (connection,) = (await browser.client.get(f"{browser.gateway_url}/v1/connections")).json()[
        "connections"
    ]
    await browser.open(f"/connectors/shopify?reconnect={connection['id']}")
    assert "Reconnect Shopify" in browser.text
    assert "Acme Store" in browser.text
    assert 'value="acme"' in browser.page.text


@pytest.mark.requirement("F1")
async def test_only_ones_own_connection_of_that_connector_can_be_reconnected(
    gateway: Harness, rows: Rows
) -> None:
    """Foreign and missing look the same, on the page and at the start."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]
    flows = len(await rows.flows())
    answers = []
    for browser, name, wanted in (
        (bob, "google", connection),
        (alice, "notion", connection),
        (alice, "google", "con_" + "0" * 24),
    ):
        page = await browser.open(f"/connectors/{name}?reconnect={wanted}")
        assert page.status_code == 404
        await browser.open(f"/connectors/{name}")
        page = await browser.submit({"reconnect": wanted}, action="/start")
        assert page.status_code == 404
        answers.append(browser.text.partition("quote request ID")[0].partition("<main")[2])
    assert answers[0] == answers[1] == answers[2]
    assert len(await rows.flows()) == flows


@pytest.mark.requirement("A15")
async def test_a_connector_for_one_account_refuses_a_second_one_and_keeps_the_first(
    outside: Harness, rows: Rows, outside_sandbox: SandboxProcess
) -> None:
    """The row stays as it is, the first grant stays alive, and the unused one is given back."""
    browser = await outside.browser("alice")
    assert await browser.connect("solo", solo.ACCOUNT) == "connected"
    before, mark = await rows.connection(), outside_sandbox.mark()

    query = f"?reconnect={before['_id']}"
    assert await browser.connect("solo", solo.OTHER_ACCOUNT, query) == "other_account"
    assert "A different Solo account is linked already" in browser.text
    assert await rows.connection() == before
    (revocation,) = outside_sandbox.log(after=mark, provider="solo", endpoint="revoke")
    assert revocation["outcome"] == "revoked"
    issued = await outside.token("solo", "alice")
    assert (await call_api(issued, "/me")).json() == {"id": "first"}


@pytest.mark.requirement("B7")
async def test_a_refused_account_that_somebody_else_uses_is_not_revoked(
    outside: Harness, outside_sandbox: SandboxProcess
) -> None:
    """The provider ends every grant of the account, so nothing may be revoked here."""
    alice, bob = await outside.browser("alice"), await outside.browser("bob")
    assert await alice.connect("solo", solo.ACCOUNT) == "connected"
    assert await bob.connect("solo", solo.OTHER_ACCOUNT) == "connected"
    mark = outside_sandbox.mark()
    assert await alice.connect("solo", solo.OTHER_ACCOUNT) == "other_account"
    assert outside_sandbox.log(after=mark, provider="solo", endpoint="revoke") == []
    for user, account in (("alice", "first"), ("bob", "second")):
        issued = await outside.token("solo", user)
        assert (await call_api(issued, "/me")).json() == {"id": account}


async def test_a_connector_for_one_account_takes_the_same_one_again(
    outside: Harness, rows: Rows
) -> None:
    browser = await outside.browser("alice")
    assert await browser.connect("solo", solo.ACCOUNT) == "connected"
    assert "Add account" not in browser.text
    assert await browser.connect("solo", solo.ACCOUNT) == "reconnected"
    assert (await rows.connection())["generation"] == 2


async def test_after_disconnecting_another_account_is_welcome(outside: Harness, rows: Rows) -> None:
    browser = await outside.browser("alice")
    await browser.connect("solo", solo.ACCOUNT)
    await browser.open(f"/dashboard/connections/{(await rows.connection())['_id']}/disconnect")
    await browser.submit(button="Disconnect")
    assert browser.outcome() == "disconnected_yes"
    assert await browser.connect("solo", solo.OTHER_ACCOUNT) == "connected"
    assert (await rows.connection())["external_account_id"] == "second"


@pytest.mark.requirement("A16")
async def test_scopes_that_were_not_granted_are_stored_and_shown(
    outside: Harness, rows: Rows
) -> None:
    """The person unticked a permission at the provider."""
    browser = await outside.browser("alice")
    assert await browser.connect("solo", solo.RELUCTANT_ACCOUNT) == "connected"
    row = await rows.connection()
    assert row["status"] == "needs_scopes"
    assert row["scopes"] == {"requested": ["read", "write"], "granted": ["read"]}
    assert "Some permissions were not granted." in browser.text
    assert "Update access Grants one scope" in browser.links()
    issued = await outside.token("solo", "alice")
    assert issued.json()["scopes"] == ["read"]
    assert issued.json()["connection"]["status"] == "needs_scopes"


async def test_an_account_without_an_identity_is_not_stored(outside: Harness, rows: Rows) -> None:
    browser = await outside.browser("alice")
    assert await browser.connect("solo", solo.NAMELESS_ACCOUNT) == "failed"
    assert "Solo could not be connected" in browser.text
    assert await rows.connections() == []
    assert urlsplit(browser.url).path == "/dashboard/connectors"
