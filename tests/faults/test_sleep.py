"""A holder that sleeps (SIGSTOP) past the end of its lease changes nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tests.faults.fleet import GRACE, PROVIDERS, STEADY, STRICT, Fleet, running_fleet, works
from tests.support.tokens import problem_of, token_of
from tests.support.waiting import until

SAFE = (GRACE, STEADY)


@pytest.fixture(scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory, mongodb_url: str) -> AsyncIterator[Fleet]:
    """A fleet of two processes; each test links the accounts again."""
    folder = tmp_path_factory.mktemp("sleep")
    async with running_fleet(folder, mongodb_url, provider=6.0) as running:
        yield running


async def everybody(
    fleet: Fleet, number: int, user: str, old: dict[str, str]
) -> dict[str, httpx.Response]:
    """Report the tokens ``old`` to a gateway; return its responses by provider."""
    gateway = fleet.gateways[number]
    answers = await asyncio.gather(
        *(fleet.ask(gateway, user, name, not_this=token) for name, token in old.items())
    )
    return dict(zip(old, answers, strict=True))


async def meanwhile(
    fleet: Fleet, user: str, old: dict[str, str], asleep: Callable[[], Awaitable[bool]]
) -> tuple[dict[str, httpx.Response], dict[str, httpx.Response]]:
    """Return the responses of the process that slept, and of the other one."""
    sleeper = fleet.gateways[0]
    waiting = asyncio.create_task(everybody(fleet, 0, user, old))
    try:
        await until(asleep)
        awake = await everybody(fleet, 1, user, old)
        assert not waiting.done()
    finally:
        sleeper.process.send_signal(signal.SIGCONT)
    return await waiting, awake


async def assert_newest(fleet: Fleet, user: str, answer: httpx.Response) -> None:
    """Check that a response's token is the stored one, works, and can be renewed."""
    name = answer.json()["connection"]["connector"]
    for gateway in fleet.gateways:
        assert token_of(await fleet.ask(gateway, user, name)) == token_of(answer)
    assert works(answer)
    newer = await fleet.ask(fleet.gateways[0], user, name, not_this=token_of(answer))
    assert token_of(newer) != token_of(answer)
    assert works(newer)


@pytest.mark.requirement("D2")
async def test_a_holder_that_slept_after_the_answer_writes_nothing(fleet: Fleet) -> None:
    old = {name: await fleet.connect("alice", name) for name in PROVIDERS}
    mark = fleet.sandbox.mark()
    fleet.gateways[0].at("answer", signal.SIGSTOP, count=len(PROVIDERS))

    slept, awake = await meanwhile(fleet, "alice", old, fleet.gateways[0].is_stopped)

    for name in SAFE:
        assert token_of(slept[name]) == token_of(awake[name]) != old[name]
        assert fleet.refreshes(name, mark) == ["issued"] * 2
        await assert_newest(fleet, "alice", awake[name])
    for answers in (slept, awake):
        assert problem_of(answers[STRICT]) == (409, "reauthorization_required")
    assert fleet.refreshes(STRICT, mark) == ["issued", "refresh_token_used"]
    assert (await fleet.row("alice", STRICT))["status_reason"] == "lost_rotation"


@pytest.mark.requirement("D1", "D2")
async def test_a_holder_that_slept_before_its_request_does_not_send_it(fleet: Fleet) -> None:
    """Another process has used the refresh token, and a second use would end the grant."""
    old = {name: await fleet.connect("alice", name) for name in PROVIDERS}
    mark = fleet.sandbox.mark()
    fleet.gateways[0].at("mark", signal.SIGSTOP, count=len(PROVIDERS))

    slept, awake = await meanwhile(fleet, "alice", old, fleet.gateways[0].is_stopped)

    for name in PROVIDERS:
        assert token_of(slept[name]) == token_of(awake[name]) != old[name]
        assert fleet.refreshes(name, mark) == ["issued"]
        await assert_newest(fleet, "alice", awake[name])


@pytest.mark.requirement("D2", "D5")
async def test_a_holder_that_slept_during_its_request_does_not_repeat_it(fleet: Fleet) -> None:
    """Repeating would be safe after a lost response, but another process has the lease."""
    old = {name: await fleet.connect("alice", name) for name in SAFE}
    mark = fleet.sandbox.mark()
    for name in SAFE:
        fleet.sandbox.fail(name, "lost_answer")

    async def asleep() -> bool:
        if any(fleet.refreshes(name, mark) != ["issued"] for name in SAFE):
            return False
        fleet.gateways[0].process.send_signal(signal.SIGSTOP)
        return await fleet.gateways[0].is_stopped()

    slept, awake = await meanwhile(fleet, "alice", old, asleep)

    for name in SAFE:
        assert fleet.refreshes(name, mark) == ["issued"] * 2
        assert token_of(awake[name]) != old[name]
        await assert_newest(fleet, "alice", awake[name])
    assert {answer.status_code for answer in slept.values()} <= {200, 503}
