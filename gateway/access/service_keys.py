"""Service keys: the credentials of tool servers.

A key has the form ``gwk_<id>_<secret>``: the id finds the row, the secret (256 random bits) is
compared with its stored SHA-256 in constant time. The tenant comes from the row, never from the
request (security E5, F1). The row has a proof, which is verified when the row is read, so not for
a cached key (``gateway.store.proofs``).

A key can be restricted to connectors, to a time, and to calls with a user assertion (F2). The
restrictions are in the key's row and checked with each call; docs/keys.md explains them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from connectors.secret import Secret
from gateway.access.assertions import HEADER, AssertionKeys, public_keys
from gateway.access.bounds import Bounds
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import (
    AssertionInvalid,
    AssertionRequired,
    Forbidden,
    InvalidRequest,
    StoreUnavailable,
    Unauthorized,
)
from gateway.store.audit import Action, Actor, ActorKind
from gateway.store.fresh.cache import Cache
from gateway.store.service_keys import KeyStore, StoredKey, key_tag
from gateway.text import clean_text

MAX_LABEL = 100
LONGEST_LIFE = timedelta(days=3660)
TOUCH_EVERY = timedelta(minutes=1)
TOUCH_SECONDS = 1.0
"""A call waits at most this long for the record of its key's use."""
_KEY = re.compile(r"gwk_([0-9a-f]{16})_([0-9a-f]{64})")
_CREDENTIAL = re.compile(rf"(?i:bearer) \s*{_KEY.pattern}\s*")
"""An ``Authorization`` header; the scheme is case-insensitive (RFC 9110, section 11.1)."""


