"""Token reads: the served token, and when it is refreshed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from gateway.access.service_keys import Role
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from tests.support.gateway import Harness
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    expiry_of,
    fingerprint,
    force,
    problem_of,
    token_of,
    works,
)

MOMENT = timedelta(milliseconds=1)


async def test_a_token_that_is_valid_is_handed_out_without_asking_the_provider(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    mark = sandbox.mark()

    first = await gateway.token("google", "alice")
    clock.advance(minutes=58)
    second = await gateway.token("google", "alice")

    assert token_of(first) == token_of(second)
    assert sandbox.log(after=mark) == []
    assert works(first, "/oauth2/v3/userinfo")


@pytest.mark.requirement("F3")
async def test_the_answer_says_all_that_a_tool_needs_and_no_more(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """The refresh token never leaves the gateway, and no cache keeps the access token."""
    await connect(gateway, "google")

    answer = await gateway.token("google", "alice")

    token = token_of(answer)
    linked = await connection(gateway)
    scopes = ["openid", "https://www.googleapis.com/auth/userinfo.email"]
    expires_at = (clock() + timedelta(seconds=3599)).isoformat(timespec="milliseconds")
    assert answer.json() == {
        "access_token": token,
        "token_type": "Bearer",
        "expires_at": expires_at.replace("+00:00", "Z"),
        "scopes": scopes,
        "api": {
            "base_url": f"{sandbox.url}/www.googleapis.com",
            "headers": {"Authorization": f"Bearer {token}"},
            "query": {},
            "body": {},
        },
        "connection": linked | {"last_used_at": None},
    }
    assert linked["scopes"] == scopes
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.requirement("D8")
@pytest.mark.parametrize(("life", "margin"), [(3599, 60), (600, 60), (100, 10), (30, 3)], ids=str)
async def test_a_token_is_renewed_a_minute_or_a_tenth_of_its_life_before_it_expires(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, life: int, margin: int
) -> None:
    sandbox.token_life("google", life)
    await connect(gateway, "google")
    mark = sandbox.mark()
    first = await gateway.token("google", "alice")
    assert expiry_of(first) == clock() + timedelta(seconds=life)

    clock.go_to(expiry_of(first) - timedelta(seconds=margin) - MOMENT)
    assert token_of(await gateway.token("google", "alice")) == token_of(first)
    assert asked(sandbox, "google", mark) == []

    clock.go_to(expiry_of(first) - timedelta(seconds=margin))
    renewed = await gateway.token("google", "alice")
    assert token_of(renewed) != token_of(first)
    assert expiry_of(renewed) == clock() + timedelta(seconds=life)
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D8")
async def test_a_token_of_unknown_life_is_used_until_it_is_reported(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Notion does not announce an expiry."""
    await connect(gateway, "notion")
    mark = sandbox.mark()
    first = await gateway.token("notion", "alice")
    assert first.json()["expires_at"] is None

    clock.advance(days=365)
    assert token_of(await gateway.token("notion", "alice", min_seconds=3600)) == token_of(first)
    assert asked(sandbox, "notion", mark) == []


