"""The login hand-off: people sign in through a host application that knows its users.

1. The gateway gives the person's browser a cookie and sends it to the host with a *challenge*.
2. The host knows the person who is signed in there in this browser. Its backend tells the gateway,
   with a service key, which user the challenge is for. The tenant is the key's.
3. The answer has a URL with a new *verifier*. The host redirects the browser to this URL.
4. The browser comes back with its cookie and the verifier. Only now does it get a session.

**Why two secrets.** Mallory begins a sign-in in her own browser and sends Victor the host's URL
with *her* challenge. Victor is signed in at the host, which accepts the challenge for him. If the
cookie alone were enough, Mallory's browser would now be signed in as Victor. But the host sends the
verifier only to the browser that it redirects, which is Victor's: Mallory has the cookie without
the verifier, Victor has the verifier without the cookie. Neither gets a session, and Victor's
request uses up the attempt. For the same reason a finished URL is useless in any other browser: no
link carries a login.

So a host must redirect the very browser that came to it, and must not pass the URL on in any other
way (a mail, a chat, a page for other people).
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
    """The URL to which the host redirects the browser, and the end of its validity."""

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
        """Begin an attempt; return the host's URL with its challenge."""
        attempt = await self._attempts.begin(LoginKind.HANDOFF, return_to)
        joint = "&" if "?" in self._url else "?"
        return attempt.departure(f"{self._url}{joint}{urlencode({CHALLENGE: attempt.ticket})}")

    async def accept(
        self, challenge: str, *, tenant: str, user: str, admin: bool = False
    ) -> Accepted:
        """Accept a challenge for a user; raise ``LoginChallengeUnknown`` unless it is open."""
        verifier = secrets.token_urlsafe(32)
        login = await self._attempts.accept(
            challenge, tenant=tenant, user=user, admin=admin, verifier=verifier
        )
        if login is None:
            raise LoginChallengeUnknown
        await self._audit.write(Action.LOGIN_ACCEPTED, tenant=tenant, user=user)
        query = urlencode({CHALLENGE: challenge, VERIFIER: verifier})
        return Accepted(
            return_url=f"{self._public_url}{RETURN_PATH}?{query}", expires_at=login.expires_at
        )

    async def finish(self, query: bytes, cookie_of: CookieOf) -> Arrival:
        """Return the user of the host, for a browser with cookie and verifier.

        Raises ``LoginUnknown`` if the browser lacks either, or the attempt is used or expired.
        """
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
        identity = Identity(tenant=login.tenant, user=login.user, admin=login.admin)
        return Arrival(
            identity=identity,
            began=login.created_at,
            return_to=login.return_to,
            cookie_name=login_cookie_name(given[CHALLENGE]),
        )
