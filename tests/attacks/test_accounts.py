"""Connections whose account changes, loses scopes or is shared."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.attacks.arena import Arena, Row
from tests.attacks.conftest import Browsers
from tests.support import outside as solo
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import loopback_client


async def token(tool: httpx.AsyncClient, connector: str, user: str) -> dict[str, Any]:
    """Return a tool's token for a user's default account."""
    answer = await tool.post(f"/v1/connectors/{connector}/token", json={"user": user})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def works(issued: dict[str, Any], path: str) -> bool:
    """Return whether the provider accepts a token."""
    async with loopback_client(headers=issued["api"]["headers"]) as client:
        answer = await client.get(issued["api"]["base_url"] + path)
    return answer.status_code == 200


def unread(row: Row) -> Row:
    """Return a connection without the time of its last use."""
    return {name: value for name, value in row.items() if name != "last_used_at"}


@pytest.mark.requirement("A15")
async def test_another_account_on_reconnect_overwrites_nothing(
    arena: Arena, browsers: Browsers, tool: httpx.AsyncClient
) -> None:
    """A connector for several accounts gets a second connection."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    await browser.connect("google", ACCOUNTS["google"])
    (before,) = arena.connections(user)

    query = f"?reconnect={before['_id']}"
    assert await browser.connect("google", ACCOUNTS["google-work"], query) == "reconnected_other"
    old, new = arena.connections(user)
    assert unread(old) == unread(before)
    assert (old["account_label"], new["account_label"]) == (
        "ana.diaz@example.com",
        "ana@acme.example",
    )
    assert (old["is_default"], new["is_default"]) == (True, False)
    assert await works(await token(tool, "google", user), "/oauth2/v3/userinfo")
    # A reconnect with the right account renews the row.
    assert await browser.connect("google", ACCOUNTS["google"], query) == "reconnected"
    assert arena.connections(user)[0]["generation"] == before["generation"] + 1


@pytest.mark.requirement("A15")
async def test_another_account_is_refused_where_there_can_be_only_one(
    arena: Arena, browsers: Browsers, tool: httpx.AsyncClient
) -> None:
    """A connector for one account keeps it in working order."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    await browser.connect("solo", solo.ACCOUNT)
    before = arena.connections(user)
    for query in ("", f"?reconnect={before[0]['_id']}"):
        assert await browser.connect("solo", solo.OTHER_ACCOUNT, query) == "other_account"
        assert arena.connections(user) == before
    assert await works(await token(tool, "solo", user), "/me")
    assert await browser.connect("solo", solo.ACCOUNT) == "reconnected"


@pytest.mark.requirement("A16")
async def test_scopes_that_were_not_granted_are_noticed(
    arena: Arena, browsers: Browsers, tool: httpx.AsyncClient
) -> None:
    """The user deselected one, or the provider dropped it; a reconnect repairs it."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    assert await browser.connect("solo", solo.RELUCTANT_ACCOUNT) == "connected"
    (row,) = arena.connections(user)
    assert row["status"] == "needs_scopes"
    assert row["scopes"] == {"requested": ["read", "write"], "granted": ["read"]}
    assert "Some permissions were not granted." in browser.text
    issued = await token(tool, "solo", user)
    assert (issued["scopes"], issued["connection"]["status"]) == (["read"], "needs_scopes")


@pytest.mark.requirement("B7")
async def test_disconnecting_one_of_two_people_leaves_the_other_connected(
    arena: Arena, browsers: Browsers, tool: httpx.AsyncClient
) -> None:
    """The provider would end both grants, so only the last disconnect revokes."""
    path, account = "/oauth2/v3/userinfo", "Ben Okoro (ben.okoro@example.com)"
    users = [arena.person("alice"), arena.person("bob")]
    for user in users:
        browser = browsers()
        await browser.sign_in(user)
        assert await browser.connect("google", account) == "connected"
    (first,), (second,) = map(arena.connections, users)
    assert first["external_account_id"] == second["external_account_id"]
    before = arena.sandbox.mark()

    answer = await tool.delete(f"/v1/connections/{first['_id']}")
    assert (answer.status_code, answer.json()) == (200, {"revoked": "shared"})
    assert arena.sandbox.log(after=before, endpoint="revoke") == []
    assert arena.connections(users[0]) == []
    assert await works(await token(tool, "google", users[1]), path)

    answer = await tool.delete(f"/v1/connections/{second['_id']}")
    assert answer.json() == {"revoked": "yes"}
    (revocation,) = arena.sandbox.log(after=before, endpoint="revoke")
    assert revocation["outcome"] == "revoked"
    browser = browsers()
    await browser.sign_in(users[0])
    assert await browser.connect("google", account) == "connected"
    assert await works(await token(tool, "google", users[0]), path)
