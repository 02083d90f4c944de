"""Access tokens for the MCP server: JWTs as RFC 9068 profiles them.

The gateway issues them itself (``gateway.authorization.grants``), or the operator's own
authorization server does. Both are verified here: signature with an asymmetric algorithm and a
published key, ``typ``, issuer, audience, times, and that the grant behind the token still lives.
A key in a token's header is ignored.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import Key, KeySet

from gateway.access.identity import is_user_id
from gateway.clock import Clock
from gateway.errors import AccessTokenInvalid

LIFETIME = timedelta(minutes=10)
ALGORITHM = "ES256"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""None of them takes a shared secret, so a public key is never mistaken for one."""
LEEWAY_SECONDS = 30
MAX_TOKEN = 8192
TYPE = "at+jwt"
_TYPES = frozenset({TYPE, f"application/{TYPE}"})


class KeySource(Protocol):
    """Where the keys that sign access tokens come from."""

    async def keys(self) -> KeySet:
        """Return the published keys."""
        ...

    async def newer_keys(self) -> KeySet | None:
        """Read the keys again; ``None`` if that was done a moment ago."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """The claims of a valid access token.

    ``client`` is the agent's client id, ``grant`` the id of the grant at our own server, else
    empty; ``expires_at`` is in seconds since 1970.
    """

    tenant: str
    user: str
    client: str
    scopes: frozenset[str]
    grant: str
    expires_at: int


class AccessTokens:
    """Verifies access tokens of one issuer.

    ``tenant`` is the tenant of all its users; without it the claim ``tenant_claim`` says it.
    ``typed``: the issuer follows RFC 9068, so a JWT without the type of an access token is refused;
    other servers write ``JWT`` or nothing. ``lives`` says whether a grant has not ended (tenant,
    user, id).
    """

    def __init__(
        self,
        *,
        issuer: str,
        keys: KeySource,
        clock: Clock,
        user_claim: str = "sub",
        tenant: str | None = None,
        tenant_claim: str = "tenant",
        typed: bool = True,
        lives: Callable[[str, str, str], Awaitable[bool]] | None = None,
    ) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._user_claim = user_claim
        self._tenant = tenant
        self._tenant_claim = tenant_claim
        self._types = _TYPES if typed else _TYPES | {"jwt", ""}
        self._lives = lives

    async def verify(self, token: str, audience: str) -> Claims:
        """Return the claims of a token for ``audience``, the URL of our resource.

        Raises ``AccessTokenInvalid``, which names the problem and quotes no value, and
        ``StoreUnavailable`` or what the source of the keys raises.
        """
        given = await self._verified(token, audience)
        claims = self._read(given)
        if self._lives is not None and not await self._lives(
            claims.tenant, claims.user, claims.grant
        ):
            raise AccessTokenInvalid("the access token was revoked")
        return claims

    async def _verified(self, token: str, audience: str) -> Mapping[str, Any]:
        if not 0 < len(token) <= MAX_TOKEN or not token.isascii():
            raise AccessTokenInvalid("the access token is not a JWT")
        keys = await self._keys.keys()
        try:
            return self._decode(token, keys, audience)
        except InvalidKeyIdError:
            newer = await self._keys.newer_keys()
        try:
            if newer is not None:
                return self._decode(token, newer, audience)
        except InvalidKeyIdError:
            pass
        raise AccessTokenInvalid("the access token is signed with a key that is not published")

    def _decode(self, token: str, keys: KeySet, audience: str) -> Mapping[str, Any]:
        try:
            header = jws.extract_compact(token.encode()).headers()
            if header.get("alg") not in ALGORITHMS:
                raise AccessTokenInvalid("the access token's algorithm is not accepted")
            if str(header.get("typ", "")).lower() not in self._types:
                raise AccessTokenInvalid("this JWT is not an access token")
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            claims = JWTAccessTokenClaims(
                decoded.claims,
                {},  # its type was checked
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": audience},
                    "exp": {"essential": True},
                    self._user_claim: {"essential": True},
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_SECONDS)
        except (AccessTokenInvalid, InvalidKeyIdError):
            raise
        except Exception as error:  # a token that makes a parser fail proves nothing
            claim = getattr(error, "claim", None)
            what = f" ({claim})" if isinstance(claim, str) and claim.isidentifier() else ""
            raise AccessTokenInvalid(
                f"the access token is not valid: {type(error).__name__}{what}"
            ) from None
        return dict(claims)

    def _read(self, claims: Mapping[str, Any]) -> Claims:
        tenant = self._tenant if self._tenant is not None else claims.get(self._tenant_claim)
        user = claims.get(self._user_claim)
        client = claims.get("client_id", claims.get("azp", ""))
        grant = claims.get("grant", "")
        if not isinstance(tenant, str) or not is_user_id(tenant):
            raise AccessTokenInvalid("the access token names no tenant")
        if not isinstance(user, str) or not is_user_id(user):
            raise AccessTokenInvalid("the access token names no user")
        if self._user_claim == "email" and claims.get("email_verified") is not True:
            raise AccessTokenInvalid("the access token's e-mail address is not verified")
        if not isinstance(client, str) or not client.isprintable() or not isinstance(grant, str):
            raise AccessTokenInvalid("a claim of the access token is no text")
        return Claims(
            tenant=tenant,
            user=user,
            client=client,
            scopes=_scopes(claims),
            grant=grant,
            expires_at=int(claims["exp"]),
        )


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the scopes: ``scope`` (RFC 9068 2.2.3), or ``scp``, which some servers write."""
    given = claims.get("scope", claims.get("scp", ""))
    listed = given.split() if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise AccessTokenInvalid("the access token's scopes are no texts")
    return frozenset(listed)


def issue(
    key: Key,
    *,
    issuer: str,
    audience: str,
    tenant: str,
    user: str,
    client: str,
    scopes: tuple[str, ...],
    grant: str,
    now: datetime,
) -> str:
    """Return a new access token of our own server, signed with ``key``; it has ``LIFETIME``."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": issuer,
        "sub": user,
        "aud": audience,
        "iat": issued_at,
        "exp": issued_at + int(LIFETIME.total_seconds()),
        "jti": secrets.token_hex(16),
        "client_id": client,
        "scope": " ".join(scopes),
        "tenant": tenant,
        "grant": grant,
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])
