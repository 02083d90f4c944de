"""A gateway and a strict provider in one process, with services that can die in the middle of a refresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.outbound.client import Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.services.connections import ConnectionService
from gateway.services.provider import Provider
from gateway.services.refresh import Checkpoint, pass_on
from gateway.services.tokens import IssuedToken, Wanted
from gateway.store.connections import Connection, ConnectionStore
from gateway.store.mongo import Collection, Database, Document
from gateway.testing.wire import SandboxTransport
from gateway.testing.workbench import GATEWAY_URL, Clock, Workbench
from gateway.wiring.core import CoreServices, core_services
from tests.support.subjects import subject_of


@dataclass
class World:
    """A workbench whose services can be exchanged for new ones on the same database."""

    bench: Workbench
    public_addresses: PublicAddresses
    vault: Vault

    def restart(self, checkpoint: Checkpoint = pass_on) -> None:
        """New services, which know nothing but what is stored."""
        self.bench.core = self._services(checkpoint)

    def _services(self, checkpoint: Checkpoint) -> CoreServices:
        bench = self.bench
        return core_services(
            catalog=bench.subject.catalog,
            database=bench.database,
            provider=bench.provider,
            vault=self.vault,
            public_addresses=self.public_addresses,
            redirect_uri=lambda name: bench.simulation.redirect_uri,
            clock=bench.clock,
            checkpoint=checkpoint,
        )

    async def refresh_and_die(self, connection: Connection, at: str) -> None:
        """Begin a refresh with services that end at the step ``at``, and start new ones."""
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
        # Nothing of it ever runs again: that is how its death looks to the rest of the world.
        for task in (call, *refresher._running.values()):
            task.cancel()
        await asyncio.gather(call, *refresher._running.values(), return_exceptions=True)
        self.restart()
        await self._rows.update_one(
            {"_id": connection.id, "refresh.until": {"$gt": _LONG_AGO}},
            {"$set": {"refresh.until": _LONG_AGO}},
        )

    async def read(self, account: str | None) -> IssuedToken:
        """A token of an account (its external id), or of the default one."""
        bench = self.bench
        return await bench.core.tokens.get(
            Wanted(
                connector=bench.subject.name, tenant=bench.tenant, user=bench.user, account=account
            )
        )

    async def choose(self, connection: Connection) -> None:
        """Make it the default."""
        await ConnectionService(self.bench.store, self.bench.clock).set_default(connection)

    async def row(self, connection: Connection) -> Document:
        """The connection as it is stored."""
        row = await self._rows.find_one({"_id": connection.id})
        assert row is not None
        return row

    @property
    def _rows(self) -> Collection:
        return self.bench.database.collection("connections")


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A time that is over by the database's clock, which a test cannot move."""


@asynccontextmanager
async def open_world(connector: str, database: Database) -> AsyncIterator[World]:
    """A world in which nobody has connected anything."""
    clock, subject = Clock(), subject_of(connector)
    redirect_uri = f"{GATEWAY_URL}/v1/connectors/{connector}/callback"
    ledger = Ledger(now=lambda: clock().timestamp())
    simulation = ProviderSimulation(subject.provider, ledger, redirect_uri)
    transport = SandboxTransport(simulation)
    policy = EgressPolicy()
    public_addresses, vault = (
        PublicAddresses(policy=policy),
        Vault(read_encryption_keys(f"k1:{new_encryption_key()}")),
    )
    async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
        provider = Provider(Outbound(client, policy), clock)
        core = core_services(
            catalog=subject.catalog,
            database=database,
            provider=provider,
            vault=vault,
            public_addresses=public_addresses,
            redirect_uri=lambda name: redirect_uri,
            clock=clock,
        )
        bench = Workbench(
            subject=subject,
            database=database,
            core=core,
            provider=provider,
            simulation=simulation,
            transport=transport,
            store=ConnectionStore(database),
            clock=clock,
        )
        yield World(bench, public_addresses, vault)
