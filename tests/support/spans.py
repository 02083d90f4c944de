"""The spans of a process, without a collector."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.observe import traces


def set_up_traces(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Set up an SDK until the test ends; return what gets the spans that have ended."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(traces, "get_tracer_provider", lambda: provider)
    return exporter
