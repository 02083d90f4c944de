"""Token reads that can be answered from memory, before the application is asked.

Nearly every request is for a token that was handed out a moment ago, with a key that was checked a
moment ago. Routing, error handling and request objects cost more than answering does, so such a read is
recognised here. Whatever is in any way special (a key or token that is not remembered, a body that is
not in order, a limit that is reached) goes to the application, as if nobody had looked at it: only that
one refuses, refreshes and explains.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.service_keys import KeyCaller, Role
from gateway.audit.context import By
from gateway.services.tokens import IssuedToken, Wanted
from gateway.settings.limits import LimitName
from gateway.web.context import JSON
from gateway.web.middleware import HandOut, header_of
from gateway.web.tokens import TokenRequest, token_answer
from gateway.wiring.process import Services

_SHORT = 1024
"""Bytes of a body: longer ones are in order, too, but not what tools send, and these are kept."""
_LONGEST_PATH = 100
_PATH = re.compile(r"/v1/connectors/([a-z0-9-]{1,64})/token")


class CachedTokens:
    """Answers what it can, and hands on everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked_by(scope)
        # Only then the body is waited for: strangers are refused without.
        if asked is not None:
            receive = reader = _Reader(receive)
            body = await reader.body()
            hand_out = None if body is None else asked.recall(body)
            if hand_out is not None:
                await hand_out(scope["state"]["request_id"])(scope, receive, send)
                return
        await self._app(scope, receive, send)


def recall(scope: Scope, body: bytes) -> HandOut | None:
    """The answer to a whole request, if it is remembered. Nobody has it before it is called."""
    asked = _asked_by(scope)
    return None if asked is None else asked.recall(body)


class _Asked(NamedTuple):
    """Somebody whose key is good asks for a token of a connector."""

    services: Services
    connector: str
    caller: KeyCaller

    def recall(self, body: bytes) -> HandOut | None:
        if len(body) > _SHORT:
            return None
        wanted = _wanted(self.connector, self.caller.tenant, body)
        issued = None if wanted is None else self.services.tokens.recall(wanted)
        if issued is None:
            return None
        if not self.services.limits.spend_at_once(LimitName.TOKEN_READS, self.caller.key_id):
            return None
        return partial(self._hand_out, issued)

    def _hand_out(self, issued: IssuedToken, request_id: str) -> Response:
        self.services.tokens.note(issued, By(self.caller.actor, request_id))
        return issued.rendered(token_answer)


def _asked_by(scope: Scope) -> _Asked | None:
    """Who asks for which token; ``None`` if it is something else, or somebody not remembered."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
        return None
    path = scope["path"]
    connector = _connector_in(path) if len(path) <= _LONGEST_PATH else None
    if connector is None or header_of(scope, b"content-type").lower() != JSON:
        return None
    services: Services = scope["state"]["services"]
    if not services.tokens.remembers:
        return None
    caller = services.keys.recall(header_of(scope, b"authorization"))
    if caller is None or caller.is_restricted or Role.TOKENS not in caller.roles:
        return None
    return _Asked(services, connector, caller)


@lru_cache(maxsize=4096)
def _wanted(connector: str, tenant: str, body: bytes) -> Wanted | None:
    """What a body asks for. Tools ask for the same again and again: it is parsed once."""
    try:
        asked = TokenRequest.model_validate_json(body)
    except (ValidationError, RecursionError):
        return None
    return Wanted(
        connector=connector,
        tenant=tenant,
        user=asked.user,
        account=asked.account,
        rejected_token_sha256=asked.rejected_token_sha256,
        min_seconds=asked.min_seconds,
    )


@lru_cache(maxsize=1024)
def _connector_in(path: str) -> str | None:
    match = _PATH.fullmatch(path)
    return None if match is None else match[1]


class _Reader:
    """Reads what comes from the client, and hands it on to whoever asks next as if it had not."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[Message] = []
        self._refusal: HTTPException | None = None

    async def body(self) -> bytes | None:
        """The whole body; ``None`` if it does not come, or is refused on the way."""
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
