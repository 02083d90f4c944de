"""``/v1/proxy/{name}/{path}``: a tool's call to a provider, streamed both ways.

The request is the provider's own, below the API's base URL. Fields that begin with ``Gateway-`` are
for the gateway, and are not passed on.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from functools import lru_cache

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.access.assertions import HEADER
from gateway.access.identity import is_user_id
from gateway.access.service_keys import Role
from gateway.errors import BudgetSpent, CallFailed, InvalidRequest, PathRefused, UpgradeRefused
from gateway.observe.logs import get_logger
from gateway.proxy.answer import Answer
from gateway.proxy.body import Body, CallerLeft
from gateway.proxy.forward import Forward
from gateway.proxy.headers import Header
from gateway.proxy.stored_answers import check_key
from gateway.proxy.tool_call import ToolCall
from gateway.server.connection_limits import ABORT, WHOLE
from gateway.services.tokens import Wanted
from gateway.store.owners import OwnerKind, kind_of
from gateway.web.budgets import CheckReply, check_reply
from gateway.web.callers import bounds_of, named_connector, require_key
from gateway.web.inputs import BODY_SECONDS
from gateway.web.middleware import AS_IS, HUNG_UP
from gateway.web.operation import ANY_QUERY, Operation
from gateway.web.replies import reply
from gateway.web.state import request_id, services
from gateway.web.tokens import ERRORS as CREDENTIAL_ERRORS

_log = get_logger()

PREFIX = "/v1/proxy/"
USER, ACCOUNT, OWNER, HOST = "Gateway-User", "Gateway-Account", "Gateway-Owner", "Gateway-Host"
DRY_RUN, TRACE, IDEMPOTENCY_KEY = "Gateway-Dry-Run", "Gateway-Trace", "Idempotency-Key"
HEADERS = (USER, ACCOUNT, OWNER, HOST, DRY_RUN, TRACE, IDEMPOTENCY_KEY)
_OURS = {name.lower().encode(): name for name in HEADERS}
_OWNERS: Mapping[str, OwnerKind] = {"user": "user", "org": "org", "platform": "platform"}
MAX_ACCOUNT = 255
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""A route for GET takes HEAD, too. TRACE would answer with the credential."""
_VARY = ", ".join(("Authorization", USER, ACCOUNT, OWNER, HOST)).encode()


async def call_provider(request: Request) -> Response:
    """Call the provider's API for a user; the gateway adds the credential.

    The request and the answer are the provider's own. An answer of the gateway has the header
    `Gateway-Error`.
    """
    caller = await require_key(request, Role.PROXY)
    named: dict[str, str] = {}
    for name, value in request.scope["headers"]:
        if (ours := _OURS.get(name)) is not None:
            if ours in named:
                raise InvalidRequest(f"the header {ours} came twice")
            named[ours] = _text(ours, value)
        elif name == b"upgrade":
            raise UpgradeRefused
    connector, bounds = request.path_params["name"], caller.bounds
    if caller.is_restricted:
        connector = named_connector(request, caller.tenant).name
        bounds.require_connector(connector)  # before the assertion: a plainer answer
        bounds = bounds_of(request, caller)
        bounds.require_connector(connector)
    user = named.get(USER) or bounds.user
    if user is None or not is_user_id(user):
        raise InvalidRequest(f"the header {USER} must name the user whom the tool acts for")
    bounds.require_user(user)
    if (key := named.get(IDEMPOTENCY_KEY)) is not None:
        check_key(key)
    account = named.get(ACCOUNT)
    if account is not None and not 0 < len(account) <= MAX_ACCOUNT:
        raise InvalidRequest(f"the header {ACCOUNT} is empty or too long")
    for name in (DRY_RUN, TRACE):
        if named.get(name) not in {None, "true"}:
            raise InvalidRequest(f"the header {name} must be true, or left out")
    wanted = _wanted(connector, bounds.tenant, user, account, _owner(named.get(OWNER)))
    if DRY_RUN in named:
        return await _dry_run(request, caller.key_id, wanted, named)
    return _Passed(request, caller.key_id, wanted, named)


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InvalidRequest(f"the header {name} is not UTF-8") from None


def _owner(text: str | None) -> OwnerKind | None:
    if text is not None and text not in _OWNERS:
        raise InvalidRequest(f"the header {OWNER} must be user, org or platform")
    return None if text is None else _OWNERS[text]


@lru_cache(maxsize=4096)
def _wanted(
    connector: str, tenant: str, user: str, account: str | None, owner: OwnerKind | None
) -> Wanted:
    return Wanted(connector=connector, tenant=tenant, user=user, account=account, owner=owner)


