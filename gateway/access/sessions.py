"""Browser sessions: stored on the server; the browser holds a random id (security G1, G2, G5)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import Forbidden
from gateway.store.audit import Action, Actor, ActorKind
from gateway.store.sessions import SessionStore, StoredSession

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionCaller:
    """A signed-in person in one browser. ``csrf_token`` is bound to the session."""

    session_id: str
    tenant: str
    user: str
    csrf_token: str

    def check_csrf(self, given: str | None) -> None:
        """Raise ``Forbidden`` unless ``given`` is this session's token."""
        if given is None or not hmac.compare_digest(given.encode(), self.csrf_token.encode()):
            raise Forbidden(
                "this form does not belong to your current session: reload the page and try again"
            )


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, store: SessionStore, clock: Clock, audit: Audit) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    async def begin(self, *, tenant: str, user: str) -> Secret:
        """Begin a session for a person who has just signed in; return the cookie's value."""
        cookie = secrets.token_urlsafe(32)
        now = self._clock()
        await self._store.add(
            StoredSession(
                id=sha256_hex(cookie), tenant=tenant, user=user, created_at=now, seen_at=now
            )
        )
        await self._audit.write(
            Action.LOGIN_SUCCEEDED,
            tenant=tenant,
            user=user,
            actor=Actor(ActorKind.LOGIN, user=user),
        )
        return Secret(cookie)

    async def find(self, cookie: str | None) -> SessionCaller | None:
        """Return the caller of this cookie; ``None`` if it has no live session."""
        if cookie is None or not _COOKIE.fullmatch(cookie):
            return None
        session = await self._store.get(sha256_hex(cookie), self._clock())
        if session is None:
            return None
        # Derived from the cookie, so that a reader of the database cannot compute it.
        csrf = hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()
        return SessionCaller(
            session_id=session.id, tenant=session.tenant, user=session.user, csrf_token=csrf
        )

    async def end(self, session: SessionCaller) -> None:
        """Sign out."""
        await self._store.delete(session.session_id)
        await self._audit.write(Action.LOGOUT, tenant=session.tenant, user=session.user)

    async def end_all(self, *, tenant: str, user: str) -> int:
        """Sign a person out of every browser; return how many sessions ended."""
        ended = await self._store.delete_all(tenant, user)
        await self._audit.write(Action.SESSIONS_ENDED, tenant=tenant, user=user)
        return ended
