"""A process that calls and settles as fast as it can, under budgets, until it is killed.

``python -m tests.faults.budget_process URL DATABASE DRIVER``
"""

from __future__ import annotations

import asyncio
import random
import sys

from gateway.clock import utc_now
from gateway.errors import RuleRefused
from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from gateway.usage.meter import Outcome, Result
from tests.support.metering import Metering, call, price

TOKENS = 50
"""The most tokens of a call; each costs a cent."""
PRICE = price(units=[{"unit": "token", "amount": "0.01", "read": ["tokens"], "most": TOKENS}])


async def work(url: str, name: str, driver: Driver) -> None:
    """Make calls, four at a time."""
    async with open_database(url, name, driver) as database:
        metering = Metering(database, utc_now, [PRICE])
        async with metering.meter.running():
            await asyncio.gather(*(_calls(metering) for _ in range(4)))


async def _calls(metering: Metering) -> None:
    while True:
        user = random.choice(["alice", "bob"])
        try:
            attempt = await metering.meter.admit(call(user=user, method="POST", path="/v1/search"))
        except RuleRefused:
            await asyncio.sleep(0.01)
            continue
        await asyncio.sleep(random.uniform(0, 0.02))
        used = random.randint(0, TOKENS)
        outcome = random.choice(
            [
                Outcome(result=Result.ANSWERED, status=200, answer=b'{"tokens":%d}' % used),
                Outcome(result=Result.ANSWERED, status=200, answer=b"{}"),
                Outcome(result=Result.ABORTED, status=200),
                Outcome(result=Result.UNREACHABLE),
            ]
        )
        await attempt.settle(outcome)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], Driver(sys.argv[3])))