class Role(StrEnum):
    """The roles of a key: read tokens, call providers through the gateway, call tools by name,
    manage connections, add APIs by URL, sign people in and out, manage keys."""

    TOKENS = "tokens"
    PROXY = "proxy"
    TOOLS = "tools"
    CONNECTIONS = "connections"
    INTEGRATIONS = "integrations"
    LOGINS = "logins"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyCaller:
    """An authenticated tool server."""

    key_id: str
    roles: frozenset[Role]
    bounds: Bounds
    actor: Actor
    assertion_keys: AssertionKeys | None = None

    @property
    def tenant(self) -> str:
        """The tenant of the key."""
        return self.bounds.tenant

    @property
    def is_restricted(self) -> bool:
        """Whether the key has restrictions beyond its roles."""
        return self.bounds.connectors is not None or self.assertion_keys is not None

    def require(self, role: Role) -> None:
        """Raise ``Forbidden`` unless the key has ``role``."""
        if role not in self.roles:
            raise Forbidden(f'this needs a service key with the role "{role}"')

    def bounds_with(self, assertions: Sequence[str], *, audience: str, now: datetime) -> Bounds:
        """Return the bounds of a call with these user assertions.

        Raises ``AssertionRequired`` if the key needs an assertion and the call has none. Raises
        ``AssertionInvalid`` if the assertion does not prove a user, or if there are several.
        """
        if self.assertion_keys is None:
            return self.bounds
        if not assertions:
            raise AssertionRequired
        if len(assertions) > 1:
            raise AssertionInvalid(f"the header {HEADER} came twice")
        return self.bounds.within(
            self.assertion_keys.read(assertions[0], audience=audience, now=now)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Restrictions:
    """The restrictions of a new key; the defaults restrict nothing.

    ``connectors`` are names, ``assertion_keys`` public JWKs.
    """

    connectors: tuple[str, ...] = ()
    expires_at: datetime | None = None
    assertion_keys: Sequence[Mapping[str, Any]] = ()


UNRESTRICTED = Restrictions()


@dataclass(kw_only=True, slots=True)
class _Known:
    """A key that was read, and its caller; its use is recorded from ``touch_at`` (monotonic) on."""

    key: StoredKey
    caller: KeyCaller
    touch_at: float


KeyCache = Cache[str, _Known]
"""Keys by their id, never by their secret, which is compared each time."""


class ServiceKeys:
    """Creates, checks, lists and deletes service keys. Without a ``cache``, each check reads."""

    def __init__(
        self, store: KeyStore, clock: Clock, audit: Audit, cache: KeyCache | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._cache = cache
        self._audit = audit

    async def create(
        self,
        *,
        tenant: str,
        roles: Sequence[Role],
        label: str = "",
        restrictions: Restrictions = UNRESTRICTED,
    ) -> tuple[StoredKey, Secret]:
        """Create a key; return its row and the whole key, which is never stored or shown again.

        Raises ``InvalidRequest`` if a restriction is malformed or has no effect with these roles.
        """
        now = self._clock()
        for name, value in {"label": label, "tenant": tenant}.items():
            if not value.isprintable():
                problem = "must have printable characters only"
                raise InvalidRequest(f"{name}: {problem}", {name: problem})
        _check(restrictions, roles, now)
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        key = StoredKey(
            id=key_id,
            tenant=tenant,
            label=clean_text(label, MAX_LABEL),
            roles=tuple(sorted({str(role) for role in roles})),
            secret_hash=sha256_hex(secret),
            created_at=now,
            connectors=tuple(sorted(set(restrictions.connectors))),
            expires_at=restrictions.expires_at,
            assertion_keys=public_keys(restrictions.assertion_keys),
        )
        await self._store.add(key)
        await self._audit.write(Action.KEY_CREATED, tenant=tenant, subject=key_id)
        return key, Secret(f"gwk_{key_id}_{secret}")

    async def authenticate(
        self, authorization: str | None, admit: Callable[[], None] = lambda: None
    ) -> KeyCaller:
        """Return the caller of an ``Authorization`` header.

        ``admit`` is called before a database look-up, and may raise. Raises ``Unauthorized``, which
        does not say why, if the key is not valid.
        """
        match = _CREDENTIAL.fullmatch(authorization or "")
        if match is None:
            raise Unauthorized("send a service key: Authorization: Bearer gwk_…")
        known = self._checked(await self._find(match[1], admit), match[2])
        if known is None:
            raise Unauthorized("this service key is not valid")
        if time.monotonic() >= known.touch_at:
            await self._touch(known)
        return known.caller

    def recall(self, authorization: str) -> KeyCaller | None:
        """Authenticate from the cache alone; ``None`` unless a valid key is cached."""
        match = _CREDENTIAL.fullmatch(authorization)
        if match is None or self._cache is None:
            return None
        known = self._checked(self._cache.get(match[1]), match[2])
        return known.caller if known and time.monotonic() < known.touch_at else None

    def _checked(self, known: _Known | None, secret: str) -> _Known | None:
        """Return the key if the secret is right and the key has not expired."""
        # Compared in any case, so that an unknown id takes as long as a wrong secret.
        stored = known.key.secret_hash if known else _NO_HASH
        if not hmac.compare_digest(sha256_hex(secret), stored) or known is None:
            return None
        expires_at = known.key.expires_at
        return known if expires_at is None or self._clock() < expires_at else None

    async def _touch(self, known: _Known) -> None:
        # Set before the write, so that only one of several concurrent calls writes.
        known.touch_at = time.monotonic() + TOUCH_EVERY.total_seconds()
        with contextlib.suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(TOUCH_SECONDS):
                await self._store.touch(known.key.tenant, known.key.id, self._clock())

    async def _find(self, key_id: str, admit: Callable[[], None]) -> _Known | None:
        if self._cache is None:
            admit()
            return await self._read(key_id)
        known = self._cache.get(key_id)
        if known is None:
            admit()
            reading = self._cache.reading()
            known = await self._read(key_id)
            if known is not None:
                self._cache.put(reading, key_id, known, key_tag(key_id))
        return known

    async def _read(self, key_id: str) -> _Known | None:
        key = await self._store.get(key_id)
        if key is None:
            return None
        caller = KeyCaller(
            key_id=key.id,
            roles=frozenset(map(Role, key.roles)),
            bounds=Bounds(
                tenant=key.tenant, connectors=frozenset(key.connectors) if key.connectors else None
            ),
            actor=Actor(ActorKind.KEY, key=key.id, label=key.label),
            assertion_keys=AssertionKeys(key.assertion_keys) if key.assertion_keys else None,
        )
        return _Known(key=key, caller=caller, touch_at=self._touch_at(key))

    def _touch_at(self, key: StoredKey) -> float:
        if key.last_used_at is None:
            return time.monotonic()
        ago = self._clock() - key.last_used_at
        return time.monotonic() + (TOUCH_EVERY - ago).total_seconds()

    async def list_for(self, tenant: str) -> list[StoredKey]:
        """Return the tenant's keys, oldest first."""
        return await self._store.list_for(tenant)

    async def unproven(self, tenant: str) -> list[StoredKey]:
        """Return the tenant's rows without a valid proof. They do not work as keys."""
        return await self._store.unproven(tenant)

    async def adopt(self, tenant: str, key: Secret) -> bool:
        """Prove the row of a whole key that has no valid proof; return whether there was one."""
        match = _KEY.fullmatch(key.reveal().strip())
        if match is None or not await self._store.adopt(tenant, match[1], sha256_hex(match[2])):
            return False
        await self._audit.write(Action.KEY_ADOPTED, tenant=tenant, subject=match[1])
        return True

    async def delete(self, tenant: str, key_id: str) -> bool:
        """Delete a key of the tenant, from the next request on; return whether there was one."""
        deleted = await self._store.delete(tenant, key_id)
        if deleted:
            await self._audit.write(Action.KEY_DELETED, tenant=tenant, subject=key_id)
        return deleted


def _check(wanted: Restrictions, roles: Sequence[Role], now: datetime) -> None:
    too_strong = {Role.ADMIN, Role.INTEGRATIONS, Role.LOGINS} & set(roles)
    named = {"connectors": wanted.connectors, "user_assertion": wanted.assertion_keys}
    for field, value in named.items():
        if value and too_strong:
            # Such a key could create an unrestricted key, sign in as any user, or decide what
            # everybody's tools do.
            problem = (
                "a key with the role admin, integrations or logins cannot be restricted like this"
            )
            raise InvalidRequest(problem, {field: problem})
    if wanted.expires_at is not None and not now < wanted.expires_at <= now + LONGEST_LIFE:
        problem = "a key must expire in the future, and within ten years"
        raise InvalidRequest(problem, {"expires_at": problem})


_NO_HASH = sha256_hex("")
