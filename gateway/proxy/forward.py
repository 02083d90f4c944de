"""One call of a tool to a provider, from its admission to its usage event.

Every call is metered exactly once for each request that goes out, whatever happens to it. Nothing
here speaks HTTP to the caller: ``gateway.web.proxy`` does.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from connectors.catalog import Catalog
from connectors.errors import ConnectorError
from gateway.errors import (
    AnswerTooLarge,
    BudgetSpent,
    CallFailed,
    GatewayError,
    PathRefused,
    ProviderTimedOut,
    ProviderUnreachable,
    code_of,
)
from gateway.observe.metrics import UNKNOWN, Metrics
from gateway.outbound.client import Outbound
from gateway.outbound.streaming import Streamed
from gateway.proxy import headers as fields
from gateway.proxy.answer import Answer
from gateway.proxy.body import KEPT_BYTES, CallerLeft
from gateway.proxy.coding import Echo, PackedEcho, filter_for
from gateway.proxy.cool_downs import CoolDowns
from gateway.proxy.credentials import BODYLESS, without_secrets
from gateway.proxy.destination import Destination, destination, open_hosts
from gateway.proxy.keyed import AnsweredMeanwhile, DetachedCalls, KeyedCall, keyed_request, replayed
from gateway.proxy.prepared import BeforeSending, DryRun, prepared, request_of
from gateway.proxy.rejected import RejectedTokens
from gateway.proxy.stored_answers import KeptAnswer, StoredAnswers
from gateway.proxy.tool_call import ToolCall
from gateway.services.own_names import own_name
from gateway.services.tokens import IssuedToken, TokenService
from gateway.store.owners import kind_of
from gateway.usage.meter import Attempt, Call, Meter, Outcome, Result

ANSWER_KEPT = 1024 * 1024
"""Bytes of an answer that the meter may read its price from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProxyLimits:
    """What one call may take: bytes of bodies, and seconds."""

    request_bytes: int
    answer_bytes: int
    wait_seconds: float
    total_seconds: float


@dataclass(slots=True)
class _Record:
    """What the usage event of one attempt will say. Moments are of ``time.perf_counter``."""

    began: float
    status: int | None = None
    received: int = 0
    sent_at: float | None = None
    head_at: float | None = None
    answer: bytearray | None = None
    is_complete: bool = False


