"""Grants: what a person allowed to an agent, from the consent to the end of its last token.

A code and a refresh token name their grant and carry a MAC under a secret of the grant, which is
sealed in its row. So nothing that opens anything is stored, and every refresh token that was ever
issued is recognized, however old: a second use of a code, or of any but the newest refresh token,
ends the grant with all its tokens (RFC 9700 4.14). There is no grace for a lost answer: an agent
without a secret and a thief look the same.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN, create_s256_code_challenge

from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.authorization.redirects import RedirectKind, redirect_host, redirect_kind
from gateway.authorization.request import AuthorizationRequest, check_resource
from gateway.authorization.scopes import SENTENCES
from gateway.authorization.signing_keys import SigningKeys
from gateway.authorization.tokens import LIFETIME, issue
from gateway.clock import Clock
from gateway.encryption.places import grant_place
from gateway.encryption.vault import Vault
from gateway.errors import LoginUnknown, VaultError
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
_CODE = re.compile(r"gwc_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
_REFRESH = re.compile(r"gwr_([0-9a-f]{32})_([0-9]{1,9})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A grant that was opened. ``secret`` makes its code and its refresh tokens."""

    id: str
    tenant: str
    user: str
    client: str
    name: str
    is_verified: bool
    redirect_uri: str
    redirect_was_given: bool
    scopes: tuple[str, ...]
    resource: str
    challenge: str = field(repr=False)
    refreshes: bool
    created_at: datetime
    used_at: datetime | None
    secret: bytes = field(repr=False)

    @property
    def code(self) -> str:
        """The authorization code."""
        return f"gwc_{self.id}_{self._mac('code')}"

    def refresh_token(self, serial: int) -> str:
        """Return the refresh token of that number."""
        return f"gwr_{self.id}_{serial}_{self._mac(f'refresh {serial}')}"

    def _mac(self, statement: str) -> str:
        digest = hmac.digest(self.secret, statement.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


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
        now, grant_id, client = self._clock(), secrets.token_hex(16), asked.client
        content = {
            "client": client.id,
            "name": client.name,
            "is_verified": client.host is not None,
            "redirect_uri": asked.redirect_uri,
            "redirect_was_given": asked.redirect_was_given,
            "scopes": asked.scopes,
            "resource": asked.resource,
            "challenge": asked.challenge,
            "refreshes": client.refreshes,
            "secret": secrets.token_hex(32),
            "created_at": int(now.timestamp() * 1000),
        }
        stored = StoredGrant(
            id=grant_id,
            tenant=tenant,
            owner=user,
            client=client.id,
            created_at=now,
            expires_at=now + REMEMBERED,
            content=self._vault.seal(
                Secret(json.dumps(content)), grant_place(tenant, user, grant_id)
            ),
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
        return self._open(stored).code

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

        Whoever shows the right code uses it up, also with a wrong verifier. Raises
        ``InvalidGrantError``, ``InvalidRequestError`` or ``InvalidTargetError``.
        """
        if not CODE_VERIFIER_PATTERN.fullmatch(verifier):
            raise InvalidRequestError("the code_verifier is missing or has another form")
        now, match = self._clock(), _CODE.fullmatch(code)
        stored = await self._store.get(match[1], now) if match else None
        if match is None or stored is None:
            raise InvalidGrantError("the code is not valid")
        grant = self._open(stored)
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
        except Exception:
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
        asked = grant.scopes if scope is None else tuple(s for s in SENTENCES if s in scope.split())
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

        It may be an older one: whoever holds it may also just show it, which ends the grant too.
        """
        found = await self._of_refresh_token(token)
        if found is not None and found[0].client == client_id:
            await self._end(found[0])

    async def of(self, tenant: str, user: str) -> list[Grant]:
        """Return the person's readable grants with tokens, the newest first."""
        found = []
        for stored in await self._store.of(tenant, user, self._clock()):
            try:
                found.append(self._open(stored))
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
        match = _REFRESH.fullmatch(token)
        stored = await self._store.get(match[1], self._clock()) if match else None
        if match is None or stored is None or stored.code_used_at is None:
            return None
        grant, serial = self._open(stored), int(match[2])
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

    def _open(self, stored: StoredGrant) -> Grant:
        """Open a grant; raise ``InvalidGrantError`` if a row was changed, or its key is gone."""
        place = grant_place(stored.tenant, stored.owner, stored.id)
        try:
            content = json.loads(self._vault.open(stored.content, place).reveal())
        except VaultError:  # the log says so
            raise InvalidGrantError("the grant cannot be read") from None
        return Grant(
            id=stored.id,
            tenant=stored.tenant,
            user=stored.owner,
            used_at=stored.used_at,
            **content
            | {
                "scopes": tuple(content["scopes"]),
                "secret": bytes.fromhex(content["secret"]),
                "created_at": datetime.fromtimestamp(content["created_at"] / 1000, UTC),
            },
        )


def shown_host(grant: Grant) -> str:
    """Return where the answers of a grant went, for people."""
    return redirect_host(grant.redirect_uri)


def _details(client: str, scopes: Sequence[str]) -> dict[str, Any]:
    return {"client": client[:500], "scopes": [*scopes]}
