"""Linked accounts on the dashboard: their state and their last use."""

from __future__ import annotations

import pytest

from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.rows import Rows

DASHBOARD = "/dashboard/connectors"


@pytest.mark.parametrize(
    ("fields", "text", "action"),
    [
        (
            {"status": "needs_reauth", "status_reason": "invalid_grant"},
            "The provider no longer accepts this connection. Reconnect to use it again.",
            "Reconnect ana.diaz@example.com",
        ),
        (
            {"status": "needs_scopes"},
            "Some permissions were not granted. Tools that need them will not work.",
            "Update access ana.diaz@example.com",
        ),
    ],
)
async def test_account_that_needs_its_person_says_how_to_mend_it(
    gateway: Harness, rows: Rows, fields: dict[str, str], text: str, action: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]
    await rows.change_connection(connection, **fields)
    await browser.open(DASHBOARD)
    assert text in browser.text
    assert "1 needs attention" in words(browser)
    assert "Working" not in browser.text
    assert browser.links()[action] == f"/connectors/google?reconnect={connection}"
    await browser.open(browser.links()[action])
    await browser.submit(action="/v1/connectors/google/start")
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "reconnected"
    assert "Working" in browser.text


async def test_a_token_that_is_over_and_cannot_be_renewed_needs_its_person(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    row = await rows.connection()
    await rows.change_connection(row["_id"], tokens={**row["tokens"], "refresh": None})
    await browser.open(DASHBOARD)
    assert "Working" in browser.text
    clock.advance(hours=2)
    await browser.open(DASHBOARD)
    assert "Reconnect to use it again." in browser.text


async def test_the_time_of_last_use_is_told_in_a_persons_words(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("notion", ACCOUNTS["notion"])
    await gateway.token("notion", "alice")
    for passed, text in (
        ({}, "Last used just now"),
        ({"seconds": 61}, "Last used 1 minute ago"),
        ({"minutes": 5}, "Last used 6 minutes ago"),
        ({"hours": 2}, "Last used 2 hours ago"),
        ({"hours": 10}, "Last used 12 hours ago"),
        ({"hours": 11}, "Last used 23 hours ago"),
        ({"hours": 11}, "Last used 1 day ago"),
    ):
        clock.advance(**passed)
        await browser.open(DASHBOARD)
        assert text in words(browser)
