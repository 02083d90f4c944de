"""Keys whose provider offers no way to ask: a tool's report is the only proof that one is over."""

from __future__ import annotations

import hashlib
import html

import pytest

from gateway.access.service_keys import Role
from tests.support.gateway import Harness
from tests.support.pasted import KEY, OTHER_KEY, Providers, paste
from tests.support.rows import Rows

DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.fixture
def gateway(keyed_gateway: Harness) -> Harness:
    """A gateway with the invented connectors."""
    return keyed_gateway


async def test_the_page_says_that_the_key_cannot_be_checked(
    gateway: Harness, providers: Providers
) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/mute")
    page = await browser.submit({"input.key": KEY}, action="/connect")
    assert browser.outcome() == "key_unproven"
    assert "Mute offers no way to check a key." in html.unescape(page.text)
    assert "Check again" not in page.text
    assert "tries again by itself" not in page.text
    await gateway.services.renewal.round("mute")
    assert providers.requests == []
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    state = await gateway.services.states.of(connection)
    assert (state.status, state.reason, state.action) == ("active", "not_checked", None)


async def test_a_report_of_a_refused_key_asks_the_person_for_a_new_one(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "mute", {"key": KEY})).json()
    other = hashlib.sha256(OTHER_KEY.encode()).hexdigest()
    for report in ({}, {"rejected_token_sha256": other}):  # neither is about this key
        answer = await gateway.token("mute", "alice", **report)
        assert answer.json()["access_token"] == KEY

    answer = await gateway.token("mute", "alice", rejected_token_sha256=DIGEST)
    assert (answer.status_code, answer.json()["code"]) == (409, "reauthorization_required")
    assert answer.json()["connect_url"].endswith(f"/connectors/mute?reconnect={shown['id']}")
    row = await rows.connection()
    assert (row["status"], row["status_reason"]) == ("needs_reauth", "token_refused")
    assert (await gateway.token("mute", "alice")).status_code == 409

    await browser.open("/dashboard/connectors")
    assert "Mute does not accept this key any more. Replace it." in html.unescape(browser.text)
    again = await paste(browser, "mute", {"key": OTHER_KEY}, reconnect=shown["id"])
    assert again.json()["id"] == shown["id"]
    assert (await gateway.token("mute", "alice")).json()["access_token"] == OTHER_KEY


async def test_a_forced_refresh_proves_nothing(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await paste(browser, "mute", {"key": KEY})
    client = await gateway.api(Role.TOKENS)
    issued = await client.post("/v1/connectors/mute/refresh", json={"user": "alice"})
    assert issued.json()["access_token"] == KEY
