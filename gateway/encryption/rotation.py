"""Sealing anew, with the first key, whatever was sealed with another one.

It runs beside everything else: each row is exchanged under compare-and-set and keeps its generation,
so no reader and no refresh notices. What it loses to a refresh was sealed with the first key by
that. Nothing is remembered between runs, as rows tell by themselves which key they need: a run that
was killed is simply started again, and several at once do no harm (security E3).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from gateway.audit.trail import Audit
from gateway.encryption.places import row_place
from gateway.encryption.vault import Vault, key_id_of
from gateway.errors import VaultError
from gateway.store.audit import Action
from gateway.store.sealed import Batch, Exchange, SealedFields, SealedRow, SealedStore

BATCH = 200
"""Rows that are read and written at once: some milliseconds of work for the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotated:
    """What a run did: rows sealed anew, and (collection, id) of those that do not open."""

    rows: int
    unreadable: tuple[tuple[str, str], ...]


@dataclass
class _Run:
    """A run under way. ``per_second`` is the most rows that it may write, 0 for no limit."""

    report: Callable[[int], None]
    per_second: int
    started: float = field(default_factory=time.monotonic)
    rows: int = 0
    tenants: set[str] = field(default_factory=set)
    unreadable: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def batch(self) -> int:
        return min(BATCH, self.per_second) or BATCH

    async def wrote(self, rows: int) -> None:
        """Count, tell, and rest where that was too fast."""
        self.rows += rows
        self.report(self.rows)
        if self.per_second:
            due = self.started + self.rows / self.per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))


class Rotation:
    """Moves all sealed values to the vault's first key."""

    def __init__(self, vault: Vault, stores: Sequence[SealedStore], audit: Audit) -> None:
        self._vault = vault
        self._stores = stores
        self._audit = audit

    async def survey(self) -> Counter[str]:
        """Key id -> rows with values that it sealed; keys of the vault that sealed none have 0."""
        found: Counter[str] = Counter(dict.fromkeys(self._vault.key_ids, 0))
        for store in self._stores:
            for key_id in await store.encryption_keys():
                if key_id is not None:
                    found[key_id] += await store.count(key_id)
                    continue
                async for batch in _batches(store, None, BATCH):
                    for row in batch:
                        found.update({key_id_of(value) or "" for value in row.values.values()})
        return found

    async def run(self, report: Callable[[int], None], *, per_second: int = 0) -> Rotated:
        """Seal anew what needs it, at most so many rows ``per_second``, and ``report`` how many were.

        Raises ``StoreUnavailable``; what was done until then stays done.
        """
        run = _Run(report, per_second)
        for store in self._stores:
            for key_id in await store.encryption_keys():
                if key_id != self._vault.current:
                    # Rows that somebody else wrote meanwhile are read again.
                    while not await self._walk(store, key_id, run):
                        pass
        return Rotated(rows=run.rows, unreadable=tuple(run.unreadable))

    async def _walk(self, store: SealedStore, key_id: str | None, run: _Run) -> bool:
        """Go through the rows of a key once; whether every write found its row unchanged."""
        unchanged = True
        async for batch in _batches(store, key_id, run.batch):
            exchanges = []
            for row in batch:
                exchange, opened = self._exchange(store.sealed, row)
                if opened:
                    run.unreadable.pop((store.sealed.collection, row.id), None)
                else:
                    run.unreadable[store.sealed.collection, row.id] = None
                if exchange is not None:
                    exchanges.append(exchange)
            if exchanges:
                await self._tell(exchanges, run)
                written = await store.exchange(exchanges)
                unchanged &= written == len(exchanges)
                await run.wrote(written)
        return unchanged

    async def _tell(self, exchanges: Sequence[Exchange], run: _Run) -> None:
        """One line for each tenant, before the first of its rows is written."""
        for tenant in sorted({exchange.row.tenant for exchange in exchanges} - run.tenants):
            run.tenants.add(tenant)
            await self._audit.write(
                Action.ENCRYPTION_ROTATED, tenant=tenant, subject=self._vault.current
            )

    def _exchange(self, sealed: SealedFields, row: SealedRow) -> tuple[Exchange | None, bool]:
        """What to write, if anything, and whether all of the row could be opened."""
        values: dict[str, bytes] = {}
        opened = True
        for path, value in row.values.items():
            try:
                anew = self._vault.reseal(value, row_place(sealed, row, path))
            except VaultError:
                opened = False
                continue
            if anew != value:
                values[path] = anew
        key_id = self._vault.current if opened and sealed.encryption_key is not None else None
        if not values and key_id is None:
            return None, opened
        return Exchange(row=row, values=values, encryption_key=key_id), opened


async def _batches(store: SealedStore, key_id: str | None, size: int) -> AsyncIterator[Batch]:
    after = ""
    while batch := await store.batch(key_id, after=after, limit=size):
        yield batch
        after = batch[-1].id