class Forward:
    """Passes calls on to providers."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        tokens: TokenService,
        outbound: Outbound,
        meter: Meter,
        cool_downs: CoolDowns,
        rejected: RejectedTokens,
        answers: StoredAnswers,
        metrics: Metrics,
        limits: ProxyLimits,
    ) -> None:
        self._catalog = catalog
        self._tokens = tokens
        self._outbound = outbound
        self._meter = meter
        self._cool_downs = cool_downs
        self._rejected = rejected
        self._answers = answers
        self._metrics = metrics
        self._detached = DetachedCalls()
        self.limits = limits

    def call(
        self, asked: ToolCall, *, before_sending: BeforeSending | None = None
    ) -> AbstractAsyncContextManager[Answer]:
        """Send a call; yield the provider's answer when its head has arrived.

        A call with a key comes to its end although its caller leaves. ``before_sending`` runs
        directly before each time that the request goes out; it sees the request without its
        secrets, and raises to stop it.

        Raises:
            GatewayError: The gateway refused the call, or the answer is missing or broken.
        """
        call = self._call(asked, before_sending)
        return call if asked.key is None else self._detached.call(call)

    async def dry_run(self, asked: ToolCall) -> DryRun:
        """Return what ``call`` would send, with placeholders for secrets. Nothing happens.

        No token is renewed for it, and nothing is sent, counted or recorded. Raises what ``call``
        does before it sends something, except for the refusals of rules.
        """
        wanted = dataclasses.replace(asked.wanted, as_stored=True)
        issued = without_secrets(await self._tokens.get(wanted, handed_out=False))
        described = self._catalog.described(issued.connection.connector)
        hosts = open_hosts(described.api_base_url, described.api_hosts)
        to = destination(issued.base_url, asked.path, asked.query, host=asked.host, hosts=hosts)
        shown = await prepared(asked, issued, hosts)
        call = _call_of(asked, issued, to, issued.connection.connector)
        return DryRun(
            method=shown.method,
            url=shown.url,
            headers=shown.headers,
            body=shown.body,
            connection=shown.connection,
            forecast=await self._meter.forecast(call),
        )

    async def close(self, seconds: float) -> None:
        """Wait so many seconds for the calls whose callers have left."""
        await self._detached.close(seconds)

    @asynccontextmanager
    async def _call(
        self, asked: ToolCall, before_sending: BeforeSending | None
    ) -> AsyncIterator[Answer]:
        began = time.perf_counter()
        try:
            async with (
                asyncio.timeout(self.limits.total_seconds) as deadline,
                AsyncExitStack() as stack,
            ):
                exchange = _Exchange(asked, deadline, stack, before_sending)
                answer = await self._answer(exchange, began)
                if exchange.keyed is not None:
                    await exchange.keyed.record(answer)
                yield answer
                return
        except TimeoutError:
            raise ProviderTimedOut from None
        except AnsweredMeanwhile as faster:
            answer = replayed(faster.answer, began)
        yield answer

    async def _answer(self, exchange: _Exchange, began: float) -> Answer:
        asked = exchange.asked
        try:
            issued = await self._tokens.get(asked.wanted, handed_out=False)
        except GatewayError:
            await self._begin(exchange, exchange.stack, began, None, None)
            raise
        if asked.key is not None and (kept := await self._kept(exchange, began, issued)):
            return replayed(kept, began)
        # The slot of the first attempt is free before a refresh, which needs one.
        first = await exchange.stack.enter_async_context(AsyncExitStack())
        answer = await self._attempt(exchange, first, began, issued)
        if answer.status != 401 or not self._rejected.is_due(issued):
            return answer
        body, answer.parts = await _read_ahead(answer.parts)
        if body is None:
            return answer
        await first.aclose()
        newer = await self._rejected.renewed(asked.wanted, issued, asked.key_id)
        described = self._catalog.described(issued.connection.connector)
        is_safe = asked.method in BODYLESS or asked.reads or asked.key is not None
        is_safe = is_safe or described.repeat_unauthorized
        if newer is None or not is_safe or not asked.body.is_kept:
            return answer
        answer = await self._attempt(exchange, exchange.stack, time.perf_counter(), newer)
        if answer.status == 401:
            self._rejected.was_futile(newer)
        return answer

    async def _kept(
        self, exchange: _Exchange, began: float, issued: IssuedToken
    ) -> KeptAnswer | None:
        """Return the answer to the first request of the call's key, if there was one."""
        try:
            body = await exchange.asked.body.hold()
            request = keyed_request(exchange.asked, issued.connection, body)
            keyed = exchange.keyed = KeyedCall(self._answers, request)
            kept = await keyed.find()
        except Exception:
            await self._begin(exchange, exchange.stack, began, issued, None)
            raise
        await exchange.stack.enter_async_context(keyed.ending())
        return kept

    async def _begin(
        self,
        exchange: _Exchange,
        stack: AsyncExitStack,
        began: float,
        issued: IssuedToken | None,
        to: Destination | None,
    ) -> tuple[_Record, Attempt]:
        """Admit an attempt, which is settled when the stack ends."""
        attempt = await self._meter.admit(
            _call_of(exchange.asked, issued, to, self._connector(exchange.asked, issued))
        )
        record = _Record(began)
        await stack.enter_async_context(_settling(exchange, attempt, record))
        return record, attempt

    def _connector(self, asked: ToolCall, issued: IssuedToken | None) -> str:
        """Return the connector's name: an alias must not lead around a rule."""
        if issued is not None:
            return issued.connection.connector
        try:
            wanted = asked.wanted
            return self._catalog.described(
                own_name(self._catalog, wanted.tenant, wanted.connector)
            ).name
        except ConnectorError:
            return UNKNOWN

    async def _attempt(
        self, exchange: _Exchange, stack: AsyncExitStack, began: float, issued: IssuedToken
    ) -> Answer:
        asked, connection = exchange.asked, issued.connection
        described = self._catalog.described(connection.connector)
        hosts = open_hosts(described.api_base_url, described.api_hosts)
        try:
            to = destination(
                issued.base_url,
                asked.path,
                asked.query,
                host=asked.host,
                hosts=hosts,
                is_exact=asked.is_exact,
            )
        except PathRefused:
            await self._begin(exchange, stack, began, issued, None)
            raise
        record, attempt = await self._begin(exchange, stack, began, issued, to)
        await self._cool_downs.check(connection)
        shown = None
        if exchange.before_sending is not None:
            shown = await prepared(asked, issued, hosts)
        request = await request_of(asked, issued, to, self.limits.wait_seconds)
        if attempt.counts_bytes:
            request = dataclasses.replace(request, body=await _counted(request.body, attempt))
        if exchange.keyed is not None:
            await exchange.keyed.claim()
        if exchange.before_sending is not None and shown is not None:
            await exchange.before_sending(dataclasses.replace(shown, is_repeat=exchange.was_sent))
        exchange.was_sent = True
        record.sent_at = time.perf_counter()
        streamed = await stack.enter_async_context(
            self._outbound.stream(request, connector=connection.connector)
        )
        if exchange.keyed is not None:
            exchange.keyed.was_sent = True
        record.head_at, record.status = time.perf_counter(), streamed.status
        await self._cool_downs.note(connection, streamed.status, streamed.headers)
        record.answer = bytearray() if attempt.wants_answer else None
        echo = filter_for(
            issued.secrets,
            _coding(streamed, asked.method),
            refuse=described.unread_answers == "refuse",
        )
        allowed = {f"{to.origin.scheme}://{to.origin.netloc}"}
        allowed |= {f"https://{host}" for host in hosts}
        parts = self._parts(streamed, record, attempt, echo, connection.connector)
        if isinstance(echo, PackedEcho):
            # An echo in a short answer is an error, and not an answer that breaks.
            parts = _after(await anext(parts, b""), parts)
        return Answer(
            status=streamed.status,
            headers=echo.headers(
                fields.answered(streamed.headers, is_allowed=allowed.__contains__)
            ),
            parts=parts,
            gateway_ms=_gateway_ms(record),
            price=attempt.price_header,
        )

    async def _parts(
        self, streamed: Streamed, record: _Record, attempt: Attempt, echo: Echo, connector: str
    ) -> AsyncIterator[bytes]:
        try:
            async for part in streamed.parts:
                record.received += len(part)
                if record.received > self.limits.answer_bytes:
                    raise AnswerTooLarge
                if attempt.counts_bytes:
                    await attempt.use(len(part))
                if record.answer is not None:
                    record.answer += part
                    if len(record.answer) > ANSWER_KEPT:
                        record.answer = None
                if passed := echo.feed(part):
                    yield passed
            if rest := echo.end():
                yield rest
            record.is_complete = True
        finally:
            if echo.hidden or echo.unread:
                self._metrics.answer_filtered(connector, echo.hidden, unread=echo.unread)


