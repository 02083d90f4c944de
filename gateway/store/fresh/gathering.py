"""Look-ups that come in the same moment, made in one request.

Asking the database costs a process many times what the answer's rows cost. Under load, many callers
ask in the same turn of the event loop: their look-ups leave together at its end. Nobody waits for
company, and nobody is answered from a request that left before he asked: what is read is as fresh
as if each had asked alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

MOST = 100
"""Look-ups in one request: the rows of that many come in one answer of MongoDB (101 at most)."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_Waiting = list[tuple[K, asyncio.Future[V | None]]]


class Gathering(Generic[K, V]):
    """Looks up by key. ``read`` is given up to ``MOST`` keys, each once, and returns what it found.

    A key that it cannot read would be everybody's trouble: they are to be checked before.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read
        self._waiting: _Waiting[K, V] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """What is found under ``key``; raises what ``read`` raised for all who asked together."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            # Not in the context of whoever happens to be the first: it is the request of all.
            loop.call_soon(self._leave, context=Context())
        answer: asyncio.Future[V | None] = loop.create_future()
        self._waiting.append((key, answer))
        return await answer

    def _leave(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), MOST):
            task = asyncio.create_task(self._look_up(waiting[start : start + MOST]))
            self._under_way.add(task)  # the loop itself would forget it
            task.add_done_callback(self._under_way.discard)

    async def _look_up(self, waiting: _Waiting[K, V]) -> None:
        try:
            found = await self._read(list(dict.fromkeys(key for key, _ in waiting)))
        except asyncio.CancelledError:  # the process ends
            for _, answer in waiting:
                answer.cancel()
            raise
        except Exception as error:  # whatever it is, it is for those who asked
            for _, answer in waiting:
                if not answer.done():  # who left is not told
                    answer.set_exception(error)
        else:
            for key, answer in waiting:
                if not answer.done():
                    answer.set_result(found.get(key))
