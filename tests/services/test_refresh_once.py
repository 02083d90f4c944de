"""One refresh at a time per connection, for callers of one process and of several.

The second gateway of these tests shares only the database and its keys with the first.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.support.gate import gate_at
from tests.support.gateway import Harness
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    connections,
    disconnect,
    fingerprint,
    force,
    problem_of,
    revoke_at_google,
    token_of,
)

GOOGLE = "oauth2.googleapis.com"


@pytest.fixture
async def key(gateway: Harness, second: Harness) -> str:
    """The service key of all calls, made first so that concurrent calls do not each make one."""
    second.keys = gateway.keys
    return await gateway.key(Role.TOKENS)


async def many(
    gateways: list[Harness], calls: int, connector: str = "google", **wanted: str
) -> list[httpx.Response]:
    """Return the responses to this many concurrent callers at each gateway."""
    return await asyncio.gather(
        *(g.token(connector, "alice", **wanted) for _ in range(calls) for g in gateways)
    )


async def still_waits(task: asyncio.Task[Any]) -> bool:
    """Return whether a task is still running after it had time to finish."""
    done, _ = await asyncio.wait({task}, timeout=0.2)
    return not done


@pytest.mark.requirement("D1")
async def test_a_hundred_callers_of_one_process_cause_one_refresh(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    await connect(gateway, "google")
    old = token_of(await gateway.token("google", "alice"))
    clock.advance(hours=1)
    mark = sandbox.mark()

    answers = await many([gateway], 100)

    tokens = {token_of(answer) for answer in answers}
    assert len(tokens) == 1
    assert old not in tokens
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D1")
async def test_a_hundred_callers_of_two_processes_cause_one_refresh(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """This provider's log shows a second use of the refresh token."""
    await connect(gateway, "shopify", shop="acme")
    old = token_of(await second.token("shopify", "alice"))
    clock.advance(hours=1)
    mark = sandbox.mark()

    answers = await many([gateway, second], 50, "shopify")

    tokens = {token_of(answer) for answer in answers}
    assert len(tokens) == 1
    assert old not in tokens
    assert asked(sandbox, "shopify", mark) == ["issued"]


@pytest.mark.requirement("D1", "D9")
async def test_fifty_reports_of_a_refused_token_cause_one_refresh(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, key: str
) -> None:
    """Notion ends the grant if a refresh token is used twice."""
    await connect(gateway, "notion")
    old = token_of(await gateway.token("notion", "alice"))
    mark = sandbox.mark()

    answers = await many([gateway, second], 25, "notion", rejected_token_sha256=fingerprint(old))

    tokens = {token_of(answer) for answer in answers}
    assert len(tokens) == 1
    assert old not in tokens
    assert asked(sandbox, "notion", mark) == ["issued"]
    token_of(await force(gateway, "notion"))  # the grant is alive: its newest token was stored


