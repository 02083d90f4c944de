"""Refreshes, reconnects, disconnects and failures in any order, against a model (security D3).

A late write never undoes a newer one, and no deleted row comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.refresh_leases import Lease, RefreshLeases
from tests.support.linking import NOW, linked, sealed_tokens

_users = count()

STEPS = (
    "connect",
    "disconnect",
    "claim",
    "claim by an old reading",
    "lease runs out",
    "store",
    "give up",
    "postpone",
    "cool-down ends",
)


@dataclass
class Row:
    """The model's view of the row.

    ``lease`` is the number of the lease that holds it; ``ended`` says which step of which lease was
    the last: who repeats that one is told that it is done.
    """

    access_token: bytes
    generation: int = 1
    status: Status = Status.ACTIVE
    lease: int | None = None
    running: bool = False
    cooling: bool = False
    ended: tuple[int, str] | None = None


@dataclass
class World:
    """The store and the model, side by side."""

    store: ConnectionStore
    refreshes: RefreshLeases
    database: Database
    user: str
    row: Row | None = None
    old: tuple[Connection, Row | None] | None = None
    leases: list[tuple[Lease, Row]] = field(default_factory=list)
    texts: count[int] = field(default_factory=count)

    async def step(self, name: str, choice: int) -> None:
        """Do one step in both, and compare the results."""
        if name == "connect":
            await self.connect()
        elif name in {"claim", "claim by an old reading"}:
            await self.claim(old=name != "claim")
        elif name in {"store", "give up", "postpone"}:
            if self.leases:
                await self.end(name, choice % len(self.leases))
        elif (connection := await self.current()) is not None and self.row is not None:
            if name == "disconnect":
                assert await self.store.delete(connection, NOW) == connection
                self.row = None
            elif name == "lease runs out":
                await self.past(connection, "until")
                self.row.running = False
            elif name == "cool-down ends":
                await self.past(connection, "not_before")
                self.row.cooling = False
        await self.compare()

    async def connect(self) -> None:
        text = f"flow {next(self.texts)}"
        saved = await linked(self.store, user=self.user, text=text)
        if self.row is None:
            self.row = Row(saved.tokens.access_token)
        else:
            self.row.generation += 1
            self.row.access_token, self.row.status = saved.tokens.access_token, Status.ACTIVE
            self.row.lease, self.row.running, self.row.cooling = None, False, False
            self.row.ended = None
        self.old = self.old or (saved, self.row)

    async def claim(self, *, old: bool) -> None:
        connection, row = (self.old or (None, None)) if old else (await self.current(), self.row)
        if connection is None or row is None:
            return
        lease = await self.refreshes.claim(connection)
        same = row is self.row and (connection.generation, connection.status) == (
            row.generation,
            row.status,
        )
        assert (lease is not None) == (same and not row.running and not row.cooling)
        if lease is not None:
            row.lease, row.running = len(self.leases), True
            self.leases.append((lease, row))

    async def end(self, name: str, number: int) -> None:
        lease, row = self.leases[number]
        held = row is self.row and row.lease == number
        done = held or (row is self.row and row.ended == (number, name))
        if name == "store":
            tokens = sealed_tokens(f"refresh {next(self.texts)}")
            taken = await self.refreshes.store(lease, tokens, (), Status.ACTIVE, NOW)
            assert (taken is not None) == done
        elif name == "give up":
            assert await self.refreshes.give_up(lease, "invalid_grant", NOW) == done
        else:
            assert await self.refreshes.postpone(lease, 3600, "provider_unavailable", NOW) == done
        if not held:
            return
        row.lease, row.running, row.ended = None, False, (number, name)
        if name == "store":
            row.generation += 1
            row.access_token, row.status = tokens.access_token, Status.ACTIVE
        elif name == "give up":
            row.status = Status.NEEDS_REAUTH
        else:
            row.cooling = True

    async def current(self) -> Connection | None:
        """The row of this world's only account."""
        rows = await self.store.list_for("default", f"user:{self.user}")
        assert len(rows) <= 1
        return rows[0] if rows else None

    async def past(self, connection: Connection, time: str) -> None:
        """Let a time of the row's lease be over, where it is set."""
        name = f"refresh.{time}"
        over = {"$set": {name: {"$subtract": ["$$NOW", 1]}}}
        rows = self.database.collection("connections")
        await rows.update_one({"_id": connection.id, name: {"$ne": None}}, [over])

    async def compare(self) -> None:
        """The stored row is the model's."""
        stored = await self.current()
        assert (stored is None) == (self.row is None)
        if stored is not None and self.row is not None:
            assert stored.generation == self.row.generation
            assert stored.status == self.row.status
            assert stored.tokens.access_token == self.row.access_token
            assert stored.is_default


@pytest.mark.requirement("D3")
@pytest.mark.anyio
@settings(
    max_examples=60,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],  # each example has its own user
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), max_size=25))
async def test_late_write_never_undoes_a_newer_one(
    database: Database, steps: list[tuple[str, int]]
) -> None:
    user = f"user-{next(_users)}"
    world = World(ConnectionStore(database), RefreshLeases(database), database, user)

    await world.step("connect", 0)
    for name, choice in steps:
        await world.step(name, choice)
