"""SIGTERM while a process holds a provider's response and the database is away (L3)."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.server.shutdown import GRACE_SECONDS
from tests.faults.fleet import FULL, GRACE, Fleet, FleetProcess, running_fleet, works
from tests.support.gate import Gate, open_gate
from tests.support.waiting import until

SOONER = 0 if FULL else 10
"""Seconds by which these processes' time to end is shortened."""


@asynccontextmanager
async def behind_a_gate(folder: Path, mongodb_url: str) -> AsyncIterator[tuple[Fleet, Gate]]:
    """Two processes, one on each driver, and their connection to the database."""
    host = urlsplit(mongodb_url)
    async with open_gate((host.hostname or "", host.port or 0)) as line:
        url = f"mongodb://{line.address[0]}:{line.address[1]}/?directConnection=true"
        async with running_fleet(folder, url, sooner=SOONER) as fleet:
            try:
                yield fleet, line
            finally:
                line.mend()


def left(gateway: FleetProcess) -> list[list[str]]:
    """Return the connections that a process logs as left behind, for each of its stops."""
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines() if line[:1] == "{"]
    return [line["connections"] for line in lines if line["event"] == "refreshes_left"]


@pytest.mark.requirement("D4", "L3")
@pytest.mark.parametrize("database", ["away", "frozen"] if FULL else ["frozen"])
async def test_a_process_that_cannot_store_an_answer_ends_in_time_and_logs_its_connection(
    tmp_path: Path, mongodb_url: str, database: str
) -> None:
    """The process ends in time; the marker tells the next process, which asks again."""
    async with behind_a_gate(tmp_path, mongodb_url) as (fleet, line):
        users = [f"user-{number}" for number in range(len(fleet.gateways))]
        old = {user: await fleet.connect(user, GRACE) for user in users}
        ids = {user: (await fleet.row(user, GRACE))["_id"] for user in users}
        mark = fleet.sandbox.mark()
        calls = []
        for user, gateway in zip(users, fleet.gateways, strict=True):
            gateway.at("answer", signal.SIGSTOP)
            calls.append(asyncio.create_task(fleet.ask(gateway, user, GRACE, not_this=old[user])))
            await until(gateway.is_stopped)

        {"away": line.cut, "frozen": line.freeze}[database]()
        started = time.monotonic()
        for gateway in fleet.gateways:
            gateway.process.send_signal(signal.SIGTERM)
            gateway.process.send_signal(signal.SIGCONT)
        codes = await asyncio.gather(*(gateway.over() for gateway in fleet.gateways))
        seconds = time.monotonic() - started
        await asyncio.gather(*calls, return_exceptions=True)
        print(f"ended after {seconds:.1f} s")
        assert codes == [0, 0]
        assert seconds < GRACE_SECONDS
        assert [left(gateway) for gateway in fleet.gateways] == [[[ids[user]]] for user in users]

        line.mend()
        for user, gateway in zip(users, fleet.gateways, strict=True):
            await gateway.start()
            assert works(await fleet.ask(gateway, user, GRACE, not_this=old[user]))
        # A write that a frozen database has received may happen when it wakes up.
        asked = fleet.refreshes(GRACE, mark)
        assert set(asked) == {"issued"}
        assert len(asked) == 4 or (database == "frozen" and len(asked) in (2, 3))
