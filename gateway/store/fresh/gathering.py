"""Batching of simultaneous look-ups: one request for all of them.

A database request costs a process many times more than the rows of its answer. Under load, many
callers look up at the same time. One request at the end of a turn of the event loop serves all
callers that asked in this turn. While a request is under way, callers wait for its end, at most
``PATIENCE_SECONDS``, and share the next one. No caller gets the answer of a request that was sent
before it asked: the rows are as fresh as from separate requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

PATIENCE_SECONDS = 0.005
"""The longest wait for the end of an earlier request: a hanging one must not hold up the others."""
MOST = 100
"""The most look-ups of one request: MongoDB's first answer has at most 101 rows."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_Waiting = list[tuple[K, asyncio.Future[V | None]]]


class Gathering(Generic[K, V]):
    """Looks up by key. ``read`` gets up to ``MOST`` distinct keys and returns the found values.

    Check keys before: a key that makes ``read`` fail makes it fail for all.
    """

    def __init__(
        self,
        read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._read = read
        self._patience_seconds = patience_seconds
        self._waiting: _Waiting[K, V] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._leaving: asyncio.Handle | None = None

    async def get(self, key: K) -> V | None:
        """Return the value of ``key``; raise the error of ``read``, which its batch shares."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            # An empty context: the request belongs to all callers, not to the first one.
            if self._under_way:
                self._leaving = loop.call_later(
                    self._patience_seconds, self._leave, context=Context()
                )
            else:
                self._leaving = loop.call_soon(self._leave, context=Context())
        answer: asyncio.Future[V | None] = loop.create_future()
        self._waiting.append((key, answer))
        return await answer

    def _leave(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        waiting, self._waiting, self._leaving = self._waiting, [], None
        for start in range(0, len(waiting), MOST):
            task = asyncio.create_task(self._look_up(waiting[start : start + MOST]))
            self._under_way.add(task)  # the loop keeps only a weak reference
            task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not self._under_way and self._waiting:
            self._leave()

    async def _look_up(self, waiting: _Waiting[K, V]) -> None:
        try:
            found = await self._read(list(dict.fromkeys(key for key, _ in waiting)))
        except asyncio.CancelledError:  # the process ends
            for _, answer in waiting:
                answer.cancel()
            raise
        except Exception as error:  # every error goes to the callers
            for _, answer in waiting:
                if not answer.done():  # done: its caller was cancelled
                    answer.set_exception(error)
        else:
            for key, answer in waiting:
                if not answer.done():
                    answer.set_result(found.get(key))
