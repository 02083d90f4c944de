"""Answers token reads from the cache, ahead of the application.

Most requests ask for a token that was issued a moment ago, with a key that was checked a moment
ago. Routing, error handling and request objects cost more than the answer, so such a read is
recognised here. Every other request goes on to the application, which alone refuses, refreshes and
explains.

Each request is examined once: by the fast path if the server has one, else by ``CachedTokens``. The
checked key and the parsed body are kept in the ASGI scope for the application, even if tokens are
not cached.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.service_keys import KeyCaller, Role
from gateway.audit.context import By
from gateway.services.tokens import IssuedToken, Wanted
from gateway.settings.limits import LimitName
from gateway.web.callers import CHECKED_KEY
from gateway.web.inputs import JSON, media_type
from gateway.web.middleware import HandOut, Headers, headers_of
from gateway.web.tokens import UNCACHED, TokenRequest, token_answer
from gateway.wiring.process import Services

_SHORT = 1024
"""Bytes. Tools send shorter bodies, and each parsed one is kept."""
_LONGEST_PATH = 110
_JSON = JSON.encode()
_PATH = re.compile(r"/v1/connectors/([a-z0-9-]{1,80})/token")
_SEEN = "gateway.seen"
"""The mark in an ASGI scope of a request that was examined."""


class CachedTokens:
    """ASGI middleware that answers cached token reads and passes on every other request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The body is read for a valid key only: other clients are refused without it.
        is_new = scope["type"] == "http" and _SEEN not in scope
        connector = _wanted_connector(scope, headers_of(scope)) if is_new else None
        if connector is not None:
            receive = reader = _Reader(receive)
            body = await reader.body()
            hand_out = None if body is None else _find(scope, connector, body)
            if hand_out is not None:
                await hand_out(scope["state"]["request_id"])(scope, receive, send)
                return
        await self._app(scope, receive, send)


def recall(scope: Scope, headers: Headers, body: bytes) -> HandOut | None:
    """Return the answer to a whole request, if it is cached. It has no effect until called."""
    scope[_SEEN] = True
    connector = _wanted_connector(scope, headers)
    return None if connector is None else _find(scope, connector, body)


def _wanted_connector(scope: Scope, headers: Headers) -> str | None:
    """Return the connector of a token read with a valid, cached key, which is put in the scope."""
    if scope["method"] != "POST" or scope["query_string"]:
        return None
    path = scope["path"]
    connector = _connector_in(path) if len(path) <= _LONGEST_PATH else None
    if connector is None:
        return None
    content_type = headers.get(b"content-type", b"")
    if content_type != _JSON and media_type(content_type.decode("latin-1")) != JSON:
        return None
    services: Services = scope["state"]["services"]
    caller = services.keys.recall(headers.get(b"authorization", b"").decode("latin-1"))
    if caller is None:
        return None
    scope[CHECKED_KEY] = caller
    return None if caller.is_restricted or Role.TOKENS not in caller.roles else connector


def _find(scope: Scope, connector: str, body: bytes) -> HandOut | None:
    services: Services = scope["state"]["services"]
    caller: KeyCaller = scope[CHECKED_KEY]
    wanted = _wanted(connector, caller.tenant, body) if len(body) <= _SHORT else None
    if wanted is None:
        return None
    issued = services.tokens.recall(wanted)
    if issued is None:
        scope[UNCACHED] = wanted
        return None
    if not services.limits.spend_from_memory(LimitName.TOKEN_READS, caller.key_id):
        return None
    return partial(_hand_out, services, caller, issued)


def _hand_out(
    services: Services, caller: KeyCaller, issued: IssuedToken, request_id: str
) -> Response:
    services.tokens.note(issued, By(caller.actor, request_id))
    return token_answer(issued)


@lru_cache(maxsize=4096)
def _wanted(connector: str, tenant: str, body: bytes) -> Wanted | None:
    """Parse a body. Tools send the same ones again and again, so each is parsed once."""
    try:
        return TokenRequest.model_validate_json(body).wanted(connector, tenant)
    except (ValidationError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _connector_in(path: str) -> str | None:
    match = _PATH.fullmatch(path)
    return None if match is None else match[1]


class _Reader:
    """Reads a request's body, then replays its messages to the application."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[Message] = []
        self._refusal: HTTPException | None = None

    async def body(self) -> bytes | None:
        """Return the whole body; ``None`` if the client leaves or the body is refused."""
        body, more = b"", True
        while more:
            try:
                part = await self._receive()
            except HTTPException as refusal:
                self._refusal = refusal
                return None
            self._parts.append(part)
            if part["type"] != "http.request":
                return None
            body, more = body + part.get("body", b""), part.get("more_body", False)
        return body

    async def __call__(self) -> Message:
        if self._parts:
            return self._parts.pop(0)
        if self._refusal is not None:
            raise self._refusal
        return await self._receive()
