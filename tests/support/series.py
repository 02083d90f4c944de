"""Metrics as a scraper reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from gateway.observe.metrics import Metrics


def samples(text: str) -> list[Sample]:
    """Every sample of a page in the text format."""
    return [s for family in text_string_to_metric_families(text) for s in family.samples]


def value_in(text: str, name: str, **labels: str) -> float:
    """The sum of the samples with that name and these labels; 0 without such a sample."""
    return sum(
        sample.value
        for sample in samples(text)
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def value(metrics: Metrics, name: str, **labels: str) -> float:
    """``value_in`` of a gateway's metrics."""
    return value_in(metrics.text().decode(), name, **labels)
