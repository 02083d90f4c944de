"""Rotation: reseal every value with the first encryption key.

A rotation runs while the gateway works: it exchanges each row under compare-and-set and keeps the
generation, so reads and refreshes do not notice it. If a refresh is faster, the refresh has sealed
the row with the first encryption key. A run keeps no state, because each row names its encryption
key: start a killed run again, or several in parallel (security E3).
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
"""Rows of one read and one write: some milliseconds of work for the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotated:
    """The result of a run: the number of resealed rows, and (collection, id) of unreadable ones."""

    rows: int
    unreadable: tuple[tuple[str, str], ...]


@dataclass
class _Run:
    """A run under way. ``per_second`` limits the rows that it writes; 0 is no limit."""

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
        """Count and report the rows, and pause to keep the limit."""
        self.rows += rows
        self.report(self.rows)
        if self.per_second:
            due = self.started + self.rows / self.per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))


class Rotation:
    """Reseals all sealed values with the vault's first encryption key."""

    def __init__(self, vault: Vault, stores: Sequence[SealedStore], audit: Audit) -> None:
        self._vault = vault
        self._stores = stores
        self._audit = audit

    async def survey(self) -> Counter[str]:
        """Count the rows by the id of the encryption key that sealed them; 0 for unused ones."""
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
        """Reseal every row that another encryption key seals, at most ``per_second`` (0: no limit).

        ``report`` is called with the number of resealed rows so far. Raises ``StoreUnavailable`` if
        the database does not answer; rows that were resealed stay so.
        """
        run = _Run(report, per_second)
        for store in self._stores:
            for key_id in await store.encryption_keys():
                if key_id != self._vault.current:
                    # Rows that were written concurrently are read again.
                    while not await self._walk(store, key_id, run):
                        pass
        return Rotated(rows=run.rows, unreadable=tuple(run.unreadable))

    async def _walk(self, store: SealedStore, key_id: str | None, run: _Run) -> bool:
        """Reseal the rows of an encryption key; return whether every row was still unchanged."""
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
                await self._audit_tenants(exchanges, run)
                written = await store.exchange(exchanges)
                unchanged &= written == len(exchanges)
                await run.wrote(written)
        return unchanged

    async def _audit_tenants(self, exchanges: Sequence[Exchange], run: _Run) -> None:
        """Write one audit line for each tenant, before the first of its rows is written."""
        tenants = {exchange.row.tenant for exchange in exchanges}
        for tenant in sorted(tenants - run.tenants - {""}):  # a sign-in has none at first
            run.tenants.add(tenant)
            await self._audit.write(
                Action.ENCRYPTION_ROTATED, tenant=tenant, subject=self._vault.current
            )

    def _exchange(self, sealed: SealedFields, row: SealedRow) -> tuple[Exchange | None, bool]:
        """Return the values to write, if any, and whether the whole row could be opened."""
        values: dict[str, bytes] = {}
        opened = True
        for path, value in row.values.items():
            try:
                if row.statement is not None:
                    resealed = self._vault.reprove(value, row.statement)
                else:
                    resealed = self._vault.reseal(value, row_place(sealed, row, path))
            except VaultError:
                opened = False
                continue
            if resealed != value:
                values[path] = resealed
        key_id = self._vault.current if opened and sealed.encryption_key is not None else None
        if not values and key_id is None:
            return None, opened
        return Exchange(row=row, values=values, encryption_key=key_id), opened


async def _batches(store: SealedStore, key_id: str | None, size: int) -> AsyncIterator[Batch]:
    after = ""
    while batch := await store.batch(key_id, after=after, limit=size):
        yield batch
        after = batch[-1].id
