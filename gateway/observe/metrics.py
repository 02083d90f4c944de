"""What the gateway counts and measures, for Prometheus: docs/metrics.md names every series.

One object per gateway with a registry of its own, so that several gateways fit into one process.
The code says what happened in words of its domain; names and labels of series are written here and
nowhere else. A label is a connector that exists here or a word of this code, and never anything
out of a request: nobody can make series grow, and no user, tenant, account or token gets in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from gateway.errors import code_of
from gateway.settings.limits import LimitName

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of ``Metrics.text``: the Prometheus text format, which every scraper reads."""

UNKNOWN = "unknown"
"""The label of a connector that does not exist here."""

# The time when each series began: it doubles their number, and Prometheus does not ask for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

_WAITS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)  # seconds
_ANSWERS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds; nobody waits longer than ten

Endpoint = Literal["exchange", "refresh", "revoke", "api", "introspect"]
"""What a request to a provider is for."""


class RefreshOutcome(StrEnum):
    """How a refresh went."""

    REFRESHED = "refreshed"
    NOT_STORED = "not_stored"
    REPEATED = "repeated"
    REJECTED = "rejected"
    LOST_ROTATION = "lost_rotation"
    MISCONFIGURED = "misconfigured"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    UNREADABLE = "unreadable"
    REFUSED = "refused"


class TokenResult(StrEnum):
    """What a token read was answered with, where it was a token."""

    SERVED = "served"
    RENEWED = "renewed"
    STALE_SERVED = "stale_served"


class RequestResult(StrEnum):
    """What became of a request to a provider; the last four never left this machine."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    UNREADABLE = "unreadable"
    BROKEN = "broken"
    TIMEOUT = "timeout"
    ABANDONED = "abandoned"
    UNREACHABLE = "unreachable"
    BREAKER_OPEN = "breaker_open"
    NO_SLOT = "no_slot"
    NOT_SENT = "not_sent"


class DeliveryOutcome(StrEnum):
    """What came of an attempt to deliver an event to a webhook."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNSIGNED = "unsigned"
    BROKEN = "broken"
    GONE = "gone"
    GIVEN_UP = "given_up"


class Metrics:
    """Counts for one gateway. ``connectors`` are the names that may become labels."""

    def __init__(self, connectors: Iterable[str] = ()) -> None:
        self._known = frozenset(connectors)
        self._registry = CollectorRegistry()
        self._refreshes = self._counter(
            "gateway_refreshes", "Refreshes by how they went.", "connector", "outcome"
        )
        self._lease_waits = self._histogram(
            "gateway_refresh_lease_wait_seconds",
            "How long a caller waited for a refresh of another process.",
            _WAITS,
            "connector",
        )
        self._token_reads = self._counter(
            "gateway_token_reads", "Reads of a token by what was answered.", "connector", "result"
        )
        # The one that is counted thousands of times a second: looked up once.
        self._token_read_series: dict[tuple[str, str], Counter] = {}
        self._flows = self._counter(
            "gateway_flows", "Connect flows: started, and how they ended.", "connector", "outcome"
        )
        self._requests = self._counter(
            "gateway_provider_requests",
            "Requests to providers by what became of them.",
            "connector",
            "endpoint",
            "result",
        )
        self._latency = self._histogram(
            "gateway_provider_request_seconds",
            "Time from sending a request to a provider to the end of its answer.",
            _ANSWERS,
            "connector",
            "endpoint",
        )
        self._in_flight = self._gauge(
            "gateway_provider_requests_in_flight", "Requests to providers under way.", "connector"
        )
        self._open_breakers = self._gauge(
            "gateway_provider_open_breakers",
            "Hosts of a connector that are not asked for a while, because they kept failing.",
            "connector",
        )
        self._deliveries = self._counter(
            "gateway_webhook_deliveries",
            "Attempts to deliver an event to a webhook by what came of them.",
            "outcome",
        )
        self._audit_dropped = self._counter(
            "gateway_audit_dropped",
            "Lines of the audit that were lost while the database was away.",
        )
        self._rate_limited = self._counter(
            "gateway_rate_limited",
            "Requests that were refused because there were too many.",
            "limit",
        )
        self._open_flows = self._gauge(
            "gateway_open_flows", "Connect flows that nobody finished yet, of all processes."
        )

    def refresh(self, connector: str, outcome: RefreshOutcome) -> None:
        """A refresh went like this."""
        self._refreshes.labels(self._name(connector), outcome.value).inc()

    def lease_waited(self, connector: str, seconds: float) -> None:
        """A caller waited so long for another process's refresh."""
        self._lease_waits.labels(self._name(connector)).observe(seconds)

    def token_read(self, connector: str, result: TokenResult) -> None:
        """A token was handed out."""
        labels = (self._name(connector), result.value)
        series = self._token_read_series.get(labels)
        if series is None:
            series = self._token_read_series[labels] = self._token_reads.labels(*labels)
        series.inc()

    @contextmanager
    def failed_token_reads(self, connector: str) -> Iterator[None]:
        """Count an error that ends the block as the result of a token read."""
        try:
            yield
        except Exception as error:  # counted, whatever it is, and passed on
            # An error knows the connector's name, also where it was asked for by its alias.
            name = self._name(getattr(error, "connector", None) or connector)
            self._token_reads.labels(name, code_of(error)).inc()
            raise

    def flow_started(self, connector: str) -> None:
        """Somebody began to connect."""
        self._flows.labels(self._name(connector), "started").inc()

    @contextmanager
    def flow_end(self, connector: str) -> Iterator[None]:
        """Count how the block ends as the end of a flow: ``connected``, or its error."""
        try:
            yield
        except Exception as error:  # counted, whatever it is, and passed on
            self._flows.labels(self._name(connector), code_of(error)).inc()
            raise
        self._flows.labels(self._name(connector), "connected").inc()

    def request_began(self, connector: str) -> None:
        """A request to a provider leaves."""
        self._in_flight.labels(self._name(connector)).inc()

    def request_ended(self, connector: str, endpoint: Endpoint, seconds: float) -> None:
        """It was answered, or nobody waits for it any more."""
        name = self._name(connector)
        self._in_flight.labels(name).dec()
        self._latency.labels(name, endpoint).observe(seconds)

    def request(self, connector: str, endpoint: Endpoint, result: RequestResult) -> None:
        """This became of a request to a provider, whether it left or not."""
        self._requests.labels(self._name(connector), endpoint, result.value).inc()

    def open_breakers(self, connector: str, count: int) -> None:
        """So many of the connector's hosts are not asked now."""
        self._open_breakers.labels(self._name(connector)).set(count)

    def delivery(self, outcome: DeliveryOutcome) -> None:
        """This came of an attempt to deliver an event."""
        self._deliveries.labels(outcome.value).inc()

    def audit_dropped(self) -> None:
        """A line of the audit was given up: the database did not take them for too long."""
        self._audit_dropped.inc()

    def rate_limited(self, limited: LimitName) -> None:
        """Somebody was told to come back later."""
        self._rate_limited.labels(limited.value).inc()

    def open_flows(self, count: int) -> None:
        """So many attempts to connect are open, in all processes together."""
        self._open_flows.set(count)

    def text(self) -> bytes:
        """All of it in the Prometheus text format (``CONTENT_TYPE``)."""
        return generate_latest(self._registry)

    def _name(self, connector: str) -> str:
        return connector if connector in self._known else UNKNOWN

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self._registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(name, text, labels, registry=self._registry, buckets=buckets)
