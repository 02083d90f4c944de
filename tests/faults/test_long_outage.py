"""The database is away for longer than a lease lasts, under load, and every holder lives on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.fleet import FULL, STRICT, Fleet, FleetProcess, running_fleet, share
from tests.support.gate import open_gate
from tests.support.tokens import problem_of, token_of
from tests.support.waiting import until

LIFE_SECONDS = 2
ROUNDS = [(30, 45.0), *[(10, 15.0)] * 9] if FULL else [(10, 15.0)]
"""Seconds of a lease and of the outage: those of production once, the others in proportion."""
NUMBERED = share([(number, *each) for number, each in enumerate(ROUNDS)])
USERS = [f"user-{number}" for number in range(30 if FULL else 10)]
PAUSE_SECONDS = 0.05
"""Seconds between two calls of a caller, because all processes share a few cores."""


@pytest.mark.requirement("D4", "K2")
@pytest.mark.parametrize(("number", "lease", "away"), NUMBERED)
async def test_no_answer_is_lost_in_a_long_outage_while_its_holder_lives(
    tmp_path: Path, mongodb_url: str, number: int, lease: int, away: float
) -> None:
    """The other processes wait for the holder's write before they recover."""
    host = urlsplit(mongodb_url)
    async with open_gate((host.hostname or "", host.port or 0)) as line:
        url = f"mongodb://{line.address[0]}:{line.address[1]}/?directConnection=true"
        # Refreshes take their time, so that the outage meets many.
        async with running_fleet(tmp_path, url, lease=lease, provider=9.0, pause=0.5) as fleet:
            fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
            for user in USERS:
                await fleet.connect(user, STRICT)
            mark, before = fleet.sandbox.mark(), await generations(fleet)
            tokens: dict[tuple[str, str], str] = {}
            over = asyncio.Event()
            try:
                async with asyncio.TaskGroup() as group:
                    for user in USERS:
                        for gateway in fleet.gateways:
                            group.create_task(call(fleet, gateway, user, over, tokens))

                    async def under_way() -> bool:
                        all_served = len(tokens) == len(USERS) * len(fleet.gateways)
                        return all_served and len(fleet.refreshes(STRICT, mark)) > len(USERS)

                    await until(under_way)
                    line.freeze() if number % 2 else line.cut()
                    await asyncio.sleep(away)
                    line.mend()
                    back_at, old = time.monotonic(), dict(tokens)

                    async def all_new() -> bool:
                        return all(tokens[caller] != old[caller] for caller in old)

                    await until(all_new)
                    print(f"all had new tokens {time.monotonic() - back_at:.1f} s later")
                    over.set()
            finally:
                line.mend()

            rows = [await fleet.row(user, STRICT) for user in USERS]
            assert {(row["status"], row["status_reason"]) for row in rows} == {("active", None)}
            refreshes = fleet.refreshes(STRICT, mark)
            assert set(refreshes) == {"issued"}

            async def all_stored() -> bool:
                issued = len(fleet.refreshes(STRICT, mark))
                return issued == await generations(fleet) - before

            await until(all_stored)


async def call(
    fleet: Fleet,
    gateway: FleetProcess,
    user: str,
    over: asyncio.Event,
    tokens: dict[tuple[str, str], str],
) -> None:
    """Ask for a token again and again, and note the newest one of this caller in ``tokens``."""
    while not over.is_set():
        answer = await fleet.ask(gateway, user, STRICT)
        if answer.status_code == 200:
            tokens[gateway.url, user] = token_of(answer)
        else:
            assert problem_of(answer)[0] == 503, answer.text
        await asyncio.sleep(PAUSE_SECONDS)


async def generations(fleet: Fleet) -> int:
    """Return the sum of the generations of all connections."""
    return sum([(await fleet.row(user, STRICT))["generation"] for user in USERS])
