"""Metrics: the series, their labels, and the page that documents them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.errors import ConnectorRequired, WrongBrowser
from gateway.observe.metrics import (
    UNKNOWN,
    DeliveryOutcome,
    Endpoint,
    Metrics,
    RefreshOutcome,
    RequestResult,
    TokenResult,
)
from gateway.settings.limits import LimitName
from tests.support.series import samples, value

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["acme"])


def fill(metrics: Metrics, connector: str) -> None:
    """Report every event once for a connector."""
    for outcome in RefreshOutcome:
        metrics.refresh(connector, outcome)
    for read in TokenResult:
        metrics.token_read(connector, read)
    for endpoint in get_args(Endpoint):
        metrics.request_began(connector)
        metrics.request_ended(connector, endpoint, 0.2)
        for result in RequestResult:
            metrics.request(connector, endpoint, result)
    for delivery in DeliveryOutcome:
        metrics.delivery(delivery)
    for limited in LimitName:
        metrics.rate_limited(limited)
    for mode in ("enforce", "observe"):
        metrics.rule_refused(connector, mode)
    metrics.hook_run(connector, "done")
    metrics.answer_filtered(connector, 2, unread=True)
    metrics.open_flows(3)
    metrics.lease_waited(connector, 0.3)
    metrics.flow_started(connector)
    metrics.open_breakers(connector, 2)
    metrics.token_read_failed(connector, ConnectorRequired("nowhere"))
    with pytest.raises(WrongBrowser), metrics.flow_end(connector):
        raise WrongBrowser
    with metrics.flow_end(connector):
        pass


def test_every_event_is_counted_under_its_connector(metrics: Metrics) -> None:
    fill(metrics, "acme")
    for outcome in RefreshOutcome:
        assert value(metrics, "gateway_refreshes_total", connector="acme", outcome=outcome) == 1
    for read in TokenResult:
        assert value(metrics, "gateway_token_reads_total", connector="acme", result=read) == 1
    assert value(metrics, "gateway_token_reads_total", result="connector_required") == 1
    for end in ("started", "connected", "wrong_browser"):
        assert value(metrics, "gateway_flows_total", connector="acme", outcome=end) == 1
    assert value(metrics, "gateway_echoes_hidden_total", connector="acme") == 2
    assert value(metrics, "gateway_answers_unread_total", connector="acme") == 1
    for mode in ("enforce", "observe"):
        labels = {"connector": "acme", "mode": mode}
        assert value(metrics, "gateway_rule_refusals_total", **labels) == 1
    for delivery in DeliveryOutcome:
        assert value(metrics, "gateway_webhook_deliveries_total", outcome=delivery) == 1
    for endpoint in get_args(Endpoint):
        labels = {"connector": "acme", "endpoint": endpoint}
        for result in RequestResult:
            assert value(metrics, "gateway_provider_requests_total", result=result, **labels) == 1
        name = "gateway_provider_request_seconds"
        assert value(metrics, f"{name}_count", **labels) == 1
        assert value(metrics, f"{name}_sum", **labels) == pytest.approx(0.2)
        assert value(metrics, f"{name}_bucket", le="0.1", **labels) == 0
        assert value(metrics, f"{name}_bucket", le="0.25", **labels) == 1
    assert value(metrics, "gateway_refresh_lease_wait_seconds_count", connector="acme") == 1
    assert value(metrics, "gateway_provider_requests_in_flight", connector="acme") == 0
    assert value(metrics, "gateway_provider_open_breakers", connector="acme") == 2


def test_connectors_that_do_not_exist_here_share_one_label(metrics: Metrics) -> None:
    fill(metrics, "first-unheard-of")
    size = len(samples(metrics.text().decode()))
    for number in range(50):
        fill(metrics, f"unheard-of-{number}")
    found = samples(metrics.text().decode())
    assert len(found) == size
    assert {s.labels["connector"] for s in found if "connector" in s.labels} == {UNKNOWN}


def test_two_gateways_of_one_process_count_separately(metrics: Metrics) -> None:
    fill(Metrics(["acme"]), "acme")
    assert value(metrics, "gateway_refreshes_total") == 0


def test_created_series_are_off(metrics: Metrics) -> None:
    fill(metrics, "acme")
    assert not [s.name for s in samples(metrics.text().decode()) if s.name.endswith("_created")]


def test_the_page_names_every_metric_with_its_labels_and_no_other(metrics: Metrics) -> None:
    rows = re.findall(r"^\| `(gateway_\w+)` \| ([^|]*) \|", PAGE, re.MULTILINE)
    described = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    assert len(described) == len(rows)
    fill(metrics, "acme")
    assert described == {
        family.name + "_total" * (family.type == "counter"): {*family.samples[0].labels} - {"le"}
        for family in text_string_to_metric_families(metrics.text().decode())
    }


@pytest.mark.parametrize(
    "words", [RefreshOutcome, TokenResult, RequestResult, DeliveryOutcome], ids=str
)
def test_the_page_explains_every_label_value(words: type[RefreshOutcome]) -> None:
    missing = [word.value for word in words if f"| `{word.value}` |" not in PAGE]
    assert missing == []


def test_the_page_explains_every_kind_of_endpoint() -> None:
    assert [kind for kind in get_args(Endpoint) if f"`{kind}`" not in PAGE] == []
