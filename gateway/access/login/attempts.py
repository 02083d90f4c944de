"""Sign-in attempts at another site: bound to one browser, used once, valid for ten minutes.

An attempt has two random values of 256 bits. The *ticket* is in URLs and finds the row; the
*cookie* stays in the browser that began. A sign-in needs both, so a stolen, sent or planted ticket
is useless in another browser (security A1, A4 for logins). Both are stored as hashes. An attempt is
claimed in the database before anything is compared, so a failure also uses it up.

A sealed cookie alone would not do: it can be replayed, while only one process can claim the row.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.secret import Secret
from gateway.access.identity import Identity
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import LoginUnknown
from gateway.store.logins import LOGIN_LIFETIME, LoginKind, LoginStore, StoredLogin

CookieOf = Callable[[str], str | None]
"""Returns the value of the browser's cookie of that name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """The URL to send a browser to for its sign-in, and the cookie to set before."""

    url: str
    cookie_name: str
    cookie: Secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """The person who came back, the page that they wanted, and the cookie to delete.

    ``began`` is when the attempt began.
    """

    identity: Identity
    began: datetime
    return_to: str
    cookie_name: str


class RemoteLogin(Protocol):
    """A login method at another site, from which the browser comes back."""

    @property
    def host(self) -> str:
        """The name of the other site, for showing."""
        ...

    @property
    def sign_out_url(self) -> str | None:
        """The URL at which a person signs out at the other site, if it is known."""
        ...

    @property
    def return_path(self) -> str:
        """The path that the browser comes back to."""
        ...

    async def begin(self, return_to: str) -> Departure:
        """Begin an attempt; raise ``LoginUnavailable`` if the other site does not answer."""
        ...

    async def finish(self, query: bytes, cookie_of: CookieOf) -> Arrival:
        """Return the person of this query; raise ``LoginError`` or ``CallbackInvalid``."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A new attempt's two values."""

    ticket: str
    cookie: Secret

    def departure(self, url: str) -> Departure:
        """Return the departure to ``url`` with the cookie of this attempt."""
        return Departure(url=url, cookie_name=login_cookie_name(self.ticket), cookie=self.cookie)


def login_cookie_name(ticket: str) -> str:
    """Return the name of an attempt's cookie: each attempt has its own, for parallel tabs."""
    return f"gateway_login_{sha256_hex(ticket)[:16]}"


def derive(cookie: Secret, purpose: str) -> str:
    """Derive 256 more secret bits from the browser's cookie, as 43 URL-safe characters."""
    digest = hmac.new(cookie.reveal().encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Attempts:
    """Begins and claims attempts."""

    def __init__(self, store: LoginStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, kind: LoginKind, return_to: str) -> Attempt:
        """Store a new attempt; ``return_to`` is a page of the gateway."""
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
        """Claim an attempt; raise ``LoginUnknown`` unless this browser began it."""
        login = await self._store.claim(sha256_hex(ticket), kind, self._clock())
        cookie = cookie_of(login_cookie_name(ticket)) or ""
        if login is None or not hmac.compare_digest(sha256_hex(cookie), login.cookie_hash):
            raise LoginUnknown
        return login, Secret(cookie)

    async def accept(
        self, challenge: str, *, tenant: str, user: str, verifier: str, admin: bool = False
    ) -> StoredLogin | None:
        """Set the user of a hand-off; ``None`` if there is no such hand-off to accept."""
        return await self._store.accept(
            sha256_hex(challenge),
            tenant=tenant,
            user=user,
            admin=admin,
            verifier_hash=sha256_hex(verifier),
            now=self._clock(),
        )

    async def forget(self, *, tenant: str, user: str) -> None:
        """Delete the accepted hand-offs of a user, so that none becomes a session."""
        await self._store.forget(tenant, user)
