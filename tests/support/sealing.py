"""Connections whose tokens are really sealed, with a key of the test's choice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.context import Tokens
from connectors.secret import Secret
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault, read_encryption_keys
from gateway.store.connection import Connection, SealedTokens
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from tests.support.linking import NOW, Seal, new_connection, save
from tests.support.silent import NO_AUDIT


def tokens(access: str, refresh: str | None = None, expires_at: datetime | None = None) -> Tokens:
    """Tokens as a provider issues them."""
    return Tokens(
        access_token=Secret(access),
        refresh_token=None if refresh is None else Secret(refresh),
        token_type="Bearer",
        expires_at=expires_at,
        scopes=(),
    )


def sealing_for(vault: Vault, user: str, issued: Tokens, *, now: datetime = NOW) -> Seal:
    """Seals for the user's connection with Google, as a flow or a refresh does."""
    sealer = TokenSealer(vault, NO_AUDIT)

    def seal(row: str, generation: int) -> SealedTokens:
        return sealer.seal(
            issued,
            tenant="default",
            owner=f"user:{user}",
            connector="google",
            row=row,
            generation=generation,
            now=now,
        )

    return seal


async def link_sealed(
    database: Database, vault: Vault, user: str, *, refreshes: bool = True
) -> Connection:
    """The user's connection with Google after a finished flow: tokens named after the user."""
    issued = tokens(f"access of {user}", f"refresh of {user}" if refreshes else None)
    store = ConnectionStore(database)
    return await save(store, new_connection(user=user), sealing_for(vault, user, issued))


VAULT = Vault({"k1": b"k" * 32})
"""Seals and proves where a test does not look at the encryption key."""


def vault_of(env: Mapping[str, str]) -> Vault:
    """Return the vault of the processes with this environment."""
    return Vault(read_encryption_keys(env["GATEWAY_ENCRYPTION_KEYS"]))
