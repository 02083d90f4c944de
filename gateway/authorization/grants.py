"""Grants: what a person allowed to an agent, from the consent to the end of its last token.

A code and a refresh token name their grant and carry a MAC under a secret of the grant, which is
sealed in its row. So no code and no token is stored, and every refresh token that was ever issued
is recognized, however old. A second use of a code, or of any but the newest refresh token, ends the
grant with all its tokens (RFC 9700 4.14). There is no grace for a lost answer: an agent without a
secret and a thief look the same.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
)
from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN, create_s256_code_challenge

from gateway.audit.trail import Audit
from gateway.authorization.grant import (
    Grant,
    grant_of_code,
    open_grant,
    read_refresh_token,
    seal_content,
)
from gateway.authorization.redirects import RedirectKind, redirect_kind
from gateway.authorization.request import AuthorizationRequest, check_resource
from gateway.authorization.scopes import known_scopes
from gateway.authorization.signing_keys import SigningKeys
from gateway.authorization.tokens import LIFETIME, issue
from gateway.clock import Clock
from gateway.encryption.places import grant_place
from gateway.encryption.vault import Vault
from gateway.errors import LoginUnknown
from gateway.store.audit import Action, Actor, ActorKind
from gateway.store.oauth_grants import GrantStore, StoredGrant
from gateway.store.sessions import SessionStore

CODE_LIFETIME = timedelta(seconds=60)
REMEMBERED = timedelta(minutes=10)
"""How long a code that was not used is kept, so that a late one is refused for the right reason."""
IDLE = timedelta(days=30)
LONGEST = timedelta(days=365)
MOST = 100
"""The most grants of a person; the oldest end."""


class Grants:
    """Makes grants, exchanges their codes and refresh tokens, and ends them."""

    def __init__(
        self,
        *,
        store: GrantStore,
        sessions: SessionStore,
        vault: Vault,
        keys: SigningKeys,
        clock: Clock,
        audit: Audit,
        issuer: str,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._vault = vault
        self._keys = keys
        self._clock = clock
        self._audit = audit
        self._issuer = issuer

    async def allow(
        self, asked: AuthorizationRequest, *, tenant: str, user: str, began: datetime
    ) -> str:
        """Store what the person allowed, and return the code.

        Raises ``LoginUnknown`` if they signed out everywhere since ``began``.
        """
        now, grant_id = self._clock(), secrets.token_hex(16)
        stored = StoredGrant(
            id=grant_id,
            tenant=tenant,
            owner=user,
            client=asked.client.id,
            created_at=now,
            expires_at=now + REMEMBERED,
            content=seal_content(self._vault, grant_place(tenant, user, grant_id), asked, now),
            encryption_key=self._vault.current,
        )
        await self._store.add(stored)
        # A sign-out notes itself before it ends grants: it ends this one, or is seen here.
        if await self._sessions.signed_out_since(tenant, user, began):
            await self._store.end(tenant, user, grant_id)
            raise LoginUnknown
        await self._store.end_oldest(tenant, user, keep=MOST)
        await self._audit.write(
            Action.AGENT_ALLOWED,
            tenant=tenant,
            user=user,
            subject=grant_id,
            details=_details(asked.client.id, asked.scopes),
        )
        return open_grant(self._vault, stored).code

    async def deny(self, asked: AuthorizationRequest, *, tenant: str, user: str) -> None:
        """Record that the person said no."""
        details = _details(asked.client.id, asked.scopes)
        await self._audit.write(Action.AGENT_DENIED, tenant=tenant, user=user, details=details)

    async def is_remembered(self, asked: AuthorizationRequest, *, tenant: str, user: str) -> bool:
        """Whether the person allows the same already: client, redirect, scopes and resource.

        Never for an app on the person's computer: any program there could pose as it (RFC 8252
        8.6).
        """
        if redirect_kind(asked.redirect_uri) is not RedirectKind.WEB:
            return False
        return any(
            grant.client == asked.client.id
            and grant.redirect_uri == asked.redirect_uri
            and grant.resource == asked.resource
            and {*asked.scopes} <= {*grant.scopes}
            for grant in await self.of(tenant, user)
        )

    async def exchange_code(
        self,
        code: str,
        *,
        client_id: str,
        redirect_uri: str | None,
        verifier: str,
        resources: Sequence[str],
    ) -> dict[str, Any]:
        """Return the tokens for a code (RFC 6749 4.1.4).

        A request with the right code uses it up, also one with a wrong verifier. Raises
        ``InvalidGrantError``, ``InvalidRequestError`` or ``InvalidTargetError``.
        """
        if not CODE_VERIFIER_PATTERN.fullmatch(verifier):
            raise InvalidRequestError("the code_verifier is missing or has another form")
        now, grant_id = self._clock(), grant_of_code(code)
        stored = await self._store.get(grant_id, now) if grant_id else None
        if stored is None:
            raise InvalidGrantError("the code is not valid")
        grant = open_grant(self._vault, stored)
        if not hmac.compare_digest(grant.code, code):
            raise InvalidGrantError("the code is not valid")
        if not await self._store.use_code(stored, now, min(now + IDLE, grant.created_at + LONGEST)):
            await self._end(grant, "code_reused")
            raise InvalidGrantError("the code was used before")
        try:
            if now >= grant.created_at + CODE_LIFETIME:
                raise InvalidGrantError("the code is not valid any more")
            if grant.client != client_id:
                raise InvalidGrantError("the code is for another client")
            if redirect_uri != (grant.redirect_uri if grant.redirect_was_given else None):
                raise InvalidGrantError("the redirect_uri is another one")
            if not hmac.compare_digest(create_s256_code_challenge(verifier), grant.challenge):
                raise InvalidGrantError("the code_verifier is wrong")
            check_resource(resources, grant.resource)
        except OAuth2Error:
            await self._end(grant, "code_refused")
            raise
        return await self._tokens(grant, 1, grant.scopes)

    async def exchange_refresh_token(
        self, token: str, *, client_id: str, scope: str | None, resources: Sequence[str]
    ) -> dict[str, Any]:
        """Return new tokens for the newest refresh token (RFC 6749 6).

        Raises ``InvalidGrantError``, ``InvalidScopeError`` or ``InvalidTargetError``.
        """
        found = await self._of_refresh_token(token)
        if found is None or found[0].client != client_id:
            raise InvalidGrantError("the refresh token is not valid")
        grant, serial, stored = found
        check_resource(resources, grant.resource)
        asked = grant.scopes if scope is None else known_scopes(scope)
        if not asked or not {*asked} <= {*grant.scopes}:
            raise InvalidScopeError("the scope is more than was allowed")
        now = self._clock()
        until = min(now + IDLE, grant.created_at + LONGEST)
        if not await self._store.use_refresh_token(stored, serial, now, until):
            await self._end(grant, "refresh_token_reused")
            raise InvalidGrantError("the refresh token was used before")
        return await self._tokens(grant, serial + 1, asked)

    async def revoke(self, token: str, *, client_id: str) -> None:
        """End the grant of a refresh token for its client; any other token changes nothing.

        An older refresh token ends it, too, as it does at the token endpoint.
        """
        found = await self._of_refresh_token(token)
        if found is not None and found[0].client == client_id:
            await self._end(found[0])

    async def of(self, tenant: str, user: str) -> list[Grant]:
        """Return the person's readable grants with tokens, the newest first."""
        found = []
        for stored in await self._store.of(tenant, user, self._clock()):
            try:
                found.append(open_grant(self._vault, stored))
            except InvalidGrantError:
                continue
        return found

    async def end(self, tenant: str, user: str, grant_id: str) -> bool:
        """End a grant of the person, also one that cannot be read; return whether there was one."""
        ended = await self._store.end(tenant, user, grant_id)
        if ended:
            await self._audit.write(Action.AGENT_ENDED, tenant=tenant, user=user, subject=grant_id)
        return ended

    async def lives(self, tenant: str, user: str, grant_id: str) -> bool:
        """Whether the grant behind an access token has not ended."""
        return await self._store.lives(tenant, user, grant_id, self._clock())

    async def _end(self, grant: Grant, why: str = "ok") -> None:
        await self._store.end(grant.tenant, grant.user, grant.id)
        await self._audit.write(
            Action.AGENT_ENDED,
            tenant=grant.tenant,
            user=grant.user,
            subject=grant.id,
            outcome=why,
            actor=Actor(ActorKind.LOGIN, user=grant.user),
            details=_details(grant.client, grant.scopes),
        )

    async def _of_refresh_token(self, token: str) -> tuple[Grant, int, StoredGrant] | None:
        read = read_refresh_token(token)
        if read is None:
            return None
        grant_id, serial = read
        stored = await self._store.get(grant_id, self._clock())
        if stored is None or stored.code_used_at is None:
            return None
        grant = open_grant(self._vault, stored)
        genuine = hmac.compare_digest(grant.refresh_token(serial), token)
        return (grant, serial, stored) if genuine else None

    async def _tokens(self, grant: Grant, serial: int, scopes: tuple[str, ...]) -> dict[str, Any]:
        now = self._clock()
        access_token = issue(
            await self._keys.signing_key(),
            issuer=self._issuer,
            audience=grant.resource,
            tenant=grant.tenant,
            user=grant.user,
            client=grant.client,
            scopes=scopes,
            grant=grant.id,
            now=now,
        )
        self._audit.note(
            Action.AGENT_TOKENS_ISSUED,
            tenant=grant.tenant,
            user=grant.user,
            subject=grant.id,
            details=_details(grant.client, scopes),
        )
        answer: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(scopes),
        }
        if grant.refreshes:
            answer["refresh_token"] = grant.refresh_token(serial)
        return answer


def _details(client: str, scopes: Sequence[str]) -> dict[str, Any]:
    return {"client": client[:500], "scopes": [*scopes]}
