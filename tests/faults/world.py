"""Services and a strict provider in one process; the services can die inside a refresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.services.connections import ConnectionService
from gateway.services.refresh_attempt import Checkpoint, no_checkpoint
from gateway.services.tokens import IssuedToken, Wanted
from gateway.store.connection import Connection
from gateway.store.mongo import Collection, Database, Document
from gateway.testing.workbench import Workbench, open_workbench
from gateway.wiring.knobs import Knobs
from tests.support.silent import NO_AUDIT
from tests.support.subjects import subject_of


@dataclass
class World:
    """A workbench that can replace its services by new ones on the same database."""

    bench: Workbench

    def restart(self, checkpoint: Checkpoint = no_checkpoint) -> None:
        """Replace the services; the new ones know only the database."""
        self.bench.core = self.bench.make_core(Knobs(checkpoint=checkpoint, takeover_seconds=0))

    async def refresh_and_die(self, connection: Connection, at: str) -> None:
        """Start a refresh with services that die at the step ``at``, then replace them."""
        dead, here = asyncio.Event(), asyncio.Event()

        async def checkpoint(step: str) -> None:
            if step == at:
                here.set()
                await dead.wait()

        self.restart(checkpoint)
        refresher = self.bench.core.refresher
        call = asyncio.create_task(self.bench.token(connection, force=True))
        ends = asyncio.create_task(here.wait())
        await asyncio.wait({call, ends}, return_when=asyncio.FIRST_COMPLETED)
        assert here.is_set(), call
        # The task never runs again, which looks like a dead process to all others.
        for task in (call, *refresher._running.values()):
            task.cancel()
        await asyncio.gather(call, *refresher._running.values(), return_exceptions=True)
        self.restart()
        await self._rows.update_one(
            {"_id": connection.id, "refresh.until": {"$gt": _LONG_AGO}},
            {"$set": {"refresh.until": _LONG_AGO}},
        )

    async def read(self, account: str | None) -> IssuedToken:
        """Return a token of an account (by external id), or of the default one."""
        bench = self.bench
        return await bench.core.tokens.get(
            Wanted(
                connector=bench.subject.name, tenant=bench.tenant, user=bench.user, account=account
            )
        )

    async def choose(self, connection: Connection) -> None:
        """Make an account the default."""
        await ConnectionService(self.bench.store, self.bench.clock, NO_AUDIT).set_default(
            connection
        )

    async def row(self, connection: Connection) -> Document:
        """Return the stored connection."""
        row = await self._rows.find_one({"_id": connection.id})
        assert row is not None
        return row

    @property
    def _rows(self) -> Collection:
        return self.bench.database.collection("connections")


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A time in the past of the database's clock, which tests cannot move."""


@asynccontextmanager
async def open_world(connector: str, database: Database) -> AsyncIterator[World]:
    """A world without connections."""
    async with open_workbench(subject_of(connector), database) as bench:
        yield World(bench)
