"""Dead connections of several kinds, and callers that keep asking (security D7)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.faults.fleet import FULL, GRACE, NOTION, STEADY, STRICT, Fleet, running_fleet
from tests.support.tokens import problem_of, revoke_at_google

CALLS, CALLERS, SECONDS = (1000, 8, 10.0) if FULL else (40, 4, 3.0)
FIRST_PAUSE, NEXT_PAUSE = 0.5, 10.0
"""The shortest pauses of ``gateway.services.back_off``."""
DOWN = {STRICT: "status_500", GRACE: "hang", NOTION: "rate_limited"}
"""Make these providers fail; at the fourth, the user has removed the app."""


@dataclass
class Storm:
    """Many callers that need a token and do not get it."""

    connector: str
    answers: list[httpx.Response] = field(default_factory=list)
    seconds: float = 0.0

    async def run(self, fleet: Fleet, old: str) -> None:
        """Report the token ``old`` repeatedly to all processes."""
        started = time.monotonic()

        async def call(number: int) -> None:
            while len(self.answers) < CALLS or time.monotonic() - started < SECONDS:
                gateway = fleet.gateways[number % len(fleet.gateways)]
                answer = await fleet.ask(gateway, "alice", self.connector, not_this=old)
                self.answers.append(answer)
                number += 1

        await asyncio.gather(*(call(number) for number in range(CALLERS)))
        self.seconds = time.monotonic() - started

    @property
    def most_requests(self) -> int:
        """Return the request limit: two, and one for each ten seconds of a slow machine."""
        return 2 + int(max(0.0, self.seconds - FIRST_PAUSE) // NEXT_PAUSE)


@pytest.mark.requirement("D7")
async def test_a_thousand_calls_in_ten_seconds_cost_a_provider_two_requests(
    tmp_path: Path, mongodb_url: str
) -> None:
    """The provider is down, hangs, limits the rate, or has ended the grant; the row shares it."""
    # Long enough that a busy machine neither loses a lease nor gives up a slow answer.
    async with running_fleet(tmp_path, mongodb_url, provider=5.0, lease=30) as fleet:
        old = {name: await fleet.connect("alice", name) for name in [*DOWN, STEADY]}
        for name, fault in DOWN.items():
            fleet.sandbox.fail(name, fault, 100 * CALLS)
        revoke_at_google(fleet.sandbox, old[STEADY])
        mark = fleet.sandbox.mark()

        storms = [Storm(name) for name in old]
        await asyncio.gather(*(storm.run(fleet, old[storm.connector]) for storm in storms))

        for storm in storms:
            seen = fleet.refreshes(storm.connector, mark)
            print(f"{storm.connector}: {len(storm.answers)} calls in {storm.seconds:.1f} s: {seen}")
            answered = {problem_of(answer) for answer in storm.answers}
            if storm.connector in DOWN:
                assert set(seen) == {f"fault: {DOWN[storm.connector]}"}
                assert 1 <= len(seen) <= storm.most_requests
                assert answered == {(503, "provider_unavailable")}
                assert {1 <= int(one.headers["retry-after"]) <= 60 for one in storm.answers} == {
                    True
                }
                assert (await fleet.row("alice", storm.connector))["status"] == "active"
            else:
                assert len(seen) == 1
                assert answered == {(409, "reauthorization_required")}
                links = {one.json()["connect_url"] for one in storm.answers}
                account = (await fleet.row("alice", STEADY))["_id"]
                page = f"{fleet.gateways[0].url}/connectors/{STEADY}"
                assert links == {f"{page}?reconnect={account}"}