class _Passed(Response):
    """The provider's answer, passed on while it arrives."""

    def __init__(
        self, request: Request, key_id: str, wanted: Wanted, named: Mapping[str, str]
    ) -> None:
        self._request = request
        self._key_id = key_id
        self._wanted = wanted
        self._named = named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on. If the caller leaves, the request to the provider ends, too."""
        forward: Forward = services(self._request).forward
        caller = _Caller(scope, receive)
        asked = _asked(self._request, self._key_id, self._wanted, self._named, caller)
        try:
            async with forward.call(asked) as answer:
                scope[AS_IS] = True
                await _pass_on(answer, asked, send)
                caller.begun = True
                async for part in answer.parts:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except CallerLeft:
            raise HTTPException(HUNG_UP, "the client hung up") from None
        except (CallFailed, BudgetSpent) as error:
            if not caller.begun:
                raise
            _log.info("answer_aborted", reason=type(error).__name__)
            await caller.abort()
        except asyncio.CancelledError:
            if not caller.left:  # the process stops
                if caller.begun:
                    await caller.abort()
                raise
            caller.forgive()
            if not caller.begun:
                raise HTTPException(HUNG_UP, "the client hung up") from None
        finally:
            await caller.close()


def _asked(
    request: Request, key_id: str, wanted: Wanted, named: Mapping[str, str], caller: _Caller
) -> ToolCall:
    raw = PREFIX.encode() + request.path_params["name"].encode() + b"/"
    path: bytes = request.scope["raw_path"]
    if not path.startswith(raw):
        raise PathRefused("the connector's name is percent-encoded")
    return ToolCall(
        wanted=wanted,
        key_id=key_id,
        method=request.scope["method"],
        path=path[len(raw) :],
        query=request.scope["query_string"],
        host=named.get(HOST),
        headers=request.scope["headers"],
        body=caller.body(services(request).forward.limits.request_bytes),
        request_id=request_id(request),
        key=named.get(IDEMPOTENCY_KEY),
    )


class DryRunReply(BaseModel):
    """The request that would be sent, with `CREDENTIAL` in place of each secret.

    `body` is text; `body_base64` is set instead for another body. `forecast` says what the rules
    and the price list say.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: str | None
    body_base64: str | None
    connection: str
    account_label: str
    owner: str
    forecast: CheckReply


async def _dry_run(
    request: Request, key_id: str, wanted: Wanted, named: Mapping[str, str]
) -> Response:
    caller = _Caller(request.scope, request.receive)
    asked = _asked(request, key_id, wanted, named, caller)
    try:
        found = await services(request).forward.dry_run(asked)
    except CallerLeft:
        raise HTTPException(HUNG_UP, "the client hung up") from None
    finally:
        await caller.close()
    try:
        text, encoded = found.body.decode(), None
    except UnicodeDecodeError:
        text, encoded = None, base64.b64encode(found.body).decode()
    answer = reply(
        DryRunReply(
            method=found.method,
            url=found.url,
            headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in found.headers],
            body=text,
            body_base64=encoded,
            connection=found.connection.id,
            account_label=found.connection.account_label,
            owner=kind_of(found.connection.owner),
            forecast=check_reply(found.forecast),
        )
    )
    answer.headers[DRY_RUN] = "true"
    answer.headers["Gateway-Request-Id"] = asked.request_id
    return answer


async def _pass_on(answer: Answer, asked: ToolCall, send: Send) -> None:
    headers: list[Header] = [
        *answer.headers,
        (b"gateway-request-id", asked.request_id.encode()),
        *([(b"gateway-price", answer.price.encode())] if answer.price else []),
        (b"server-timing", b"gateway;dur=%.2f" % answer.gateway_ms),
        (b"vary", _VARY),
    ]
    if answer.status in {204, 304}:  # they have no body, whatever their length says
        headers = [each for each in headers if each[0] != b"content-length"]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})


class _Caller:
    """The connection to the caller: its body, and whether it is still there."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._task = asyncio.current_task()
        self._watching: asyncio.Task[None] | None = None
        self.left = False
        self.begun = False

    def body(self, most: int) -> Body:
        """Return the body of its request."""
        named = dict(self._scope["headers"])
        declared = named.get(b"content-length")
        chunked = b"transfer-encoding" in named
        return Body(
            self._next_part,
            declared=None if chunked else int(declared or b"0"),
            content_type=named.get(b"content-type", b"").decode("latin-1"),
            most=most,
            on_whole=self._watch,
        )

    async def _next_part(self) -> tuple[bytes, bool]:
        if WHOLE in self._scope.get("extensions", ()):
            message = await self._receive()
        else:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await self._receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
        if message["type"] == "http.disconnect":
            raise CallerLeft
        return message.get("body", b""), message.get("more_body", False)

    def _watch(self) -> None:
        self._watching = asyncio.create_task(self._wait_until_left())

    async def _wait_until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.left = True
        if self._task is not None:
            self._task.cancel()

    def forgive(self) -> None:
        """Take back the cancellation of this task: the caller left, and nothing else."""
        if self._task is not None:
            self._task.uncancel()

    async def abort(self) -> None:
        """End the connection, so that nobody takes the half of an answer for the whole."""
        await self.close()
        abort = self._scope.get("extensions", {}).get(ABORT)
        if abort is None:
            raise ConnectionAbortedError("the provider's answer ended too early")
        abort["call"]()
        await asyncio.sleep(0)  # the server notes that the connection is gone

    async def close(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None


ERRORS = (
    *CREDENTIAL_ERRORS,
    "rule_rate_limited",
    "budget_spent",
    "price_unknown",
    "path_refused",
    "upgrade_refused",
    "too_large",
    "provider_rate_limited",
    "provider_busy",
    "provider_unreachable",
    "provider_timeout",
    "provider_broken",
    "credential_echoed",
    "answer_unreadable",
    "idempotency_key_reused",
    "idempotency_in_progress",
    "idempotency_outcome_unknown",
    "idempotency_answer_not_kept",
)

OPERATIONS = [
    Operation(
        method=method,
        path="/v1/proxy/{name}/{path:path}",
        handler=call_provider,
        summary=f"{method} at a provider's API",
        who="key",
        role="proxy",
        query=ANY_QUERY,
        headers=(*HEADERS, HEADER),
        errors=ERRORS,
        is_passed_on=True,
    )
    for method in METHODS
]