async def test_a_tool_may_ask_for_a_token_that_lives_long_enough(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    mark = sandbox.mark()
    first = token_of(await gateway.token("google", "alice"))
    clock.advance(seconds=1799)

    assert token_of(await gateway.token("google", "alice", min_seconds=1800)) == first
    assert asked(sandbox, "google", mark) == []
    assert token_of(await gateway.token("google", "alice", min_seconds=1801)) != first
    assert asked(sandbox, "google", mark) == ["issued"]


async def test_asking_for_more_life_than_the_provider_gives_does_not_refresh_on_every_call(
    gateway: Harness, clock: StoppedClock, sandbox: SandboxProcess
) -> None:
    """A Google token lives 3599 seconds, so 3600 is impossible."""
    await connect(gateway, "google")
    first = token_of(await gateway.token("google", "alice"))
    mark = sandbox.mark()
    assert token_of(await gateway.token("google", "alice", min_seconds=3600)) == first
    clock.advance(seconds=361)  # a tenth of its life, and a second
    second = token_of(await gateway.token("google", "alice", min_seconds=3600))
    assert second != first
    assert token_of(await gateway.token("google", "alice", min_seconds=3600)) == second
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D9")
async def test_a_token_that_the_provider_refuses_is_replaced_once(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """Revoked early, long before it expires."""
    await connect(gateway, "google")
    first = await gateway.token("google", "alice")
    sandbox.expire("google")
    assert not works(first, "/oauth2/v3/userinfo")
    mark = sandbox.mark()
    rejected = fingerprint(token_of(first))

    second = await gateway.token("google", "alice", rejected_token_sha256=rejected)
    third = await gateway.token("google", "alice", rejected_token_sha256=rejected)

    assert token_of(second) == token_of(third) != token_of(first)
    assert works(second, "/oauth2/v3/userinfo")
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D9")
async def test_reporting_a_token_that_is_not_the_current_one_renews_nothing(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """The current token may be valid."""
    await connect(gateway, "google")
    current = token_of(await gateway.token("google", "alice"))
    mark = sandbox.mark()

    for other in (fingerprint("another token"), "0" * 64, fingerprint(current.swapcase())):
        answer = await gateway.token("google", "alice", rejected_token_sha256=other)
        assert token_of(answer) == current
    assert asked(sandbox, "google", mark) == []


async def test_a_forced_refresh_renews_a_token_that_is_still_good(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    await connect(gateway, "google")
    first = token_of(await gateway.token("google", "alice"))
    mark = sandbox.mark()

    forced = await force(gateway, "google")

    assert token_of(forced) != first
    assert token_of(await gateway.token("google", "alice")) == token_of(forced)
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("C5")
async def test_a_refresh_token_that_stays_is_kept(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Google's refresh responses carry none, so the first one stays in use."""
    await connect(gateway, "google")
    mark = sandbox.mark()

    tokens = set()
    for _ in range(3):
        clock.advance(hours=1)
        tokens.add(token_of(await gateway.token("google", "alice")))

    assert len(tokens) == 3
    assert asked(sandbox, "google", mark) == ["issued"] * 3


async def test_a_refresh_token_that_rotates_is_replaced(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rule 2: Notion ends the grant on reuse, Shopify once the new token is used."""
    await connect(gateway, "notion")
    await connect(gateway, "shopify", shop="acme")
    mark = sandbox.mark()

    for _ in range(3):
        token_of(await force(gateway, "notion"))
        clock.advance(hours=1)
        assert works(await gateway.token("shopify", "alice"), "/shop.json")

    assert asked(sandbox, "notion", mark) == ["issued"] * 3
    assert asked(sandbox, "shopify", mark) == ["issued"] * 3


async def test_use_is_recorded_at_most_once_a_minute(gateway: Harness, clock: StoppedClock) -> None:
    await connect(gateway, "google")
    assert (await connection(gateway))["last_used_at"] is None
    noted = []

    for seconds in (0, 59.999, 0.001, 30, 29.999, 0.001):
        clock.advance(seconds=seconds)
        await gateway.token("google", "alice")
        noted.append((await connection(gateway))["last_used_at"])

    assert noted[0] == noted[1] != noted[2] == noted[3] == noted[4] != noted[5]


async def test_the_callers_of_one_refresh_note_their_use_once(
    gateway: Harness, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand callers would otherwise write the same row a thousand times, one by one."""
    await connect(gateway, "google")
    noted, touch = [], ConnectionStore.touch

    async def counted(store: ConnectionStore, row: Connection, now: datetime) -> None:
        noted.append(row.id)
        await touch(store, row, now)

    monkeypatch.setattr(ConnectionStore, "touch", counted)
    await gateway.key(Role.TOKENS)
    clock.advance(hours=1)

    await asyncio.gather(*(gateway.token("google", "alice") for _ in range(20)))

    assert len(noted) == 1
    assert (await connection(gateway))["last_used_at"] is not None


async def test_a_user_without_a_connection_gets_the_connect_link(gateway: Harness) -> None:
    await connect(gateway, "google", user="bob")

    answer = await gateway.token("google", "alice")

    assert problem_of(answer) == (409, "connector_required")
    assert answer.json()["connector"] == "google"
    assert answer.json()["connect_url"].startswith("http://localhost:3141/connectors/google")


@pytest.mark.requirement("F1")
async def test_a_key_of_another_tenant_finds_nothing(gateway: Harness) -> None:
    """The key determines the tenant, so a user's name alone is not enough."""
    await connect(gateway, "google")
    client = await gateway.api(Role.TOKENS, tenant="acme")

    answer = await client.post("/v1/connectors/google/token", json={"user": "alice"})

    assert problem_of(answer) == (409, "connector_required")
