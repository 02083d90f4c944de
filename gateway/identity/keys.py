"""Service keys: what a tool server authenticates with.

A key reads ``gwk_<id>_<secret>``: the id finds the row, the secret (256 random bits) is compared with
its stored SHA-256 in constant time. A fast hash is right here: there is nothing to guess in 256
random bits. The tenant comes from the row, never from the request (security E5, F1).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connectors.secret import Secret
from gateway.clock import Clock
from gateway.errors import Forbidden, Unauthorized
from gateway.store.keys import KeyStore, StoredKey

_KEY = re.compile(r"gwk_([0-9a-f]{16})_([0-9a-f]{64})")


class Role(StrEnum):
    """What a key may do: hand out tokens, manage connections, manage keys."""

    TOKENS = "tokens"
    CONNECTIONS = "connections"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyCaller:
    """A tool server that proved who it is."""

    key_id: str
    tenant: str
    roles: frozenset[Role]

    def require(self, role: Role) -> None:
        """Raise ``Forbidden`` unless the key has ``role``."""
        if role not in self.roles:
            raise Forbidden(f'this needs a service key with the role "{role}"')


class ServiceKeys:
    """Creates, checks, lists and deletes service keys."""

    def __init__(self, store: KeyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def create(
        self, *, tenant: str, roles: Sequence[Role], label: str = ""
    ) -> tuple[StoredKey, Secret]:
        """A new key, and the whole key as its user needs it: it is not stored and cannot be shown again."""
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        key = StoredKey(
            id=key_id,
            tenant=tenant,
            label=label,
            roles=tuple(sorted({str(role) for role in roles})),
            secret_hash=_hash(secret),
            created_at=self._clock(),
        )
        await self._store.add(key)
        return key, Secret(f"gwk_{key_id}_{secret}")

    async def authenticate(self, authorization: str | None) -> KeyCaller:
        """Who sent this ``Authorization`` header; raises ``Unauthorized`` without saying why not."""
        scheme, _, credential = (authorization or "").partition(" ")
        match = _KEY.fullmatch(credential.strip())
        if scheme.lower() != "bearer" or match is None:
            raise Unauthorized("send a service key: Authorization: Bearer gwk_…")
        key = await self._store.get(match[1])
        # Compared in any case, so that an unknown id takes as long as a wrong secret.
        known = hmac.compare_digest(_hash(match[2]), key.secret_hash if key else _hash(""))
        if key is None or not known:
            raise Unauthorized("this service key is not valid")
        return KeyCaller(key_id=key.id, tenant=key.tenant, roles=frozenset(map(Role, key.roles)))

    async def list_for(self, tenant: str) -> list[StoredKey]:
        """The tenant's keys, oldest first."""
        return await self._store.list_for(tenant)

    async def delete(self, tenant: str, key_id: str) -> bool:
        """Delete a key of the tenant; whether there was one. It is refused from the next request on."""
        return await self._store.delete(tenant, key_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
