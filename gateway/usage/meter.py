"""The meter: every attempt to call a provider passes it once before, and once after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.store.owners import OwnerKind
from gateway.store.usage import Event, Result, new_id
from gateway.usage.paths import template_of
from gateway.usage.writer import Writer

__all__ = ["Attempt", "Call", "Meter", "Outcome", "Price", "Result"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One attempt to call a provider for somebody. ``path`` is below the API's base address."""

    tenant: str
    user: str
    owner: OwnerKind
    key_id: str
    connector: str
    connection: str | None
    method: str
    path: str
    host: str
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How an attempt ended.

    ``sent`` and ``received`` are bytes of bodies; ``answer`` is the JSON that the attempt wanted;
    ``error`` is a stable code.
    """

    result: Result
    status: int | None = None
    sent: int = 0
    received: int = 0
    gateway_ms: float = 0.0
    provider_ms: float = 0.0
    answer: bytes | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What an attempt costs, in billionths of the currency's unit."""

    nanos: int
    currency: str
    version: str


class Attempt:
    """One admitted attempt, to be settled exactly once."""

    __slots__ = ("_call", "_meter", "id", "wants_answer")

    def __init__(self, meter: Meter, call: Call) -> None:
        self._meter = meter
        self._call = call
        self.id = new_id()
        self.wants_answer = False
        """Whether ``settle`` needs the answer's JSON, up to 1 MiB of it."""

    async def settle(self, outcome: Outcome) -> Price | None:
        """Record how the attempt ended; return its price, ``None`` if that is not known.

        Call it exactly once, also for refusals, aborts and cancellations.
        """
        return self._meter.settle(self._call, self.id, outcome)


class Meter:
    """Admits attempts and records them."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def admit(self, call: Call) -> Attempt:
        """Admit a call before it is sent."""
        return Attempt(self, call)

    def settle(self, call: Call, event_id: str, outcome: Outcome) -> Price | None:
        """See ``Attempt.settle``."""
        self._writer.add(
            Event(
                id=event_id,
                time=self._clock(),
                tenant=call.tenant,
                user=call.user,
                owner=call.owner,
                key=call.key_id,
                connector=call.connector,
                connection=call.connection,
                operation=f"{call.method} {template_of(call.path)}",
                host=call.host,
                request=call.request_id,
                result=outcome.result,
                status=outcome.status,
                error=outcome.error,
                sent=outcome.sent,
                received=outcome.received,
                gateway_ms=round(outcome.gateway_ms, 3),
                provider_ms=round(outcome.provider_ms, 3),
            )
        )
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store events in the background while the context lasts, and the rest at its end."""
        async with self._writer.writing():
            yield
