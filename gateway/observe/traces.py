"""Traces: a span for each request, and one for each request to a provider.

They are made through the API of OpenTelemetry, which does nothing until an operator starts the
process with an SDK (docs/traces.md). A span holds words and the path that the access log holds:
never a query, a header, a body, a user, an account or a token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import ProxyTracerProvider, Span, SpanKind, StatusCode, get_tracer_provider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.observe.masking import masked

_HEADERS = (b"traceparent", b"tracestate")
_context = TraceContextTextMapPropagator()


def are_on() -> bool:
    """Whether an SDK was set up in this process."""
    return not isinstance(get_tracer_provider(), ProxyTracerProvider)


@contextmanager
def request_span(
    method: str,
    path: str,
    headers: Iterable[tuple[bytes, bytes]],
    request_id: str,
    status: Callable[[], int],
) -> Iterator[None]:
    """Trace a request to the gateway while the block answers it, if ``are_on``.

    The span continues the caller's trace (W3C ``traceparent``). ``status`` is asked at the end.
    """
    given = {name.decode(): value.decode("latin-1") for name, value in headers if name in _HEADERS}
    attributes = {
        "http.request.method": method,
        "url.path": masked(path),
        "gateway.request_id": request_id,
    }
    with _span(method, SpanKind.SERVER, attributes, _context.extract(given)) as span:
        try:
            yield
        finally:
            span.set_attribute("http.response.status_code", status())
            _fail_if(span, status() >= 500)


@contextmanager
def provider_span(connector: str, endpoint: str, result: Callable[[], str]) -> Iterator[None]:
    """Trace one request to a provider while the block sends it. ``result`` is asked at the end.

    The provider learns nothing of the trace.
    """
    if not are_on():
        yield
        return
    attributes = {"gateway.connector": connector, "gateway.endpoint": endpoint}
    with _span(f"{endpoint} {connector}", SpanKind.CLIENT, attributes) as span:
        try:
            yield
        finally:
            span.set_attribute("gateway.result", result())
            _fail_if(span, result() not in {"answered", "refused"})


def _span(
    name: str, kind: SpanKind, attributes: Mapping[str, str], context: Context | None = None
) -> AbstractContextManager[Span]:
    return (
        get_tracer_provider()
        .get_tracer("gateway")
        .start_as_current_span(
            name,
            context=context,
            kind=kind,
            attributes=attributes,
            # The text of an error that nobody foresaw may quote a value.
            record_exception=False,
            set_status_on_exception=False,
        )
    )


def _fail_if(span: Span, failed: bool) -> None:
    if failed:
        span.set_status(StatusCode.ERROR)
