"""Browser sessions: stored on the server; the browser holds a random id (security G1, G2, G5)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from connectors.secret import Secret
from gateway.access.bounds import Bounds
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import Forbidden, LoginUnknown
from gateway.store.audit import Action, Actor, ActorKind
from gateway.store.connection import Connection
from gateway.store.owners import ORG, owner_of
from gateway.store.sessions import SessionStore, StoredSession

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionCaller:
    """A signed-in person in one browser. ``csrf_token`` is bound to the session.

    ``admin`` says that the person administers the tenant.
    """

    session_id: str
    tenant: str
    user: str
    csrf_token: str
    admin: bool = False

    @property
    def bounds(self) -> Bounds:
        """The person's own connections; for an administrator the organisation's, too."""
        return Bounds(tenant=self.tenant, user=self.user, admin=self.admin)

    def owner_for(self, asked: str, old: Connection | None = None) -> str:
        """Return the owner of a connection that this person makes, or makes again.

        ``asked`` is ``org`` for the organisation; ``old`` is the connection that is made again.
        Raises ``Forbidden`` if the organisation is the owner and the person no administrator.
        """
        owner = old.owner if old is not None else ORG if asked == ORG else owner_of(self.user)
        if owner == ORG:
            self.require_admin()
        return owner

    def require_admin(self) -> None:
        """Raise ``Forbidden`` unless the person administers the tenant."""
        if not self.admin:
            raise Forbidden("only an administrator of your organisation can do this")

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

    async def begin(
        self, *, tenant: str, user: str, admin: bool = False, began: datetime | None = None
    ) -> Secret:
        """Begin a session for a person who has just signed in; return the cookie's value.

        ``began`` is when the sign-in began, if that is not now; ``admin`` is what the login says.

        Raises:
            LoginUnknown: The person has signed out everywhere since then.
        """
        cookie = secrets.token_urlsafe(32)
        now, session_id = self._clock(), sha256_hex(cookie)
        await self._store.add(
            StoredSession(
                id=session_id, tenant=tenant, user=user, created_at=now, seen_at=now, admin=admin
            )
        )
        # A sign-out notes itself before it deletes sessions: it deletes this one, or is seen here.
        if await self._store.signed_out_since(tenant, user, began or now):
            await self._store.delete(session_id)
            raise LoginUnknown
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
            session_id=session.id,
            tenant=session.tenant,
            user=session.user,
            csrf_token=csrf,
            admin=session.admin,
        )

    async def all_of(self, session: SessionCaller) -> list[StoredSession]:
        """Return a person's live sessions, the newest first. Asking does not prolong them."""
        return await self._store.all_of(session.tenant, session.user, self._clock())

    async def administers(self, tenant: str, user: str) -> bool:
        """Whether a person is signed in as an administrator now, in any browser.

        An agent that they let in may then ask for what only administrators may do.
        """
        return await self._store.has_admin(tenant, user, self._clock())

    async def is_alive(self, session: SessionCaller) -> bool:
        """Whether the session goes on, with the same rights. Asking does not prolong it."""
        stored = await self._store.peek(session.session_id, self._clock())
        return stored is not None and stored.admin == session.admin

    async def end(self, session: SessionCaller) -> None:
        """Sign out."""
        await self._store.delete(session.session_id)
        await self._audit.write(Action.LOGOUT, tenant=session.tenant, user=session.user)

    async def end_all(self, *, tenant: str, user: str) -> int:
        """Sign a person out of every browser; return how many sessions ended."""
        await self._store.note_sign_out(tenant, user, self._clock())
        ended = await self._store.delete_all(tenant, user)
        await self._audit.write(Action.SESSIONS_ENDED, tenant=tenant, user=user)
        return ended
