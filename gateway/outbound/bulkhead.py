"""Lanes: each connector's own share of the way to the providers (security L2, rule 7).

Two separate things. *Slots* bound how many requests of a connector are under way at once, so that
one slow provider does not take the whole process. A *breaker* leaves a host alone that keeps
failing, so that nobody waits for it in vain. Slots are a connector's; a breaker is of one of its
hosts, for where a person names the host (a shop, an instance) a wrong name must not shut out
everybody else's. Both are this process's own: what the fleet must agree on is in the database.

Whoever is turned away has sent nothing, and gets ``ProviderUnavailable``: it never costs a
connection.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway.errors import ProviderUnavailable
from gateway.observe.metrics import Endpoint, Metrics, RequestResult
from gateway.outbound.breaker import Admission, Breaker

SLOTS = 20
"""Requests of one connector under way at once."""
PATIENCE_SECONDS = 4.0
"""How long a request waits for a slot: hundreds of tokens that expire at once take a few seconds.

Two waits and two answers (``outbound.TOTAL_SECONDS``) end before a refresh's lease does.
"""
MAX_HOSTS = 1000
"""Hosts whose failures are remembered; the one that failed longest ago is forgotten first."""

_Key = tuple[str, str]
"""A connector and a host."""

_FAILURES = frozenset(
    {RequestResult.TIMEOUT, RequestResult.BROKEN, RequestResult.UNREACHABLE, RequestResult.FAILED}
)
_LEARNED_NOTHING = frozenset({RequestResult.ABANDONED, RequestResult.NOT_SENT})


class Outcome:
    """One request under way. ``result`` is what became of it, as far as is known."""

    def __init__(self) -> None:
        self.result = RequestResult.ABANDONED

    def answered(self, status: int) -> None:
        """The provider answered with this HTTP status."""
        if status >= 500:
            self.result = RequestResult.FAILED
        else:
            self.result = RequestResult.REFUSED if status >= 400 else RequestResult.ANSWERED


class Bulkhead:
    """Lets requests go. ``now`` is a clock that never jumps, in seconds."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        slots: int = SLOTS,
        patience_seconds: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics = metrics
        self._slots = slots
        self._patience_seconds = patience_seconds
        self._now = now
        self._slots_of: dict[str, asyncio.Semaphore] = {}
        self._breakers: OrderedDict[_Key, Breaker] = OrderedDict()

    @asynccontextmanager
    async def admit(self, connector: str, endpoint: Endpoint, host: str) -> AsyncIterator[Outcome]:
        """A slot and the breaker's leave for one request, for as long as the block lasts.

        The block says on the ``Outcome`` what became of the request. Raises ``ProviderUnavailable``
        with ``retry_after`` if the host is left alone now or no slot is free.
        """
        key = (connector, host)
        if self._breaker(key).wait:
            raise self._turned_away(key, endpoint)
        slots = self._slots_of.setdefault(connector, asyncio.Semaphore(self._slots))
        try:
            async with asyncio.timeout(self._patience_seconds):
                await slots.acquire()
        except TimeoutError:
            self._metrics.request(connector, endpoint, RequestResult.NO_SLOT)
            raise ProviderUnavailable(
                "too many requests to the provider are under way", retry_after=1
            ) from None
        try:
            # Asked again: others may have failed while this one waited for its slot.
            admission = self._breaker(key).admit()
            if admission is None:
                raise self._turned_away(key, endpoint)
            outcome, started = Outcome(), self._now()
            self._metrics.request_began(connector)
            try:
                yield outcome
            finally:
                self._learn(key, admission, outcome.result)
                self._metrics.request_ended(connector, endpoint, self._now() - started)
                self._metrics.request(connector, endpoint, outcome.result)
        finally:
            slots.release()

    def _breaker(self, key: _Key) -> Breaker:
        """The breaker of a host: a new one where there is nothing to remember."""
        return self._breakers.get(key) or self._breakers.setdefault(key, Breaker(self._now))

    def _turned_away(self, key: _Key, endpoint: Endpoint) -> ProviderUnavailable:
        self._metrics.request(key[0], endpoint, RequestResult.BREAKER_OPEN)
        return ProviderUnavailable(
            "the provider kept failing, and is left alone for a while",
            retry_after=self._breaker(key).wait,
        )

    def _learn(self, key: _Key, admission: Admission, result: RequestResult) -> None:
        breaker = self._breaker(key)
        if result in _FAILURES:
            breaker.failed(admission)
        elif result in _LEARNED_NOTHING:
            breaker.abandoned(admission)
        else:
            breaker.succeeded(admission)
        if breaker.is_idle:
            self._forget(key)
        else:
            self._breakers.move_to_end(key)
            while len(self._breakers) > MAX_HOSTS:
                self._forget(next(iter(self._breakers)))
        self._show(key[0])

    def _forget(self, key: _Key) -> None:
        del self._breakers[key]
        self._show(key[0])

    def _show(self, connector: str) -> None:
        found = [b for (name, _), b in self._breakers.items() if name == connector and b.is_open]
        self._metrics.open_breakers(connector, len(found))
