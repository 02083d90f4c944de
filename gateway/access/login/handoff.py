"""The login hand-off: a host that knows its users lends the gateway its own login.

1. The person's browser gets a cookie here and is sent to the host with a *challenge*.
2. The host looks who is signed in with it in that very browser, and its backend tells the gateway
   with a service key: this challenge is for user so-and-so. The tenant is that of the key.
3. The answer holds an address with a fresh *verifier*. The host redirects that browser to it.
4. The browser comes back with its cookie and the verifier: now, and only now, it gets a session.

**Why two halves.** Mallory begins a sign-in in her own browser and sends Victor the host's address
with *her* challenge. Victor is signed in at the host, which accepts the challenge for him. If the
cookie alone were enough, Mallory's browser would now be Victor. But the verifier goes only to the
browser that the host redirects, which is Victor's: Mallory has the cookie and never sees the
verifier; Victor has the verifier and not the cookie. Neither gets a session, and Victor's arrival
uses the attempt up. The same two halves make a finished address worth nothing to anybody else: no
link ever carries a login.

So a host must do one thing: redirect the browser that came, and never pass the address on in
another way (a mail, a chat, a page for others).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from gateway.access.identity import Identity
from gateway.access.login.attempts import Arrival, Attempts, CookieOf, Departure, login_cookie_name
from gateway.audit.trail import Audit
from gateway.digest import sha256_hex
from gateway.errors import LoginChallengeUnknown, LoginUnknown
from gateway.store.audit import Action
from gateway.store.logins import LoginKind

RETURN_PATH = "/login/continue"
CHALLENGE, VERIFIER = "login_challenge", "login_verifier"
MAX_CHALLENGE = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """Where the host redirects the browser that came to it, and until when that works."""

    return_url: str
    expires_at: datetime


class Handoff:
    """Signs people in through the host at ``url``."""

    return_path = RETURN_PATH
    sign_out_url = None

    def __init__(self, attempts: Attempts, *, url: str, public_url: str, audit: Audit) -> None:
        self._attempts = attempts
        self._audit = audit
        self._url = url
        self._public_url = public_url

    @property
    def host(self) -> str:
        """The host's name."""
        return urlsplit(self._url).hostname or ""

    async def begin(self, return_to: str) -> Departure:
        """A new challenge, and the host's address with it."""
        attempt = await self._attempts.begin(LoginKind.HANDOFF, return_to)
        joint = "&" if "?" in self._url else "?"
        return attempt.departure(f"{self._url}{joint}{urlencode({CHALLENGE: attempt.ticket})}")

    async def accept(self, challenge: str, *, tenant: str, user: str) -> Accepted:
        """The host says who is there; raises ``LoginChallengeUnknown`` unless this is the first time."""
        verifier = secrets.token_urlsafe(32)
        login = await self._attempts.accept(challenge, tenant=tenant, user=user, verifier=verifier)
        if login is None:
            raise LoginChallengeUnknown
        await self._audit.write(Action.LOGIN_ACCEPTED, tenant=tenant, user=user)
        query = urlencode({CHALLENGE: challenge, VERIFIER: verifier})
        return Accepted(
            return_url=f"{self._public_url}{RETURN_PATH}?{query}", expires_at=login.expires_at
        )

    async def finish(self, query: bytes, cookie_of: CookieOf) -> Arrival:
        """Who the host said it is, for the browser that has both halves; else ``LoginUnknown``."""
        try:
            pairs = parse_qsl(query.decode("ascii"), errors="strict", max_num_fields=2)
        except ValueError:
            raise LoginUnknown from None
        given = dict(pairs)
        if len(pairs) != 2 or given.keys() != {CHALLENGE, VERIFIER}:
            raise LoginUnknown
        login, _ = await self._attempts.take(LoginKind.HANDOFF, given[CHALLENGE], cookie_of)
        if (
            login.verifier_hash is None
            or login.tenant is None
            or login.user is None
            or not hmac.compare_digest(sha256_hex(given[VERIFIER]), login.verifier_hash)
        ):
            raise LoginUnknown
        identity = Identity(tenant=login.tenant, user=login.user)
        return Arrival(
            identity=identity,
            return_to=login.return_to,
            cookie_name=login_cookie_name(given[CHALLENGE]),
        )
