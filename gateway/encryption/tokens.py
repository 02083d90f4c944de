"""Seal and open the tokens of connections, each bound to its row, field and generation."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.context import Tokens
from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.encryption.places import stored_token_place, token_place
from gateway.encryption.vault import Vault
from gateway.errors import VaultError, code_of
from gateway.store.audit import Action
from gateway.store.connection import Connection, SealedTokens

MARGIN = timedelta(seconds=60)
MARGIN_SHARE = 0.1
"""A token counts as stale one minute before it expires, or a tenth of its life if that is shorter.

With a fixed margin, a token that lives as long as the margin would be refreshed on every read.
"""


class TokenSealer:
    """Seals and opens the tokens of connections."""

    def __init__(self, vault: Vault, audit: Audit) -> None:
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
        renew_before: int | None = None,
    ) -> SealedTokens:
        """Seal ``tokens``, received at ``now``, for ``generation`` of row ``row``.

        ``renew_before`` is the connector's ``renewal_margin``.
        """

        def sealed(field: str, token: Secret) -> bytes:
            place = token_place(
                field,
                tenant=tenant,
                owner=owner,
                connector=connector,
                row=row,
                generation=generation,
            )
            return self._vault.seal(token, place)

        refresh_token = tokens.refresh_token
        return SealedTokens(
            access_token=sealed("access_token", tokens.access_token),
            refresh_token=None if refresh_token is None else sealed("refresh_token", refresh_token),
            encryption_key=self._vault.current,
            token_type=tokens.token_type,
            issued_at=now,
            expires_at=tokens.expires_at,
            fresh_until=fresh_until(tokens.expires_at, now, renew_before),
        )

    def access_token(self, connection: Connection) -> Secret:
        """Open the connection's access token; raise ``VaultError`` if it does not open."""
        return self._open(connection, "access_token", connection.tokens.access_token)

    def refresh_token(self, connection: Connection) -> Secret | None:
        """Open the connection's refresh token, if it has one; raise ``VaultError`` if it fails."""
        sealed = connection.tokens.refresh_token
        return None if sealed is None else self._open(connection, "refresh_token", sealed)

    def opens(self, connection: Connection, *, refresh_too: bool) -> bool:
        """Whether the access token opens, and the refresh token if asked; a failure is no event."""
        tokens = connection.tokens
        values = {"access_token": tokens.access_token}
        if refresh_too and tokens.refresh_token is not None:
            values["refresh_token"] = tokens.refresh_token
        return all(
            self._vault.opens(sealed, stored_token_place(field, connection))
            for field, sealed in values.items()
        )

    def _open(self, connection: Connection, field: str, sealed: bytes) -> Secret:
        try:
            return self._vault.open(sealed, stored_token_place(field, connection))
        except VaultError as error:
            action = Action.VAULT_OPEN_FAILED
            self._audit.note(action, outcome=code_of(error), **connection.about)
            raise


def fresh_until(
    expires_at: datetime | None, now: datetime, renew_before: int | None
) -> datetime | None:
    """Return from when on a token is stale: before its end, at ``expires_at``."""
    if expires_at is None:
        return None
    margin = MARGIN if renew_before is None else timedelta(seconds=renew_before)
    return expires_at - min(margin, (expires_at - now) * MARGIN_SHARE)
