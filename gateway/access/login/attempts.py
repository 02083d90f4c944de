"""Attempts to sign in somewhere else: bound to one browser, used once, good for ten minutes.

Two random values of 256 bits belong to an attempt. The *ticket* travels in addresses and finds the
row; the *cookie* stays in the browser that began. Whoever comes back needs both, so a ticket that
is stolen, sent or planted finishes nothing anywhere else (security A1, A4 for logins). Both are
stored as hashes. An attempt is taken from the database before anything is compared: whatever goes
wrong has used it up.

Why a row and not only a sealed cookie: a cookie alone can be played back; the row is taken once,
by whichever process comes first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from connectors.secret import Secret
from gateway.access.identity import Identity
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import LoginUnknown
from gateway.store.logins import LOGIN_LIFETIME, LoginKind, LoginStore, StoredLogin

CookieOf = Callable[[str], str | None]
"""The value of the browser's cookie of that name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """Where to send the browser that signs in, and the cookie to give it before."""

    url: str
    cookie_name: str
    cookie: Secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """Who came back, which page of ours they wanted, and the cookie that has done its work."""

    identity: Identity
    return_to: str
    cookie_name: str


class RemoteLogin(Protocol):
    """A way to sign in at another place, from which the browser comes back."""

    @property
    def host(self) -> str:
        """Where that is, for showing."""
        ...

    @property
    def sign_out_url(self) -> str | None:
        """Where a person signs out over there, if that is known."""
        ...

    @property
    def return_path(self) -> str:
        """The path that the browser comes back to."""
        ...

    async def begin(self, return_to: str) -> Departure:
        """A new attempt; raises ``LoginUnavailable`` if the other place does not answer."""
        ...

    async def finish(self, query: bytes, cookie_of: CookieOf) -> Arrival:
        """Who came back with this query; raises ``LoginError`` or ``CallbackInvalid``."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A new attempt's two values."""

    ticket: str
    cookie: Secret

    def departure(self, url: str) -> Departure:
        """Send the browser to ``url`` with the cookie of this attempt."""
        return Departure(url=url, cookie_name=login_cookie_name(self.ticket), cookie=self.cookie)


def login_cookie_name(ticket: str) -> str:
    """The name of an attempt's cookie: one per attempt, so that two tabs do not disturb each other."""
    return f"gateway_login_{sha256_hex(ticket)[:16]}"


def derive(cookie: Secret, purpose: str) -> str:
    """Another 256 bits that only this browser's cookie leads to, in 43 URL-safe characters."""
    digest = hmac.new(cookie.reveal().encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Attempts:
    """Begins and takes attempts."""

    def __init__(self, store: LoginStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, kind: LoginKind, return_to: str) -> Attempt:
        """Store a new attempt; ``return_to`` is a page of ours."""
        attempt = Attempt(
            ticket=secrets.token_urlsafe(32), cookie=Secret(secrets.token_urlsafe(32))
        )
        now = self._clock()
        await self._store.add(
            StoredLogin(
                id=sha256_hex(attempt.ticket),
                kind=kind,
                cookie_hash=sha256_hex(attempt.cookie.reveal()),
                return_to=return_to,
                created_at=now,
                expires_at=now + LOGIN_LIFETIME,
            )
        )
        return attempt

    async def take(
        self, kind: LoginKind, ticket: str, cookie_of: CookieOf
    ) -> tuple[StoredLogin, Secret]:
        """The attempt and its cookie, once; raises ``LoginUnknown`` unless this browser began it."""
        login = await self._store.claim(sha256_hex(ticket), kind, self._clock())
        cookie = cookie_of(login_cookie_name(ticket)) or ""
        if login is None or not hmac.compare_digest(sha256_hex(cookie), login.cookie_hash):
            raise LoginUnknown
        return login, Secret(cookie)

    async def accept(
        self, challenge: str, *, tenant: str, user: str, verifier: str
    ) -> StoredLogin | None:
        """Say who a hand-off is for; ``None`` if there is none to accept."""
        return await self._store.accept(
            sha256_hex(challenge),
            tenant=tenant,
            user=user,
            verifier_hash=sha256_hex(verifier),
            now=self._clock(),
        )

    async def forget(self, *, tenant: str, user: str) -> None:
        """Let no hand-off that was accepted for this person become a session any more."""
        await self._store.forget(tenant, user)
