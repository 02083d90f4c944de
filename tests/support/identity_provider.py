"""An OpenID Connect provider, honest unless a test tells it otherwise.

It listens on this machine, signs everybody in without a question (as a provider does for whom it
knows), and checks redirect URI, client secret and PKCE by itself.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import Key, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.server.run import serving_beside

CLIENT_ID = "gateway"
CLIENT_SECRET = "client secret: 50% & more"

Claims = dict[str, Any]


def new_encryption_key(kid: str | None) -> RSAKey:
    """An RSA key that signs ID tokens."""
    return RSAKey.generate_key(2048, {"kid": kid} if kid else None, private=True, auto_kid=False)


@functools.cache
def _first_key() -> RSAKey:
    """The first key of every server: making one takes longer than most tests."""
    return new_encryption_key("k1")


def unsigned(part: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@dataclass
class IdentityProviderServer:
    """The provider's behaviour. Every field may be changed while it runs."""

    issuer: str
    signing_key: Key
    published: list[dict[str, Any]] = field(default_factory=list)
    person: Claims = field(default_factory=lambda: {"sub": "u_alice"})
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """Replaces claims of the next ID tokens; ``None`` leaves a claim out."""
    sign: Callable[[Claims], str] | None = None
    answer: dict[str, str] = field(default_factory=dict)
    """Added to the authorization response; an empty value leaves a parameter out."""
    broken: bool = False
    secret_in: str = "header"
    requests: list[str] = field(default_factory=list)
    authorizations: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return self.requests.count(path)

    def sign_with(self, key: Key, claims: Claims, **header: Any) -> str:
        """An ID token like an honest one, but for what ``header`` says."""
        full = {"alg": "RS256", "kid": key.kid, **header}
        return jwt.encode({k: v for k, v in full.items() if v is not None}, claims, key)

    def rotate(self, key: Key) -> None:
        """Sign with another key from now on, and publish that one only."""
        self.signing_key = key
        self.published = [key.as_dict(private=False)]

    def app(self) -> Starlette:
        """The provider's endpoints."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/end", lambda request: Response("signed out")),
            ]
        )

    async def _discovery(self, request: Request) -> Response:
        self.requests.append("/discovery")
        if self.broken:
            return Response("down", 500)
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        } | self.metadata
        return JSONResponse({k: v for k, v in document.items() if v is not None})

    async def _keys(self, request: Request) -> Response:
        self.requests.append("/keys")
        return JSONResponse({"keys": self.published})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(parse_qsl(request.url.query))
        self.authorizations.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer} | self.answer
        query = urlencode({name: value for name, value in answer.items() if value})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 303)

    async def _token(self, request: Request) -> Response:
        self.requests.append("/token")
        given = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(given["code"], None)
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        if (
            asked is None
            or given["redirect_uri"] != asked["redirect_uri"]
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != unsigned(digest)
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if not self._knows(request, given):
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(time.time())
        claims = (
            {
                "iss": self.issuer,
                "aud": CLIENT_ID,
                "iat": now,
                "exp": now + 300,
                "nonce": asked["nonce"],
            }
            | self.person
            | self.claims
        )
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.sign(claims) if self.sign else self.sign_with(self.signing_key, claims)
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": token})

    def _knows(self, request: Request, given: dict[str, str]) -> bool:
        header = request.headers.get("authorization", "")
        in_body = (given.get("client_id"), given.get("client_secret"))
        if self.secret_in == "body":
            return header == "" and in_body == (CLIENT_ID, CLIENT_SECRET)
        if self.secret_in == "nowhere":
            return header == "" and in_body == (CLIENT_ID, None)
        # RFC 6749 2.3.1: form-encoded before it is joined.
        encoded = urlencode({"x": CLIENT_SECRET}).removeprefix("x=")
        basic = base64.b64encode(f"{CLIENT_ID}:{encoded}".encode()).decode()
        return header == f"Basic {basic}" and in_body == (None, None)


@asynccontextmanager
async def running_identity_provider() -> AsyncIterator[IdentityProviderServer]:
    """An honest provider on a free port, until the context ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key = _first_key()
    provider = IdentityProviderServer(f"http://127.0.0.1:{port}", key)
    provider.rotate(key)
    async with serving_beside(provider.app(), ("127.0.0.1", port)):
        yield provider
