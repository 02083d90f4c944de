"""Tokens into their sealed form and back, each bound to its row, field and generation."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.context import Tokens
from connectors.secret import Secret
from gateway.audit.trail import NOWHERE, Audit
from gateway.encryption.vault import Place, Vault
from gateway.errors import VaultError
from gateway.observe.metrics import word_of
from gateway.store.audit import Action
from gateway.store.connections import Connection, SealedTokens

MARGIN = timedelta(seconds=60)
MARGIN_SHARE = 0.1
"""A token counts as stale a minute before it expires, or a tenth of its life where that is shorter.

With a fixed margin, a token that lives as long as the margin would be refreshed on every read.
"""


class TokenSealer:
    """Seals and opens the tokens of connections."""

    def __init__(self, vault: Vault, audit: Audit = NOWHERE) -> None:
        self._vault = vault
        self._audit = audit

    def seal(
        self,
        tokens: Tokens,
        *,
        tenant: str,
        owner: str,
        connector: str,
        row: str,
        generation: int,
        now: datetime,
    ) -> SealedTokens:
        """``tokens`` as row ``row`` stores them in ``generation``; received at ``now``."""

        def place(field: str) -> Place:
            return _place(tenant, owner, connector, row, field, generation)

        return SealedTokens(
            access_token=self._vault.seal(tokens.access_token, place("access_token")),
            refresh_token=None
            if tokens.refresh_token is None
            else self._vault.seal(tokens.refresh_token, place("refresh_token")),
            key_id=self._vault.current,
            token_type=tokens.token_type,
            issued_at=now,
            expires_at=tokens.expires_at,
            fresh_until=_fresh_until(tokens.expires_at, now),
        )

    def access_token(self, connection: Connection) -> Secret:
        """The connection's access token; raises ``VaultError``."""
        return self._open(connection, "access_token", connection.tokens.access_token)

    def refresh_token(self, connection: Connection) -> Secret | None:
        """The connection's refresh token, if it has one; raises ``VaultError``."""
        sealed = connection.tokens.refresh_token
        return None if sealed is None else self._open(connection, "refresh_token", sealed)

    def _open(self, connection: Connection, field: str, sealed: bytes) -> Secret:
        place = _place(
            connection.tenant,
            connection.owner,
            connection.connector,
            connection.id,
            field,
            connection.generation,
        )
        try:
            return self._vault.open(sealed, place)
        except VaultError as error:
            self._audit.note(
                Action.VAULT_OPEN_FAILED,
                tenant=connection.tenant,
                outcome=word_of(error),
                user=connection.user,
                connector=connection.connector,
                connection=connection.id,
            )
            raise


def _place(tenant: str, owner: str, connector: str, row: str, field: str, generation: int) -> Place:
    return Place(
        collection="connections",
        tenant=tenant,
        owner=owner,
        connector=connector,
        row=row,
        field=field,
        generation=generation,
    )


def _fresh_until(expires_at: datetime | None, now: datetime) -> datetime | None:
    if expires_at is None:
        return None
    return expires_at - min(MARGIN, (expires_at - now) * MARGIN_SHARE)
