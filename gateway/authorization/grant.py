"""One grant: its content, sealed in its row, and the forms of its code and refresh tokens.

A code is ``gwc_<grant>_<MAC>``, a refresh token ``gwr_<grant>_<number>_<MAC>``.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from authlib.oauth2.rfc6749.errors import InvalidGrantError

from connectors.secret import Secret
from gateway.authorization.request import AuthorizationRequest
from gateway.encryption.places import Place, grant_place
from gateway.encryption.vault import Vault
from gateway.errors import VaultError
from gateway.store.oauth_grants import StoredGrant

_CODE = re.compile(r"gwc_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
_REFRESH_TOKEN = re.compile(r"gwr_([0-9a-f]{32})_([0-9]{1,9})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A grant that was opened. ``secret`` makes its code and its refresh tokens."""

    id: str
    tenant: str
    user: str
    client: str
    name: str
    is_verified: bool
    redirect_uri: str
    redirect_was_given: bool
    scopes: tuple[str, ...]
    resource: str
    challenge: str = field(repr=False)
    refreshes: bool
    created_at: datetime
    used_at: datetime | None
    secret: bytes = field(repr=False)

    @property
    def code(self) -> str:
        """The authorization code."""
        return f"gwc_{self.id}_{self._mac('code')}"

    def refresh_token(self, serial: int) -> str:
        """Return the refresh token of that number."""
        return f"gwr_{self.id}_{serial}_{self._mac(f'refresh {serial}')}"

    def _mac(self, statement: str) -> str:
        digest = hmac.digest(self.secret, statement.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def grant_of_code(code: str) -> str | None:
    """Return the id of the grant that a code names; ``None`` if it has another form."""
    match = _CODE.fullmatch(code)
    return match[1] if match else None


def read_refresh_token(token: str) -> tuple[str, int] | None:
    """Return the grant's id and the number in a refresh token; ``None`` for another form."""
    match = _REFRESH_TOKEN.fullmatch(token)
    return (match[1], int(match[2])) if match else None


def seal_content(vault: Vault, place: Place, asked: AuthorizationRequest, now: datetime) -> bytes:
    """Seal the content of a new grant for its row, with a new secret."""
    client = asked.client
    content = {
        "client": client.id,
        "name": client.name,
        "is_verified": client.host is not None,
        "redirect_uri": asked.redirect_uri,
        "redirect_was_given": asked.redirect_was_given,
        "scopes": asked.scopes,
        "resource": asked.resource,
        "challenge": asked.challenge,
        "refreshes": client.refreshes,
        "secret": secrets.token_hex(32),
        "created_at": int(now.timestamp() * 1000),
    }
    return vault.seal(Secret(json.dumps(content)), place)


def open_grant(vault: Vault, stored: StoredGrant) -> Grant:
    """Open a grant; raise ``InvalidGrantError`` if a row was changed, or its key is gone."""
    place = grant_place(stored.tenant, stored.owner, stored.id)
    try:
        content = json.loads(vault.open(stored.content, place).reveal())
    except VaultError:  # the log says so
        raise InvalidGrantError("the grant cannot be read") from None
    return Grant(
        id=stored.id,
        tenant=stored.tenant,
        user=stored.owner,
        used_at=stored.used_at,
        **content
        | {
            "scopes": tuple(content["scopes"]),
            "secret": bytes.fromhex(content["secret"]),
            "created_at": datetime.fromtimestamp(content["created_at"] / 1000, UTC),
        },
    )
