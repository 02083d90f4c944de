"""What one call of a tool may do: requests through the proxy, tokens, audit."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.tool_context import ApiAnswer, ToolFailed
from connectors.tool_review import MAX_REQUESTS, OURS
from connectors.tooling import FunctionTool, HttpTool, NeedsSecret
from gateway.engine.integration import ApiRequest
from gateway.errors import AnswerTooLarge
from gateway.observe.logs import get_logger
from gateway.proxy.answer import Answer
from gateway.proxy.body import Body
from gateway.proxy.coding import unpacked
from gateway.proxy.forward import Forward
from gateway.proxy.headers import Header
from gateway.proxy.tool_call import ToolCall
from gateway.services.tokens import IssuedToken, TokenService, Wanted
from gateway.store.owners import OwnerKind
from gateway.tools.gate import Gate
from gateway.tools.integration_tool import IntegrationTool
from gateway.tools.named import named_path
from gateway.tools.registry import Tool
from gateway.tools.result import refusal_of

_log = get_logger()

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer that a tool reads."""
MAX_NOTES = 20
"""Notes of a tool in one audit line."""
MAX_NOTE = 200
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_UNKNOWN = ("", "unknown")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


Told = Callable[[float, float | None, str], None]
"""Takes how much is done, of how much, and a message; it must not block."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A call of a tool as its caller wrote it.

    ``account`` names the connection of the tool's first connector, ``approval`` one that was asked
    for before; ``key`` is the ``Idempotency-Key``; ``told`` gets the progress of the tool.
    """

    tool: str
    arguments: Mapping[str, Any] = field(repr=False)
    tenant: str
    user: str
    key_id: str
    request_id: str
    account: str | None = None
    owner: OwnerKind | None = None
    project: str | None = None
    approval: str | None = None
    wait_seconds: float = 0.0
    key: str | None = None
    told: Told | None = field(default=None, repr=False)


