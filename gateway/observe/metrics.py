"""Prometheus metrics of the gateway; docs/metrics.md names every series.

Each gateway has its own registry, so that a process can hold several. Callers report events; only
this module knows the names and labels of series. A label is the name of an existing connector or a
fixed word, never a value from a request. So no client can add series, and no user, tenant, account
or token appears in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
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
"""Media type of ``Metrics.text``: the Prometheus text format."""

UNKNOWN = "unknown"
"""Label for connectors that this gateway does not have."""

# "_created" series double the number of series, and Prometheus does not use them.
disable_created_metrics()  # type: ignore[no-untyped-call]

_WAITS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)  # seconds
_ANSWERS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds; requests time out after ten

Endpoint = Literal["exchange", "refresh", "revoke", "api", "introspect", "verify", "proxy"]
"""Kind of a request to a provider."""


class RefreshOutcome(StrEnum):
    """Outcome of a refresh."""

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
    """Result of a token read that returned a token."""

    SERVED = "served"
    RENEWED = "renewed"
    STALE_SERVED = "stale_served"


class RequestResult(StrEnum):
    """Result of a request to a provider. Requests with one of the last four were never sent."""

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
    """Outcome of an attempt to deliver an event to a webhook."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNSIGNED = "unsigned"
    BROKEN = "broken"
    GONE = "gone"
    GIVEN_UP = "given_up"


