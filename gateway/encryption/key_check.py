"""A check at start: does each encryption key belong to this database?

A wrong encryption key must not seal anything (security E4). A missing one is not an error here: it
affects only the connections that need it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connectors.secret import Secret
from gateway.clock import Clock
from gateway.encryption.places import PROBE, row_place
from gateway.encryption.vault import Vault, key_id_of
from gateway.errors import NotReady, SettingsError, VaultError
from gateway.observe.logs import get_logger
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.sealed import SealedStore

_log = get_logger()

_SAMPLE = 20
"""Rows to open before an encryption key without a check value is trusted."""


async def check_encryption_keys(
    vault: Vault, checks: EncryptionKeyCheckStore, stores: Sequence[SealedStore], clock: Clock
) -> None:
    """Compare every encryption key with its stored check value, and store one for a new key.

    Rows whose encryption key is missing are counted in the log. Raises ``SettingsError`` if a key
    differs from the one that was used under its id.
    """
    wrong = [
        key_id
        for key_id in vault.key_ids
        if not await _is_right(vault, key_id, checks, stores, clock)
    ]
    if wrong:
        raise SettingsError(
            "\n".join(
                f'the encryption key "{key_id}" is not the one that this database was used with. '
                "Put the right one back; a new encryption key needs a new id"
                for key_id in wrong
            )
        )
    for missing in await missing_keys(vault, stores):
        _log.warning(
            "encryption_key_missing",
            key_id=missing.key_id,
            collection=missing.collection,
            rows=missing.rows,
        )


class KeyState(StrEnum):
    """How an encryption key fits a database. ``new``: it was never used with it."""

    RIGHT = "right"
    NEW = "new"
    WRONG = "wrong"


async def key_state(
    vault: Vault, key_id: str, checks: EncryptionKeyCheckStore, stores: Sequence[SealedStore]
) -> KeyState:
    """Judge one of the vault's keys by its check value, or by rows; writes nothing."""
    stored = await checks.get(key_id)
    if stored is not None:
        return KeyState.RIGHT if vault.confirms(key_id, stored) else KeyState.WRONG
    # A database from before check values existed may have rows of this encryption key.
    return KeyState.NEW if await _opens_rows(vault, key_id, stores) else KeyState.WRONG


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingKey:
    """An encryption key that this process does not have, and the rows that it seals."""

    key_id: str
    collection: str
    rows: int


async def missing_keys(vault: Vault, stores: Sequence[SealedStore]) -> list[MissingKey]:
    """Return the encryption keys that rows name and the vault does not have."""
    return [
        MissingKey(
            key_id=key_id, collection=store.sealed.collection, rows=await store.count(key_id)
        )
        for store in stores
        for key_id in await store.encryption_keys()
        if key_id is not None and key_id not in vault.key_ids
    ]


async def _is_right(
    vault: Vault,
    key_id: str,
    checks: EncryptionKeyCheckStore,
    stores: Sequence[SealedStore],
    clock: Clock,
) -> bool:
    state = await key_state(vault, key_id, checks, stores)
    if state is KeyState.NEW and not await checks.add(key_id, vault.key_check(key_id), clock()):
        # Another process was faster, with this key or with another one of this id.
        state = await key_state(vault, key_id, checks, stores)
    return state is not KeyState.WRONG


async def _opens_rows(vault: Vault, key_id: str, stores: Sequence[SealedStore]) -> bool:
    """Return whether the key opens one of the first rows that name it, or no row names it.

    One is enough: a tampered row must not keep the gateway from starting.
    """
    found = False
    for store in stores:
        if store.sealed.proven is not None:
            continue  # proofs are younger than check values
        for group in (key_id, None):
            for row in await store.batch(group, after="", limit=_SAMPLE):
                for path, value in row.values.items():
                    if key_id_of(value) == key_id:
                        found = True
                        if vault.opens(value, row_place(store.sealed, row, path)):
                            return True
    return not found


def check_vault(vault: Vault) -> None:
    """Raise ``NotReady`` if the vault does not open a value that it has just sealed."""
    value = secrets.token_hex(16)
    try:
        opened = vault.open(vault.seal(Secret(value), PROBE), PROBE).reveal()
    except VaultError:
        opened = None
    if opened != value:
        raise NotReady("its encryption keys do not open what they seal")
