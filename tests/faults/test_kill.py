"""``kill -9`` at each step of docs/refresh.md loses at most the response in transit.

A process of the fleet dies while it refreshes connections of three kinds of providers. It restarts,
and tools ask again. The providers' log shows what happened.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.store.mongo import Document
from tests.faults.fleet import (
    FULL,
    GRACE,
    PROVIDERS,
    STEADY,
    STRICT,
    Fleet,
    running_fleet,
    share,
    works,
)
from tests.support.tokens import problem_of, token_of

USED = "refresh_token_used"
"""The sandbox's reason for refusing a reused refresh token."""

AFTERWARDS: dict[str, dict[str, list[str]]] = {
    "claim": {name: ["issued"] for name in PROVIDERS},
    "mark": {name: ["issued"] for name in PROVIDERS},
    "answer": {STRICT: ["issued", USED], GRACE: ["issued"] * 2, STEADY: ["issued"] * 2},
    "store": {name: ["issued"] for name in PROVIDERS},
}
"""The provider's log in the end, by the step at which the process died."""


@pytest.fixture(scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory, mongodb_url: str) -> AsyncIterator[Fleet]:
    """A fleet of one process for all tests; each test has its own users."""
    async with running_fleet(tmp_path_factory.mktemp("kill"), mongodb_url, clocks=[0.0]) as running:
        yield running


async def ask_and_lose(fleet: Fleet, user: str, old: dict[str, str]) -> None:
    """Report the tokens ``old`` (by provider) to the first process, which dies meanwhile."""
    answers = await asyncio.gather(
        *(fleet.ask(fleet.gateways[0], user, name, not_this=old[name]) for name in PROVIDERS),
        return_exceptions=True,
    )
    assert all(isinstance(answer, httpx.TransportError) for answer in answers), answers


async def outcome(fleet: Fleet, user: str, connector: str, old: str) -> Document:
    """Ask for the token again; check that the row agrees with the result, and return it."""
    gateways = fleet.gateways
    answer = await fleet.ask(gateways[0], user, connector, not_this=old)
    row = await fleet.row(user, connector)
    assert row["refresh"]["owner"] is None
    if row["status"] == "needs_reauth":
        assert row["status_reason"] == "lost_rotation"
        assert problem_of(answer) == (409, "reauthorization_required")
    else:
        assert row["status"] == "active"
        assert works(answer)
        assert token_of(answer) != old
        assert row["refresh"].get("marker") is None
    again = [await fleet.ask(gateway, user, connector, not_this=old) for gateway in gateways]
    assert {one.status_code for one in again} == {answer.status_code}
    return row


@pytest.mark.requirement("D4")
async def test_a_process_killed_at_any_step_loses_at_most_its_answer(fleet: Fleet) -> None:
    (gateway,) = fleet.gateways
    for step, expected in AFTERWARDS.items():
        user = f"user-{step}"
        old = {name: await fleet.connect(user, name) for name in PROVIDERS}
        mark = fleet.sandbox.mark()
        gateway.at(step, signal.SIGKILL, count=len(PROVIDERS))
        await ask_and_lose(fleet, user, old)
        assert await gateway.over() == -signal.SIGKILL
        await gateway.start()

        rows = {name: await outcome(fleet, user, name, old[name]) for name in PROVIDERS}

        seen = {name: fleet.refreshes(name, mark) for name in PROVIDERS}
        assert seen == expected, step
        lost = {name for name in PROVIDERS if rows[name]["status"] == "needs_reauth"}
        assert lost == ({STRICT} if step == "answer" else set()), step


@pytest.mark.requirement("D4")
async def test_a_process_killed_at_a_random_moment_loses_at_most_its_answer(fleet: Fleet) -> None:
    """At any moment of death, the provider's log and the rows agree."""
    (gateway,) = fleet.gateways
    for moment in share(range(100 if FULL else 3)):
        user = f"user-{moment}"
        old = {name: await fleet.connect(user, name) for name in PROVIDERS}
        mark = fleet.sandbox.mark()
        calls = [
            asyncio.create_task(fleet.ask(gateway, user, name, not_this=old[name]))
            for name in PROVIDERS
        ]
        # A refresh of all three takes about this long.
        await asyncio.wait(calls, timeout=random.uniform(0, 0.06))
        gateway.process.kill()
        await gateway.over()
        await asyncio.gather(*calls, return_exceptions=True)
        await gateway.start()

        for name in PROVIDERS:
            row = await outcome(fleet, user, name, old[name])
            seen, stored = fleet.refreshes(name, mark), row["generation"] - 1
            if row["status"] == "needs_reauth":
                assert (name, stored, seen) == (STRICT, 0, ["issued", USED])
            else:
                assert stored == 1
                assert seen in ([["issued"]] if name == STRICT else [["issued"], ["issued"] * 2])