class Metrics:
    """Metrics of one gateway. Only the names in ``connectors`` become labels."""

    def __init__(self, connectors: Iterable[str] = ()) -> None:
        self._known = frozenset(connectors)
        self._registry = registry = CollectorRegistry()
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        histogram = partial(Histogram, registry=registry)
        self._refreshes = counter(
            "gateway_refreshes", "Refreshes by outcome.", ["connector", "outcome"]
        )
        self._lease_waits = histogram(
            "gateway_refresh_lease_wait_seconds",
            "How long callers waited for another process to refresh.",
            ["connector"],
            buckets=_WAITS,
        )
        self._token_reads = counter(
            "gateway_token_reads", "Token reads by result.", ["connector", "result"]
        )
        # Token reads are counted thousands of times a second. ``text`` adds them to their series.
        self._new_token_reads: defaultdict[tuple[str, TokenResult], int] = defaultdict(int)
        self._flows = counter(
            "gateway_flows", "Connect flows: started, and outcomes.", ["connector", "outcome"]
        )
        self._hook_runs = counter(
            "gateway_hook_runs", "Repeated runs of hooks by outcome.", ["connector", "outcome"]
        )
        by_endpoint = ["connector", "endpoint"]
        self._requests = counter(
            "gateway_provider_requests",
            "Requests to providers by result.",
            [*by_endpoint, "result"],
        )
        self._latency = histogram(
            "gateway_provider_request_seconds",
            "Time from sending a request to a provider to the end of its response.",
            by_endpoint,
            buckets=_ANSWERS,
        )
        self._in_flight = gauge(
            "gateway_provider_requests_in_flight", "Requests to providers under way.", ["connector"]
        )
        self._open_breakers = gauge(
            "gateway_provider_open_breakers",
            "Hosts of a connector with an open circuit breaker.",
            ["connector"],
        )
        self._deliveries = counter(
            "gateway_webhook_deliveries",
            "Attempts to deliver an event to a webhook, by outcome.",
            ["outcome"],
        )
        self._audit_dropped = counter(
            "gateway_audit_dropped", "Audit lines lost because the database was unavailable."
        )
        self._echoes = counter(
            "gateway_echoes_hidden", "Credentials taken out of answers.", ["connector"]
        )
        self._unread = counter(
            "gateway_answers_unread",
            "Answers passed on that could not be searched for the credential.",
            ["connector"],
        )
        self._usage_dropped = counter(
            "gateway_usage_dropped", "Usage events lost because the database was unavailable."
        )
        self._rule_refusals = counter(
            "gateway_rule_refusals",
            "Calls to providers that a rule refused, or would have refused.",
            ["connector", "mode"],
        )
        self._rate_limited = counter(
            "gateway_rate_limited", "Requests refused by a rate limit.", ["limit"]
        )
        self._open_flows = gauge("gateway_open_flows", "Unfinished connect flows of all processes.")

    def refresh(self, connector: str, outcome: RefreshOutcome) -> None:
        """Count a refresh."""
        self._refreshes.labels(self._name(connector), outcome.value).inc()

    def lease_waited(self, connector: str, seconds: float) -> None:
        """Record how long a caller waited for another process to refresh."""
        self._lease_waits.labels(self._name(connector)).observe(seconds)

    def token_read(self, connector: str, result: TokenResult) -> None:
        """Count a token read that returned a token."""
        self._new_token_reads[connector, result] += 1

    def token_read_failed(self, connector: str, error: Exception) -> None:
        """Count an error as the result of a token read."""
        self._token_reads.labels(self._name(connector), code_of(error)).inc()

    def flow_started(self, connector: str) -> None:
        """Count a started connect flow."""
        self._flows.labels(self._name(connector), "started").inc()

    @contextmanager
    def flow_end(self, connector: str) -> Iterator[None]:
        """Count the end of a connect flow: ``connected``, or the error that leaves the block."""
        try:
            yield
        except Exception as error:  # counted, and raised again
            self._flows.labels(self._name(connector), code_of(error)).inc()
            raise
        self._flows.labels(self._name(connector), "connected").inc()

    def hook_run(self, connector: str, outcome: str) -> None:
        """Count a repeated run of a hook: ``done``, or the reason why it failed."""
        self._hook_runs.labels(self._name(connector), outcome).inc()

    def request_began(self, connector: str) -> None:
        """Count a request to a provider as in flight."""
        self._in_flight.labels(self._name(connector)).inc()

    def request_ended(self, connector: str, endpoint: Endpoint, seconds: float) -> None:
        """Count a request as over, answered or abandoned, and record how long it took."""
        name = self._name(connector)
        self._in_flight.labels(name).dec()
        self._latency.labels(name, endpoint).observe(seconds)

    def request(self, connector: str, endpoint: Endpoint, result: RequestResult) -> None:
        """Count a request to a provider, sent or not."""
        self._requests.labels(self._name(connector), endpoint, result.value).inc()

    def open_breakers(self, connector: str, count: int) -> None:
        """Set the number of the connector's hosts with an open circuit breaker."""
        self._open_breakers.labels(self._name(connector)).set(count)

    def delivery(self, outcome: DeliveryOutcome) -> None:
        """Count an attempt to deliver an event."""
        self._deliveries.labels(outcome.value).inc()

    def audit_dropped(self) -> None:
        """Count an audit line that was dropped during an outage of the database."""
        self._audit_dropped.inc()

    def answer_filtered(self, connector: str, hidden: int, *, unread: bool) -> None:
        """Count the echoes in an answer, and an answer that could not be read to its end."""
        name = self._name(connector)
        self._echoes.labels(name).inc(hidden)
        self._unread.labels(name).inc(unread)

    def usage_dropped(self) -> None:
        """Count a usage event that was dropped during an outage of the database."""
        self._usage_dropped.inc()

    def rule_refused(self, connector: str, mode: str) -> None:
        """Count a call that a rule refused (``enforce``) or would have (``observe``)."""
        self._rule_refusals.labels(self._name(connector), mode).inc()

    def rate_limited(self, limited: LimitName) -> None:
        """Count a request that a rate limit refused."""
        self._rate_limited.labels(limited.value).inc()

    def open_flows(self, count: int) -> None:
        """Set the number of open connect flows of all processes."""
        self._open_flows.set(count)

    def text(self) -> bytes:
        """Return all metrics in the Prometheus text format (``CONTENT_TYPE``)."""
        for (connector, result), number in self._new_token_reads.items():
            self._token_reads.labels(self._name(connector), result.value).inc(number)
        self._new_token_reads.clear()
        return generate_latest(self._registry)

    def _name(self, connector: str) -> str:
        return connector if connector in self._known else UNKNOWN
