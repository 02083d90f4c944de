"""Registration by the client itself (RFC 7591), for clients that publish no description.

Anybody can register, so a registration proves nothing. It is limited in rate, in number and in
time, and the consent page says that nobody checked the name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from gateway.access.identity import DEFAULT_TENANT
from gateway.audit.trail import Audit
from gateway.authorization.clients import GRANT_TYPES, NO_SECRET, Client, read_metadata
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import RateLimited
from gateway.settings.limits import LimitName
from gateway.store.audit import Action
from gateway.store.oauth_clients import UNUSED, ClientStore, StoredClient

PREFIX = "gwa_"
MOST_UNUSED = 5000
"""The most clients that nobody has let in yet; at a few hundred bytes each."""


class Registration:
    """Registers clients, and finds them again."""

    def __init__(
        self, store: ClientStore, clock: Clock, audit: Audit, *, most_unused: int = MOST_UNUSED
    ) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit
        self._most_unused = most_unused

    async def register(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Store a client; return the answer of RFC 7591 3.2.1.

        Raises ``InvalidClientMetadataError``, ``InvalidRedirectURIError``, or ``RateLimited`` while
        too many clients wait to be let in.
        """
        fields = read_metadata(document)
        now = self._clock()
        if await self._store.count_unused(now) >= self._most_unused:
            raise RateLimited(str(LimitName.CLIENT_REGISTRATIONS), UNUSED.total_seconds() / 24)
        client_id, secret = f"{PREFIX}{secrets.token_hex(16)}", secrets.token_urlsafe(32)
        has_secret = fields["auth_method"] != NO_SECRET
        await self._store.add(
            StoredClient(
                id=client_id,
                secret_hash=sha256_hex(secret) if has_secret else None,
                created_at=now,
                **fields,
            )
        )
        # Nobody is signed in: the line belongs to no person, and to the first tenant.
        await self._audit.write(Action.AGENT_REGISTERED, tenant=DEFAULT_TENANT, subject=client_id)
        answer: dict[str, Any] = {
            "client_id": client_id,
            "client_id_issued_at": int(now.timestamp()),
            "client_name": fields["name"],
            "redirect_uris": [*fields["redirect_uris"]],
            "token_endpoint_auth_method": fields["auth_method"],
            "grant_types": [*GRANT_TYPES] if fields["refreshes"] else [GRANT_TYPES[0]],
            "response_types": ["code"],
        }
        if has_secret:
            answer |= {"client_secret": secret, "client_secret_expires_at": 0}
        return answer

    async def find(self, client_id: str) -> Client | None:
        """Return the registered client of that id, or ``None``."""
        stored = await self._store.get(client_id, self._clock())
        if stored is None:
            return None
        return Client(
            id=stored.id,
            name=stored.name,
            redirect_uris=stored.redirect_uris,
            auth_method=stored.auth_method,
            secret_hash=stored.secret_hash,
            refreshes=stored.refreshes,
        )

    async def used(self, client_id: str) -> None:
        """Record that the client is used, so that it is kept."""
        await self._store.touch(client_id, self._clock())
