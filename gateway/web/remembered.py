"""Token reads that can be answered from memory, before the application is asked.

Nearly every request is for a token that was handed out a moment ago, with a key that was checked a
moment ago. Routing, error handling and request objects cost more than answering does, so such a read is
recognised here. Whatever is in any way special (a key or token that is not remembered, a body that is
not in order, a limit that is reached) goes to the application, as if nobody had looked at it: only that
one refuses, refreshes and explains.
"""

from __future__ import annotations

import re

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.audit import act_as
from gateway.identity.keys import KeyCaller, Role
from gateway.rates import Limited
from gateway.services.tokens import IssuedToken, Wanted
from gateway.web.context import JSON
from gateway.web.middleware import header_of
from gateway.web.tokens import TokenRequest, token_answer
from gateway.wiring import Services

_PATH = re.compile(r"/v1/connectors/([a-z0-9-]{1,64})/token")


class RememberedTokens:
    """Answers what it can, and hands on everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connector = _connector_of(scope)
        # Only then the body is waited for: strangers are refused without.
        caller = None if connector is None else _caller_of(scope)
        if connector is not None and caller is not None:
            receive = reader = _Reader(receive)
            body = await reader.body()
            issued = None if body is None else _recall(scope, connector, caller, body)
            if issued is not None:
                await issued.rendered(token_answer)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _connector_of(scope: Scope) -> str | None:
    """The connector whose token is asked for; ``None`` if something else is."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
        return None
    match = _PATH.fullmatch(scope["path"])
    is_json = match is not None and header_of(scope, b"content-type").lower() == JSON
    return match[1] if match is not None and is_json else None


def _caller_of(scope: Scope) -> KeyCaller | None:
    services: Services = scope["state"]["services"]
    caller = services.keys.recall(header_of(scope, b"authorization"))
    if caller is None or caller.is_restricted or Role.TOKENS not in caller.roles:
        return None
    return caller


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


def _recall(scope: Scope, connector: str, caller: KeyCaller, body: bytes) -> IssuedToken | None:
    services: Services = scope["state"]["services"]
    try:
        asked = TokenRequest.model_validate_json(body)
    except (ValidationError, RecursionError):
        return None
    issued = services.tokens.recall(Wanted(
        connector=connector, tenant=caller.tenant, user=asked.user, account=asked.account,
        rejected_token_sha256=asked.rejected_token_sha256, min_seconds=asked.min_seconds,
    ))  # fmt: skip
    if issued is None or not services.limits.spend_at_once(Limited.TOKEN_READS, caller.key_id):
        return None
    act_as(caller.actor)
    services.tokens.note(issued)
    return issued
