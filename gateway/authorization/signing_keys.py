"""The keys that sign access tokens: made, published and replaced here.

A private key is in the database, sealed with the encryption keys. The published keys are derived
from the private keys that can be opened, so a writer of the database cannot plant one. The newest
key signs; if it is older than ``AGE``, it is replaced when the next token is issued. A replaced key
verifies until the last of its tokens has ended.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from joserfc.jwk import ECKey, KeySet

from connectors.secret import Secret
from gateway.authorization.tokens import ALGORITHM, LIFETIME
from gateway.clock import Clock
from gateway.encryption.places import signing_key_place
from gateway.encryption.vault import Vault
from gateway.errors import VaultError, WriteConflict
from gateway.store.signing_keys import SigningKeyStore, StoredSigningKey

AGE = timedelta(days=30)
KEPT = 6 * LIFETIME
"""How long a replaced key verifies: longer than its last token lives."""
FRESH_SECONDS = 60.0
"""How long a process uses the keys that it has read."""
PAUSE_SECONDS = 1.0
"""The shortest time between two readings because of an unknown key."""


class _Known(NamedTuple):
    key: ECKey
    made_at: datetime
    ends_at: datetime | None


class SigningKeys:
    """The signing keys of the deployment, as one process knows them."""

    def __init__(
        self,
        store: SigningKeyStore,
        vault: Vault,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._now = now
        self._known: list[_Known] = []
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def keys(self) -> KeySet:
        """Return the keys whose tokens may be valid; make the first one if there is none."""
        return KeySet([each.key for each in await self._current()])

    async def newer_keys(self) -> KeySet | None:
        """Read the keys again; ``None`` if that was done a moment ago."""
        if self._now() - self._read_at < PAUSE_SECONDS:
            return None
        async with self._reading:
            await self._read()
        return KeySet([each.key for each in self._known])

    async def signing_key(self) -> ECKey:
        """Return the key that signs now; a new one if the newest is too old."""
        newest = (await self._current())[0]
        if self._clock() - newest.made_at < AGE:
            return newest.key
        return await self.rotate()

    async def rotate(self) -> ECKey:
        """Make a new key, which signs from now on, and return it."""
        async with self._reading:
            await self._add()
            return self._known[0].key

    async def published(self) -> dict[str, Any]:
        """Return the public keys as a JWK set (RFC 7517)."""
        return {
            "keys": [
                {**each.key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}
                for each in await self._current()
            ]
        }

    async def _current(self) -> list[_Known]:
        async with self._reading:
            if not self._known or self._now() - self._read_at >= FRESH_SECONDS:
                await self._read()
            if not self._known:
                await self._add()
            now = self._clock()
            return [each for each in self._known if not each.ends_at or now < each.ends_at]

    async def _rows(self) -> list[StoredSigningKey]:
        return await self._store.all(self._clock())

    async def _read(self) -> None:
        known = []
        for row in await self._rows():
            try:
                text = self._vault.open(row.private, signing_key_place(row.id)).reveal()
            except VaultError:  # the log says so; what it signed is not accepted here
                continue
            key = ECKey.import_key(json.loads(text))
            key.ensure_kid()
            known.append(_Known(key, row.created_at, row.expires_at))
        self._known, self._read_at = known, self._now()

    async def _add(self) -> None:
        """Store a key with the next number, and read them all."""
        number = 1 + max((row.number for row in await self._rows()), default=0)
        await self._store_new(number)
        await self._read()

    async def _store_new(self, number: int) -> None:
        now, row = self._clock(), str(number)
        key = ECKey.generate_key("P-256", private=True)
        private = self._vault.seal(
            Secret(json.dumps(key.as_dict(private=True))), signing_key_place(row)
        )
        try:
            await self._store.add(
                StoredSigningKey(id=row, number=number, private=private, created_at=now)
            )
        except WriteConflict:
            return  # another process made it
        await self._store.retire(number, now + KEPT)
