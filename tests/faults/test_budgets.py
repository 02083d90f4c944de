"""Budgets under ``kill -9``: never overspent, and in the end the sum of their events."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from gateway.clock import utc_now
from gateway.dev.children import child
from gateway.settings.environment import Driver
from gateway.store.mongo import Database
from gateway.store.usage import NANO
from gateway.store.usage_rules import Each, Period, Unit
from tests.faults.budget_process import PRICE
from tests.support.metering import Metering, budget
from tests.support.waiting import PATIENCE_SECONDS

PROCESSES = 8
KILLS = 40

RULES = [
    budget(600, name="calls", period=Period.MONTH),
    budget(400, name="of each", period=Period.MONTH, each=[Each.USER]),
    budget(60 * NANO, Unit.MONEY, Period.MONTH, name="money"),
]
MOST = {rule.id: rule.budget.most for rule in RULES if rule.budget is not None}


async def test_eight_processes_and_random_kills_never_overspend(
    tmp_path: Path,
    mongodb_url: str,
    mongodb_client: MongoClient[dict[str, Any]],
    database_name: str,
    driver: Driver,
    database: Database,
) -> None:
    metering = Metering(database, utc_now, [PRICE])
    await metering.set(*RULES)
    command = [sys.executable, "-m", "tests.faults.budget_process"]
    command += [mongodb_url, database_name, str(driver)]
    async with AsyncExitStack() as stack:

        def start(number: int) -> subprocess.Popen[bytes]:
            log = tmp_path / f"{number}.log"
            return stack.enter_context(child(command, env=os.environ.copy(), log=log))

        running = [start(number) for number in range(PROCESSES)]
        kills = 0
        while kills < KILLS:
            await asyncio.sleep(random.uniform(0, 0.3))
            await check(metering)
            if await metering.counters():  # they are at work
                victim = random.randrange(PROCESSES)
                running[victim].kill()
                running[victim] = start(PROCESSES + kills)
                kills += 1
    await asyncio.to_thread(wait_until_idle, mongodb_client, database_name)
    await check(metering)
    later = utc_now() + timedelta(days=1)
    assert await metering.store.settle_lost(later, later) > 0
    assert await metering.store.settle_lost(later, later) == 0
    await check(metering)
    events = await metering.events()
    counters = await metering.counters()
    assert {row["rule"] for row in counters} == set(MOST)
    for row in counters:
        charges = [
            charge["amount"]
            for event in events
            for charge in event.get("charges", [])
            if charge["counter"] == row["_id"]
        ]
        assert (row["open"], row["outbox"], row["spent"]) == ([], [], sum(charges))
    before = await metering.counters()
    await metering.store.settle([one for one in events if "charges" in one])  # once more
    assert await metering.counters() == before
    assert "lost" in {event["result"] for event in events}
    assert {"answered", "aborted"} <= {event["result"] for event in events}


async def check(metering: Metering) -> None:
    """Whatever is under way, spent and reserved amounts fit."""
    for row in await metering.counters():
        reserved = sum(one["amount"] for one in row["open"])
        assert row["spent"] + reserved <= MOST[row["rule"]], row["rule"]


def wait_until_idle(client: MongoClient[dict[str, Any]], database: str) -> None:
    """Return once the database has carried out all that killed processes asked of it."""
    mine = {"$match": {"ns": f"{database}.budgets", "command.$db": database}}
    until = time.monotonic() + PATIENCE_SECONDS
    while list(client.admin.aggregate([{"$currentOp": {}}, mine])):
        assert time.monotonic() < until
        time.sleep(0.05)
