"""A call with an idempotency key: sent once, and recorded while its answer passes.

It runs in a task of its own, so that it comes to its end although its caller leaves: the repeat of
a caller that lost patience gets the answer.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from gateway.errors import AnswerBroken, CallFailed, GatewayError, IdempotencyInProgress
from gateway.proxy.answer import Answer
from gateway.proxy.stored_answers import Claim, KeptAnswer, KeyedRequest, StoredAnswers
from gateway.proxy.tool_call import ToolCall
from gateway.store.connection import Connection

BODYLESS_STATUSES = frozenset({204, 304})


class AnsweredMeanwhile(IdempotencyInProgress):
    """Another process was faster: ``answer`` is what it got."""

    def __init__(self, answer: KeptAnswer) -> None:
        self.answer = answer
        super().__init__()


class KeyedCall:
    """One call with a key."""

    def __init__(self, answers: StoredAnswers, request: KeyedRequest) -> None:
        self._answers = answers
        self._request = request
        self._claim: Claim | None = None
        self.was_sent = False
        """Whether the head of an answer has arrived."""

    async def find(self) -> KeptAnswer | None:
        """Return the answer to the first request of the key; see ``StoredAnswers.find``."""
        return await self._answers.find(self._request)

    async def claim(self) -> None:
        """Claim the call, right before it is sent for the first time.

        Raises ``AnsweredMeanwhile``, and the errors of ``StoredAnswers.find``.
        """
        if self._claim is None:
            claimed = await self._answers.claim(self._request)
            if isinstance(claimed, KeptAnswer):
                raise AnsweredMeanwhile(claimed)
            self._claim = claimed

    async def record(self, answer: Answer) -> None:
        """Record the answer while it passes: it is stored before its end is passed on."""
        claim = self._claim
        if claim is None:
            return
        claim.answered(answer.status, answer.headers)
        length = next((value for name, value in answer.headers if name == b"content-length"), None)
        left = int(length) if length is not None and length.isdigit() else None
        answer.parts = _recorded(claim, answer.parts, left)
        if left == 0 or self._request.method == "HEAD" or answer.status in BODYLESS_STATUSES:
            async for _ in answer.parts:  # its head is its end
                pass
            answer.parts = _nothing()

    @asynccontextmanager
    async def ending(self) -> AsyncIterator[None]:
        """End the call with the block: its key is free only if nothing was sent."""
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            if self._claim is not None:
                unknown = isinstance(error, CallFailed) and error.outcome_unknown
                refused = isinstance(error, GatewayError) and not unknown and not self.was_sent
                await self._claim.end(had_no_effect=refused)


def keyed_request(asked: ToolCall, connection: Connection, body: bytes) -> KeyedRequest:
    """Return a call of ``connection`` as its key knows it."""
    wanted = asked.wanted
    return KeyedRequest(
        key=asked.key or "",
        tenant=wanted.tenant,
        key_id=asked.key_id,
        user=wanted.user,
        connector=connection.connector,
        method=asked.method,
        url=b"?".join([asked.path, asked.query]).decode("latin-1"),
        content_type=asked.body.content_type,
        choice=(asked.host or "", connection.id),
        body=body,
    )


async def _recorded(
    claim: Claim, parts: AsyncIterator[bytes], left: int | None
) -> AsyncIterator[bytes]:
    async for part in parts:
        claim.add(part)
        if left is not None:
            left -= len(part)
            if left == 0:  # the caller knows that this is the end
                await claim.keep()
        yield part
    await claim.keep()


async def _nothing() -> AsyncGenerator[bytes, None]:
    return
    yield b""


def replayed(answer: KeptAnswer, began: float) -> Answer:
    """Return a kept answer as it is passed on again; ``began`` is of ``time.perf_counter``."""

    async def parts() -> AsyncIterator[bytes]:
        if answer.body:
            yield answer.body

    headers = [*answer.headers, (b"idempotency-replayed", b"true")]
    return Answer(
        status=answer.status,
        headers=headers,
        parts=parts(),
        gateway_ms=(time.perf_counter() - began) * 1000,
        price="",
    )


class DetachedCalls:
    """Runs calls in tasks of their own."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def call(self, call: AbstractAsyncContextManager[Answer]) -> AsyncIterator[Answer]:
        """Run ``call``, and yield its answer. If the block ends earlier, the call goes on."""
        passage = _Passage()
        task = asyncio.create_task(passage.fill(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            yield await passage.head()
        finally:
            passage.leave()

    async def close(self, seconds: float) -> None:
        """Wait for the calls that run, and end them after so many seconds."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class _Passage:
    """What passes from the call's task to the caller's: the answer, its parts, and its end."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Answer | bytes | BaseException | None] = asyncio.Queue(1)
        self._is_read = True

    async def fill(self, call: AbstractAsyncContextManager[Answer]) -> None:
        """Run the call to its end."""
        ended: BaseException | None = None
        try:
            async with call as answer:
                await self._put(answer)
                async for part in answer.parts:
                    await self._put(part)
        except asyncio.CancelledError:
            self.leave()
            self._queue.put_nowait(AnswerBroken())  # whoever still reads is told
            raise
        except Exception as error:
            ended = error
        await self._put(ended)

    async def head(self) -> Answer:
        """Return the answer, when its head is there."""
        got = await self._queue.get()
        if not isinstance(got, Answer):
            raise got if isinstance(got, BaseException) else RuntimeError("a call without answer")
        return dataclasses.replace(got, parts=self._parts())

    def leave(self) -> None:
        """Let the call run without a reader."""
        self._is_read = False
        while not self._queue.empty():
            self._queue.get_nowait()

    async def _parts(self) -> AsyncIterator[bytes]:
        while (got := await self._queue.get()) is not None:
            if isinstance(got, BaseException):
                raise got
            if isinstance(got, bytes):
                yield got

    async def _put(self, item: Answer | bytes | BaseException | None) -> None:
        if self._is_read:
            await self._queue.put(item)
