"""Traces: one span for a request, one for each request to a provider, and no secret in them."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.errors import ProviderUnavailable
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.web.middleware import Envelope
from tests.support.spans import set_up_traces

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
SECRET = "canary-1f7e"


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans that have ended, as an SDK gets them."""
    return set_up_traces(monkeypatch)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Send one request to a provider that fails, then answer as the path says."""
    async with Bulkhead(Metrics()).admit("acme", "refresh", "api.acme.example") as outcome:
        outcome.answered(503)
    if scope["path"] == "/fails":
        raise ValueError(SECRET)
    await Response("ok", 404)(scope, receive, send)


async def get(url: str, **headers: str) -> None:
    transport = httpx.ASGITransport(Envelope(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateway.test") as client:
        await client.get(url, headers=headers)


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


async def test_a_request_and_its_call_to_a_provider_continue_the_callers_trace(
    finished: InMemorySpanExporter,
) -> None:
    await get(
        f"/v1/acme?code={SECRET}",
        traceparent=f"00-{TRACE}-{PARENT}-01",
        authorization=f"Bearer {SECRET}",
        **{"x-request-id": "req_12345678", "baggage": f"user={SECRET}"},
    )
    call, request = finished.get_finished_spans()
    assert request.kind is SpanKind.SERVER
    assert request.parent is not None
    assert f"{request.context.trace_id:032x}/{request.parent.span_id:016x}" == f"{TRACE}/{PARENT}"
    assert attributes(request) == {
        "http.request.method": "GET",
        "url.path": "/v1/acme",
        "gateway.request_id": "req_12345678",
        "http.response.status_code": 404,
    }
    assert request.status.status_code is StatusCode.UNSET
    assert call.name == "refresh acme"
    assert call.kind is SpanKind.CLIENT
    assert call.parent is not None
    assert call.parent.span_id == request.context.span_id
    assert attributes(call)["gateway.result"] == "failed"
    assert call.status.status_code is StatusCode.ERROR
    assert SECRET not in request.to_json() + call.to_json()


async def test_an_unforeseen_error_is_told_without_its_text(finished: InMemorySpanExporter) -> None:
    await get("/fails", traceparent="what is this")
    request = finished.get_finished_spans()[-1]
    assert request.parent is None
    assert request.status.status_code is StatusCode.ERROR
    assert attributes(request)["http.response.status_code"] == 500
    assert SECRET not in request.to_json()


async def test_a_request_that_is_not_sent_has_no_span(finished: InMemorySpanExporter) -> None:
    bulkhead = Bulkhead(Metrics(), slots=1, patience_seconds=0)
    async with bulkhead.admit("acme", "api", "a.example") as outcome:
        with pytest.raises(ProviderUnavailable):
            async with bulkhead.admit("acme", "api", "a.example"):
                pass
        outcome.answered(200)
    assert [span.name for span in finished.get_finished_spans()] == ["api acme"]


def test_without_an_sdk_nothing_is_traced_and_none_is_loaded() -> None:
    code = "import sys, gateway.web.app, gateway.observe.traces as t; print(t.are_on(), end=' ')"
    more = "; print(any('opentelemetry.sdk' in name for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + more], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"
