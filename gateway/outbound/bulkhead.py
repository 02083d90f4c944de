"""The bulkhead: each connector has its own share of the outgoing requests (security L2, rule 7).

It has two parts. *Slots* limit the simultaneous requests of a connector, so that one slow provider
does not occupy the whole process. A *circuit breaker* pauses requests to a failing host, so that
callers do not wait in vain. Slots belong to a connector, breakers to each of its hosts: where a
person names the host (a shop, an instance), a wrong name must not affect other people's hosts. Both
are local to the process; state that the fleet must share is in the database.

A refused request was not sent, and its caller gets ``ProviderUnavailable``, which never makes a
connection ``needs_reauth``.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from gateway.errors import ProviderUnavailable
from gateway.observe.metrics import Endpoint, Metrics, RequestResult
from gateway.observe.traces import provider_span
from gateway.outbound.breaker import Admission, Breaker

SLOTS = 20
"""The most simultaneous requests of one connector."""
PATIENCE_SECONDS = 4.0
"""How long a request waits for a slot: hundreds of simultaneous refreshes take a few seconds.

Two waits and two answers (``outbound.TOTAL_SECONDS``) are shorter than a refresh lease.
"""
MAX_HOSTS = 1000
"""The most hosts with a breaker; the one that failed longest ago is dropped first."""

_Key = tuple[str, str]
"""A connector and a host."""

_FAILURES = frozenset(
    {RequestResult.TIMEOUT, RequestResult.BROKEN, RequestResult.UNREACHABLE, RequestResult.FAILED}
)
_LEARNED_NOTHING = frozenset({RequestResult.ABANDONED, RequestResult.NOT_SENT})
_OF_A_CALLER = _FAILURES - {RequestResult.UNREACHABLE}
"""Failures that a caller of the proxy can provoke: they must not stop the requests of others."""


class Outcome:
    """The outcome of one request, as far as it is known."""

    def __init__(self, learn: Callable[[RequestResult], None] = lambda result: None) -> None:
        self.result = RequestResult.ABANDONED
        self._learn = learn

    def learn(self) -> None:
        """Tell the breaker now: the answer of a stream may take minutes."""
        learn, self._learn = self._learn, lambda result: None
        learn(self.result)

    def answered(self, status: int) -> None:
        """Record that the provider answered with this HTTP status."""
        if status >= 500:
            self.result = RequestResult.FAILED
        else:
            self.result = RequestResult.REFUSED if status >= 400 else RequestResult.ANSWERED


class Bulkhead:
    """Admits requests. ``now`` is a monotonic clock in seconds."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        slots: int = SLOTS,
        proxy_slots: int = SLOTS,
        patience_seconds: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics = metrics
        self._slots = slots
        self._proxy_slots = proxy_slots
        self._patience_seconds = patience_seconds
        self._now = now
        self._slots_of: dict[tuple[str, bool], asyncio.Semaphore] = {}
        self._breakers: OrderedDict[_Key, Breaker] = OrderedDict()

    @asynccontextmanager
    async def admit(self, connector: str, endpoint: Endpoint, host: str) -> AsyncIterator[Outcome]:
        """Hold a slot of the connector while the block sends one request and records its outcome.

        Raises ``ProviderUnavailable`` with ``retry_after`` if no slot is free or a breaker is open.
        """
        key = (connector, host)
        if self._breaker(key).wait:
            raise self._breaker_open(key, endpoint)
        # Calls of tools may stream for minutes: they leave slots for refreshes.
        proxied = endpoint == "proxy"
        slots = self._slots_of.get((connector, proxied))
        if slots is None:
            slots = asyncio.Semaphore(self._proxy_slots if proxied else self._slots)
            self._slots_of[connector, proxied] = slots
        try:
            if slots.locked():
                async with asyncio.timeout(self._patience_seconds):
                    await slots.acquire()
            else:
                await slots.acquire()
        except TimeoutError:
            self._metrics.request(connector, endpoint, RequestResult.NO_SLOT)
            raise ProviderUnavailable(
                "too many simultaneous requests to the provider", retry_after=1
            ) from None
        try:
            # Ask again: other requests may have failed while this one waited for its slot.
            admission = self._breaker(key).admit()
            if admission is None:
                raise self._breaker_open(key, endpoint)
            outcome = Outcome(partial(self._report, key, admission, proxied))
            started = self._now()
            self._metrics.request_began(connector)
            try:
                with provider_span(connector, endpoint, lambda: outcome.result):
                    yield outcome
            finally:
                outcome.learn()
                self._metrics.request_ended(connector, endpoint, self._now() - started)
                self._metrics.request(connector, endpoint, outcome.result)
        finally:
            slots.release()

    def _breaker(self, key: _Key) -> Breaker:
        """Return the breaker of a host, a new one if it has none."""
        return self._breakers.get(key) or self._breakers.setdefault(key, Breaker(self._now))

    def _breaker_open(self, key: _Key, endpoint: Endpoint) -> ProviderUnavailable:
        self._metrics.request(key[0], endpoint, RequestResult.BREAKER_OPEN)
        return ProviderUnavailable(
            "the provider keeps failing: requests to it pause for a while",
            retry_after=self._breaker(key).wait,
        )

    def _report(
        self, key: _Key, admission: Admission, proxied: bool, result: RequestResult
    ) -> None:
        breaker = self._breaker(key)
        if result in _LEARNED_NOTHING or (proxied and result in _OF_A_CALLER):
            breaker.abandoned(admission)
        elif result in _FAILURES:
            breaker.failed(admission)
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