class CallContext:
    """The ``ToolContext`` of one call."""

    def __init__(
        self,
        asked: Asked,
        tool: Tool,
        *,
        forward: Forward,
        tokens: TokenService,
        gate: Gate | None = None,
    ) -> None:
        self._asked = asked
        self._tool = tool
        self._forward = forward
        self._tokens = tokens
        self._gate = gate
        definition = tool.definition
        self._is_single = isinstance(definition, HttpTool) or (
            isinstance(definition, IntegrationTool) and definition.is_single
        )
        self._requests = self._effects = 0
        self.notes: list[dict[str, Any]] = []
        """What the tool adds to the audit line."""
        self.costs: list[str] = []
        """What is known of the price of each request."""

    @property
    def user(self) -> str:
        """The person whom the call is for."""
        return self._asked.user

    @property
    def tenant(self) -> str:
        """The tenant of the caller."""
        return self._asked.tenant

    @property
    def project(self) -> str | None:
        """What the caller says that the call belongs to."""
        return self._asked.project

    @property
    def owner(self) -> str | None:
        """Whose connection is used; ``None``: the nearest."""
        return self._asked.owner

    def wanted(self, connector: str) -> Wanted:
        """Return the connection that a need of the tool asks for."""
        need = next((each for each in self._tool.needs if each.connector == connector), None)
        if need is None:
            raise ToolFailed("connector_not_declared", f"the tool does not need {connector}")
        first = self._tool.needs[0] is need
        secret = isinstance(need, NeedsSecret)
        return Wanted(
            connector=connector,
            tenant=self._asked.tenant,
            user=self._asked.user,
            account=self._asked.account if first and not secret else None,
            owner="platform" if secret else self._asked.owner,
            scopes=() if isinstance(need, NeedsSecret) else need.scopes,
        )

    async def connection(self, connector: str) -> IssuedToken:
        """Return the connection of a need; raises the errors of ``TokenService.get``."""
        return await self._tokens.get(self.wanted(connector), handed_out=False)

    async def fetch(
        self,
        connector: str,
        method: str,
        path: str,
        *,
        host: str | None = None,
        query: Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        content: bytes | None = None,
        content_type: str = "",
        reads: bool = False,
    ) -> ApiAnswer:
        """Send a request of the tool and return its answer; see ``ToolContext.fetch``."""
        body, kind = _body(json, form, content, content_type)
        answer = await self._request(
            connector,
            method,
            path,
            host=host,
            query=_query(query),
            headers=headers or {},
            body=body,
            kind=kind,
            reads=reads,
        )
        if not answer.is_success:
            raise refusal_of(answer)
        return answer

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """Send a request of an integration's tool and return its answer, whatever its status."""
        body, kind = _body(request.json, request.form, request.content, request.content_type)
        return await self._request(
            self._tool.connectors[0],
            request.method,
            request.path,
            host=None,
            query=_query(request.query),
            headers=request.headers,
            body=body,
            kind=kind,
            reads=request.reads,
            is_exact=True,
        )

    async def _request(
        self,
        connector: str,
        method: str,
        path: str,
        *,
        host: str | None,
        query: bytes,
        headers: Mapping[str, str],
        body: bytes,
        kind: bytes,
        reads: bool,
        is_exact: bool = False,
    ) -> ApiAnswer:
        wanted = self.wanted(connector)
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise ToolFailed("too_many_requests", f"a call has at most {MAX_REQUESTS} requests")
        sent = [*header_fields(headers), *([(b"content-type", kind)] if kind else [])]
        changes = method not in SAFE and not reads
        if changes:
            self._count_change()
        key = self._next_key(changes)
        asked = ToolCall(
            wanted=wanted,
            key_id=self._asked.key_id,
            method=method,
            path=path.removeprefix("/").encode("latin-1", errors="replace"),
            query=query,
            host=host,
            headers=sent,
            body=_whole(body, kind, self._forward.limits.request_bytes),
            request_id=self._asked.request_id,
            key=key,
            reads=reads,
            tool=self._asked.tool,
            change=max(1, self._effects),
            named_path=named_path(self._tool.definition, path, self._asked.arguments),
            is_exact=is_exact,
        )
        answer = await self._send(asked, self._gate if self._asks(changes) else None)
        if answer.status == 401:
            # If that was the end of the grant, the person has to act: say so, with the link.
            await self.connection(connector)
        return answer

    def _count_change(self) -> None:
        """Count a request that changes something; raise ``ToolFailed`` if it is one too many."""
        definition = self._tool.definition
        if isinstance(definition, FunctionTool):
            most = 0 if definition.effect == "read" else definition.writes
            if self._effects >= most:
                raise ToolFailed("too_many_writes", f"the tool declares at most {most} changes")
        self._effects += 1

    def _next_key(self, changes: bool) -> str | None:
        """Return the idempotency key of the next request.

        A tool of several requests has one for each that changes something, in their order: a
        repeat of the call sends none of them again.
        """
        if self._asked.key is None or self._is_single:
            return self._asked.key
        if not changes:
            return None
        return f"{self._asked.key}:{self._effects}"

    def _asks(self, changes: bool) -> bool:
        """Return whether the request needs the approval, if the tool does.

        Not what only reads: the approval is for the request with the effect. A function whose
        effect is to read has none, and asks for its first request.
        """
        is_function = isinstance(self._tool.definition, FunctionTool)
        reads = is_function and self._tool.effect == "read" and self._requests == 1
        return self._is_single or changes or reads

    async def _send(self, asked: ToolCall, gate: Gate | None) -> ApiAnswer:
        async with self._forward.call(asked, before_sending=gate) as answer:
            whole = await whole_answer(answer)
            if answer.price not in _UNKNOWN:
                self.costs.append(answer.price)
            return whole

    async def get_connector_token(self, connector: str) -> str:
        """Return an access token or key of a need; the audit says so."""
        issued = await self._tokens.get(self.wanted(connector))
        return issued.access_token.reveal()

    def audit(self, action: str, details: Mapping[str, str | int | bool]) -> None:
        """Add a note to the call's audit line."""
        if len(self.notes) < MAX_NOTES:
            short = {
                str(name)[:64]: value[:MAX_NOTE] if isinstance(value, str) else value
                for name, value in list(details.items())[:MAX_NOTES]
            }
            self.notes.append({"action": action[:64], "details": short})

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Tell the caller how far the call is, if it wants to know; the message is not logged."""
        _log.debug("tool_progress", tool=self._tool.name, done=done, total=total)
        if self._asked.told is not None:
            self._asked.told(done, total, message)


async def whole_answer(answer: Answer) -> ApiAnswer:
    """Read the whole of an answer; raises ``AnswerTooLarge``."""
    read = bytearray()
    async for part in answer.parts:
        read += part
        if len(read) > MAX_ANSWER:
            raise AnswerTooLarge
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
    return ApiAnswer(
        status=answer.status,
        headers=told,
        content=unpacked(bytes(read), told.get("content-encoding"), most=MAX_ANSWER),
    )


def api_call(
    request: ApiRequest, *, wanted: Wanted, key_id: str, request_id: str, most: int
) -> ToolCall:
    """Return a request of an integration, outside of a tool, as a call of the proxy.

    ``most`` bounds the bytes of its body. Raises ``ToolFailed`` for a header that none may have.
    """
    body, kind = _body(request.json, request.form, request.content, request.content_type)
    return ToolCall(
        wanted=wanted,
        key_id=key_id,
        method=request.method,
        path=request.path.removeprefix("/").encode("latin-1", errors="replace"),
        query=_query(request.query),
        host=None,
        headers=[*header_fields(request.headers), *([(b"content-type", kind)] if kind else [])],
        body=_whole(body, kind, most),
        request_id=request_id,
        reads=request.reads,
        is_exact=True,
    )


def header_fields(given: Mapping[str, str]) -> list[Header]:
    """Return the header fields that a tool sends; raises ``ToolFailed`` for one it may not send."""
    if own := [name for name in given if name.lower() in OURS]:
        raise ToolFailed("header_refused", f"the gateway sets {', '.join(own)}")
    try:
        headers = [(n.lower().encode("ascii"), v.encode("latin-1")) for n, v in given.items()]
    except UnicodeEncodeError:
        headers = []
    # A C1 control is a byte that a header may have, and the end of a line for some (NEL).
    if len(headers) < len(given) or any(_CONTROL.search(f"{n}{v}") for n, v in given.items()):
        raise ToolFailed("header_refused", "a header has characters that none may have")
    return headers


def _query(given: Any) -> bytes:
    return urlencode(given or {}, doseq=True).encode()


def _body(json: Any, form: Any, content: bytes | None, kind: str) -> tuple[bytes, bytes]:
    """Return the body and its Content-Type."""
    if [json is not None, form is not None, content is not None].count(True) > 1:
        raise ToolFailed("two_bodies", "the tool gave more than one body")
    if json is not None:
        return jsonlib.dumps(json, ensure_ascii=False).encode(), b"application/json"
    if form is not None:
        return urlencode(form, doseq=True).encode(), b"application/x-www-form-urlencoded"
    ((_, typed),) = header_fields({"type": kind})  # checked as any header is
    return content or b"", typed


def _whole(body: bytes, kind: bytes, most: int) -> Body:
    async def all_of_it() -> tuple[bytes, bool]:
        return body, False

    return Body(all_of_it, declared=len(body), content_type=kind.decode("latin-1"), most=most)
