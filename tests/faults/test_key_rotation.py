"""A change of encryption keys while tools read tokens and tokens are refreshed (security E3).

Two gateways have both keys, and many callers read tokens. The operator's command is killed on the
way and run again. Afterwards no row uses the old key.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from gateway.clock import utc_now
from gateway.dev.children import child
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.store.connection import read_row, token_fields
from tests.faults.fleet import FULL, GRACE, STEADY, STRICT, Fleet, running_fleet
from tests.support.commands import ROOT
from tests.support.sealing import sealing_for, tokens
from tests.support.silent import NO_AUDIT
from tests.support.tokens import token_of
from tests.support.waiting import until

ROWS, CALLERS = (3000, 50) if FULL else (600, 10)
PACE = ROWS // 4
"""Rows a second of the killed run, so that it is alive after a third of its work."""


@dataclass
class Callers:
    """Tools that ask both gateways in turn for expiring and lasting tokens."""

    fleet: Fleet
    seeded: dict[str, str]
    calls: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Run all tools until the context ends; an error of any tool ends it."""
        async with asyncio.TaskGroup() as group:
            for number in range(CALLERS):
                group.create_task(self._call(number))
            yield
            self.over.set()

    async def _call(self, number: int) -> None:
        users = [*self.seeded]
        while not self.over.is_set():
            gateway = self.fleet.gateways[number % 2]
            if number % 5:
                user = users[number * 7919 % len(users)]
                assert token_of(await self.fleet.ask(gateway, user, STEADY)) == self.seeded[user]
            else:
                connector = (STRICT, GRACE, STEADY)[number % 3]
                token_of(await self.fleet.ask(gateway, "alice", connector))
            self.calls += 1
            number += CALLERS + 1


async def seed(database: Any, keys: str) -> dict[str, str]:
    """Store connections sealed with the first of ``keys``; return access tokens by user."""
    vault, now = Vault(read_encryption_keys(keys)), utc_now()
    template = await database["connections"].find_one({"connector": STEADY})
    documents, access = [], {}
    for number in range(ROWS):
        user, row = f"user-{number}", f"con_{os.urandom(12).hex()}"
        access[user] = f"access-{number}-{os.urandom(8).hex()}"
        issued = tokens(access[user], f"refresh-{number}", now + timedelta(hours=1))
        sealed = sealing_for(vault, user, issued, now=now)(row, 1)
        documents.append(
            template
            | {"_id": row, "owner": f"user:{user}", "generation": 1, "outbox": []}
            | token_fields(sealed)
        )
    await database["connections"].insert_many(documents, ordered=False)
    return access


async def restart(fleet: Fleet, keys: str) -> None:
    """Restart every gateway with these encryption keys."""
    for gateway in fleet.gateways:
        gateway.process.send_signal(signal.SIGTERM)
    for gateway in fleet.gateways:
        assert await gateway.over() == 0
        gateway.env["GATEWAY_ENCRYPTION_KEYS"] = keys
        await gateway.start(ready=False)
    for gateway in fleet.gateways:
        await gateway.ready()


def rotate(fleet: Fleet, log: Path, *arguments: str) -> Any:
    """Start the command as a process with the gateways' configuration."""
    command = [sys.executable, "-m", "gateway", "encryption", "rotate", *arguments]
    return child(command, env=os.environ | fleet.gateways[0].env, log=log, cwd=ROOT)


@pytest.mark.requirement("E3")
async def test_encryption_keys_are_changed_under_load_and_the_old_one_is_removed(
    tmp_path: Path, mongodb_url: str
) -> None:
    """No call fails, a killed run resumes where it was, and all rows stay readable."""
    async with running_fleet(tmp_path, mongodb_url, lease=30) as fleet:
        for connector in (STRICT, GRACE, STEADY):
            fleet.sandbox.token_life(connector, 2)
            await fleet.connect("alice", connector)
        env = fleet.gateways[0].env
        old, new = env["GATEWAY_ENCRYPTION_KEYS"], f"k2:{new_encryption_key()}"
        async with AsyncMongoClient[dict[str, Any]](mongodb_url) as client:
            database = client[env["GATEWAY_MONGODB_DATABASE"]]
            callers = Callers(fleet, await seed(database, old))
            mark = fleet.sandbox.mark()
            await restart(fleet, f"{new},{old}")

            async def rows_of(key_id: str) -> int:
                return await database["connections"].count_documents({"tokens.key": key_id})

            async def a_third_is_done() -> bool:
                return await rows_of("k2") > ROWS / 3

            async with callers.calling():
                with rotate(fleet, tmp_path / "killed.log", "--per-second", str(PACE)) as killed:
                    await until(a_third_is_done)
                    killed.kill()
                    assert killed.wait() == -signal.SIGKILL
                assert await rows_of("k1") > 0
                with rotate(fleet, tmp_path / "rotation.log") as resumed:
                    code = await asyncio.to_thread(resumed.wait, 60)
            said = (tmp_path / "rotation.log").read_text()
            assert code == 0, said
            assert "k1 seals no rows any more and may be removed" in said
            left = int(said.partition(" ")[0])
            assert 0 < left < ROWS  # it resumed where the killed run was
            assert await rows_of("k2") == ROWS + 3
            for connector in (STRICT, GRACE, STEADY):
                refreshes = fleet.refreshes(connector, mark)
                assert set(refreshes) == {"issued"}
                assert len(refreshes) >= 2
        assert callers.calls > CALLERS

        await restart(fleet, new)

        for connector in (STRICT, GRACE, STEADY):
            token_of(await fleet.ask(fleet.gateways[0], "alice", connector))
        sealer = TokenSealer(Vault(read_encryption_keys(new)), NO_AUDIT)
        rows = await fleet.database.collection("connections").find({}, sort=[("_id", 1)])
        connections = [connection for row in rows if (connection := read_row(row)) is not None]
        assert all(sealer.refresh_token(connection) for connection in connections)
        opened = {row.user: sealer.access_token(row).reveal() for row in connections}
        assert callers.seeded.items() <= opened.items()
        for number, (user, token) in enumerate([*callers.seeded.items()][::20]):
            answer = await fleet.ask(fleet.gateways[number % 2], user, STEADY)
            assert token_of(answer) == token