@pytest.mark.requirement("D7")
async def test_a_hundred_callers_on_a_revoked_grant_cause_one_request(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """A dead connection causes no storm, and every caller gets the connect link."""
    await connect(gateway, "google")
    revoke_at_google(sandbox, token_of(await gateway.token("google", "alice")))
    clock.advance(hours=1)
    mark = sandbox.mark()

    answers = await many([gateway, second], 50) + await many([gateway, second], 5)

    assert {problem_of(answer) for answer in answers} == {(409, "reauthorization_required")}
    assert asked(sandbox, "google", mark) == ["invalid_grant"]


@pytest.mark.requirement("D7")
async def test_a_hundred_callers_on_a_failing_provider_cause_one_request(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """The cool-down is in the row, so both processes respect it."""
    await connect(gateway, "google")
    clock.advance(hours=1)
    sandbox.fail("google", "rate_limited", count=100)
    mark = sandbox.mark()

    answers = await many([gateway, second], 50) + await many([gateway, second], 5)

    assert {problem_of(answer) for answer in answers} == {(503, "provider_unavailable")}
    assert {int(answer.headers["retry-after"]) for answer in answers} <= set(range(1, 8))
    assert asked(sandbox, "google", mark) == ["fault: rate_limited"]


@pytest.mark.requirement("D4")
async def test_a_caller_that_goes_away_does_not_stop_the_refresh(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """The issued tokens are stored, although no caller waits for them."""
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        old = token_of(await gateway.token("google", "alice"))
        clock.advance(hours=1)
        mark = sandbox.mark()
        gate.hold_next()
        caller = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()

        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        gate.release()
        await gateway.services.refresher.close()

    new = token_of(await gateway.token("google", "alice"))
    assert new != old
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D4")
async def test_a_caller_that_goes_away_does_not_take_the_others_with_it(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """They share one refresh, which no single caller owns."""
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        clock.advance(hours=1)
        mark = sandbox.mark()
        gate.hold_next()
        first = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()
        others = asyncio.create_task(many([gateway], 20))
        assert await still_waits(others)

        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        gate.release()

        assert len({token_of(answer) for answer in await others}) == 1
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("L3")
async def test_closing_waits_for_a_refresh_that_is_under_way(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """A stopping process loses no issued token."""
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        clock.advance(hours=1)
        mark = sandbox.mark()
        gate.hold_next()
        caller = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()
        closing = asyncio.create_task(gateway.services.refresher.close())
        assert await still_waits(closing)

        gate.release()
        await closing

        stored = token_of(await gateway.token("google", "alice"))
        assert stored == token_of(await caller)
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D3")
async def test_a_reconnect_during_a_refresh_wins(
    gateway: Harness, second: Harness, clock: StoppedClock, key: str
) -> None:
    """The late refresh is discarded, and its callers get the token of the new grant."""
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        linked = await connection(gateway)
        clock.advance(hours=1)
        gate.hold_next()
        caller = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()

        await connect(second, "google")
        reconnected = token_of(await second.token("google", "alice"))
        gate.release()

        assert token_of(await caller) == reconnected
    assert token_of(await gateway.token("google", "alice")) == reconnected
    assert (await connection(gateway))["id"] == linked["id"]


@pytest.mark.requirement("B7", "D3")
@pytest.mark.parametrize("shared", [False, True])
async def test_a_disconnect_during_a_refresh_wins(
    gateway: Harness,
    second: Harness,
    sandbox: SandboxProcess,
    clock: StoppedClock,
    key: str,
    shared: bool,
) -> None:
    """The row stays deleted, and no token is served. The late tokens are revoked, too.

    They stay if another person has connected the account meanwhile.
    """
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        linked = await connection(gateway)
        clock.advance(hours=1)
        gate.hold_next()
        caller = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()

        mark = sandbox.mark()
        assert (await disconnect(second, linked["id"])).json() == {"revoked": "yes"}
        if shared:
            await connect(second, "google", user="bob")
        gate.release()

        assert problem_of(await caller) == (409, "connector_required")
    assert await connections(gateway) == []
    revocations = sandbox.log(after=mark, provider="google", endpoint="revoke")
    assert len(revocations) == (1 if shared else 2)


@pytest.mark.requirement("D3")
async def test_a_new_default_during_a_refresh_stands_and_so_does_the_refresh(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google", account="google")
        await connect(gateway, "google", account="google-work")
        work = (await connections(gateway))[1]
        clock.advance(hours=1)
        mark = sandbox.mark()
        gate.hold_next()
        caller = asyncio.create_task(gateway.token("google", "alice", account=work["id"]))
        await gate.held()

        client = await second.api(Role.CONNECTIONS)
        await client.patch(f"/v1/connections/{work['id']}", json={"is_default": True})
        gate.release()
        renewed = token_of(await caller)

    assert token_of(await gateway.token("google", "alice")) == renewed
    assert (await connections(gateway))[0]["id"] == work["id"]
    assert asked(sandbox, "google", mark) == ["issued"]


@pytest.mark.requirement("D1")
async def test_a_caller_that_waits_for_another_process_gets_its_token(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock, key: str
) -> None:
    """The second process sees the lease, waits, and reads again."""
    async with gate_at(gateway, GOOGLE) as gate:
        await connect(gateway, "google")
        clock.advance(hours=1)
        mark = sandbox.mark()
        gate.hold_next()
        here = asyncio.create_task(gateway.token("google", "alice"))
        await gate.held()
        there = asyncio.create_task(second.token("google", "alice"))
        assert await still_waits(there)

        gate.release()

        assert token_of(await here) == token_of(await there)
    assert asked(sandbox, "google", mark) == ["issued"]