@dataclass(slots=True)
class _Exchange:
    """A call under way."""

    asked: ToolCall
    deadline: asyncio.Timeout
    stack: AsyncExitStack
    before_sending: BeforeSending | None
    keyed: KeyedCall | None = None
    was_sent: bool = False


def _coding(streamed: Streamed, method: str) -> str | None:
    """Return the ``Content-Encoding`` of an answer's body, if it has one."""
    found = [value for name, value in streamed.headers if name.lower() == b"content-encoding"]
    return b",".join(found).decode("latin-1") if found and method != "HEAD" else None


async def _counted(
    content: bytes | AsyncIterator[bytes], attempt: Attempt
) -> bytes | AsyncIterator[bytes]:
    """Return the body of a request, counted by the budgets before it goes out."""
    if not isinstance(content, bytes):
        return _counted_parts(content, attempt)
    await attempt.use(len(content))
    return content


async def _counted_parts(parts: AsyncIterator[bytes], attempt: Attempt) -> AsyncIterator[bytes]:
    async for part in parts:
        await attempt.use(len(part))
        yield part


def _call_of(
    asked: ToolCall, issued: IssuedToken | None, to: Destination | None, connector: str
) -> Call:
    connection = None if issued is None else issued.connection
    below = (b"/" + asked.path if to is None else to.below).decode("latin-1")
    return Call(
        tenant=asked.wanted.tenant,
        user=asked.wanted.user,
        owner=(asked.wanted.owner or "user") if connection is None else kind_of(connection.owner),
        key_id=asked.key_id,
        connector=connector,
        connection=None if connection is None else connection.id,
        method=asked.method,
        path=below,
        host="" if to is None else to.origin.netloc,
        request_id=asked.request_id,
        base="" if to is None else to.target.decode("latin-1").removesuffix(below),
        tool=asked.tool,
        named_path=asked.named_path,
    )


