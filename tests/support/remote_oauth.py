"""A small authorization server of strangers: codes with PKCE, tokens that rotate, revocation.

It approves without asking, so that a browser of a test walks through it.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route


@dataclass
class RemoteOAuth:
    """The authorization server at ``url``. ``valid`` are its live access tokens.

    ``asked`` are the parameters that its endpoints got, with the endpoint's name first. ``scopes``
    are those that the resource names, and ``needed`` the one without which it refuses a tool.
    """

    url: str
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    scopes: list[str] = field(default_factory=list)
    needed: str = ""
    read: Callable[[str], Awaitable[httpx.Response]] | None = None
    """Reads the document of a client, whose id is then its URL; it knows no other clients."""
    withholds: bool = False
    """Refuses tools whatever was granted."""
    _granted: dict[str, list[str]] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=set)

    def routes(self) -> list[Route]:
        """Its endpoints."""
        metadata = "/.well-known/oauth-authorization-server"
        return [
            Route(metadata, self._metadata),
            Route("/.well-known/oauth-protected-resource/mcp", self._resource),
            Route("/oauth/authorize", self._authorize),
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/oauth/revoke", self._revoke, methods=["POST"]),
        ]

    def requests(self, endpoint: str) -> list[dict[str, str]]:
        """What ``authorize``, ``token`` or ``revoke`` was asked so far."""
        return [given for name, given in self.asked if name == endpoint]

    def lacks(self, token: str) -> bool:
        """Whether a token lacks the scope that is needed."""
        is_granted = self.needed in self._granted.get(token, [])
        return bool(self.needed) and (self.withholds or not is_granted)

    async def _metadata(self, request: Request) -> Response:
        more = {"client_id_metadata_document_supported": True} if self.read else {}
        return JSONResponse(
            more
            | {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/oauth/authorize",
                "token_endpoint": f"{self.url}/oauth/token",
                "revocation_endpoint": f"{self.url}/oauth/revoke",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["pets:read", "pets:write"],
            }
        )

    async def _resource(self, request: Request) -> Response:
        said = {"resource": f"{self.url}/mcp", "authorization_servers": [self.url]}
        return JSONResponse(said | ({"scopes_supported": self.scopes} if self.scopes else {}))

    async def _authorize(self, request: Request) -> Response:
        """Approve without asking."""
        given = dict(request.query_params)
        self.asked.append(("authorize", given))
        if self.read is not None and (problem := await self._stranger(given)):
            return JSONResponse({"error": problem}, 400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = given
        answer = urlencode({"code": code, "state": given["state"]})
        return RedirectResponse(f"{given['redirect_uri']}?{answer}", 303)

    async def _stranger(self, given: dict[str, str]) -> str:
        """What is wrong with a client that only its own document describes."""
        assert self.read is not None
        answer = await self.read(given["client_id"])
        if answer.status_code != 200 or answer.headers["content-type"] != "application/json":
            return "no document"
        said = answer.json()
        if said["client_id"] != given["client_id"]:
            return "the document of another client"
        if said["redirect_uris"] != [given["redirect_uri"]]:
            return "another redirect URI"
        fits = said["token_endpoint_auth_method"] == "none" and "client_secret" not in said
        return "" if fits else "no public client"

    async def _token(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode()))
        self.asked.append(("token", given))
        if given.get("grant_type") == "refresh_token":
            if given["refresh_token"] not in self._refresh:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self._refresh.remove(given["refresh_token"])
            return self._issued(given.get("scope"))
        flow = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            flow is None
            or flow["client_id"] != given.get("client_id", flow["client_id"])
            or flow["code_challenge"] != proof
            or flow["redirect_uri"] != given.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return self._issued(flow.get("scope"))

    def _issued(self, scope: str | None) -> Response:
        access, refresh = (f"{kind}-{secrets.token_hex(16)}" for kind in ("at", "rt"))
        self.valid.add(access)
        self._granted[access] = (scope or "").split()
        self._refresh.add(refresh)
        body = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": refresh,
        }
        return JSONResponse(body | ({"scope": scope} if scope else {}))

    async def _revoke(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode()))
        self.asked.append(("revoke", given))
        self.valid.clear()
        self._refresh.discard(given.get("token", ""))
        return Response(status_code=200)