@asynccontextmanager
async def _settling(exchange: _Exchange, attempt: Attempt, record: _Record) -> AsyncIterator[None]:
    """Settle the attempt when the block ends: exactly once, and however it ends."""
    result, error = Result.ABORTED, None
    try:
        yield
    except asyncio.CancelledError:
        result = Result.TIMEOUT if exchange.deadline.expired() else Result.CANCELLED
        raise
    except BaseException as raised:
        result, error = _result_of(raised, record), code_of(raised)
        raise
    finally:
        ended = time.perf_counter()
        await attempt.settle(
            Outcome(
                result=Result.ANSWERED if record.is_complete else result,
                status=record.status,
                sent=exchange.asked.body.passed,
                received=record.received,
                gateway_ms=_gateway_ms(record),
                provider_ms=0.0 if record.sent_at is None else (ended - record.sent_at) * 1000,
                answer=None if record.answer is None else bytes(record.answer),
                error=error,
            )
        )


def _result_of(error: BaseException, record: _Record) -> Result:
    if isinstance(error, CallerLeft):
        return Result.CANCELLED
    if isinstance(error, ProviderTimedOut):
        return Result.TIMEOUT
    if isinstance(error, ProviderUnreachable):
        return Result.UNREACHABLE
    is_ours = isinstance(error, GatewayError) and not isinstance(error, CallFailed)
    # A budget of bytes may end while they pass.
    is_sent = isinstance(error, BudgetSpent) and record.sent_at is not None
    return Result.REFUSED if is_ours and not is_sent else Result.ABORTED


def _gateway_ms(record: _Record) -> float:
    """Return how long the gateway itself took until the head of the answer."""
    now = time.perf_counter()
    waited = 0.0 if record.sent_at is None else (record.head_at or now) - record.sent_at
    return ((record.head_at or now) - record.began - waited) * 1000


async def _read_ahead(parts: AsyncIterator[bytes]) -> tuple[bytes | None, AsyncIterator[bytes]]:
    """Read a short body; return it, or ``None`` if it is long, and the parts to pass on."""
    head = bytearray()
    async for part in parts:
        head += part
        if len(head) > KEPT_BYTES:
            return None, _after(bytes(head), parts)
    return bytes(head), _after(bytes(head), None)


async def _after(head: bytes, rest: AsyncIterator[bytes] | None) -> AsyncIterator[bytes]:
    if head:
        yield head
    if rest is not None:
        async for part in rest:
            yield part
