"""The alerts and the dashboard: their expressions are right, and name every metric and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from gateway.observe.metrics import Metrics
from gateway.settings.environment import Settings
from tests.observe.test_metrics import fill
from tests.support.prometheus import needs_prometheus, promtool
from tests.support.series import samples

FOLDER = Path(__file__).parents[2] / "monitoring"
RULES = yaml.safe_load((FOLDER / "prometheus-rules.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS = [rule["expr"] for rule in RULES]
TESTS = yaml.safe_load((FOLDER / "prometheus-rules.test.yaml").read_text())["tests"]
TRIED = sorted({one["series"] for test in TESTS for one in test["input_series"]})
SHOWN = [target["expr"] for panel in PANELS for target in panel["targets"]]


def series() -> Iterator[tuple[str, dict[str, str]]]:
    """Name and labels of each sample, once everything was reported."""
    metrics = Metrics(["acme"])
    fill(metrics, "acme")
    metrics.audit_dropped()
    metrics.usage_dropped()
    return ((sample.name, sample.labels) for sample in samples(metrics.text().decode()))


def base(name: str) -> str:
    """The metric that a sample belongs to."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


def names(expressions: list[str]) -> set[str]:
    """The metrics in expressions."""
    return {base(name) for text in expressions for name in re.findall(r"\bgateway_\w+", text)}


METRICS = {base(name) for name, _ in series()}


@pytest.mark.parametrize("expression", [*ALERTS, *SHOWN])
def test_an_expression_is_valid(expression: str) -> None:
    promql_parser.parse(expression.replace("$__rate_interval", "5m"))


def test_the_parser_refuses_what_prometheus_would() -> None:
    for wrong in ("rate(gateway_open_flows)", "sum by (x) rate(a[5m]", "histogram_quantile(a)"):
        with pytest.raises(ValueError, match=r"\w"):
            promql_parser.parse(wrong)


@needs_prometheus
def test_promtool_finds_nothing_wrong_with_the_alerts() -> None:
    code, printed = promtool("check", "rules", "--lint-fatal", FOLDER / "prometheus-rules.yaml")
    assert (code, f"SUCCESS: {len(RULES)} rules found" in printed) == (0, True), printed


@needs_prometheus
@pytest.mark.long  # two hours of 21 alerts
def test_alerts_fire_when_they_should_and_not_otherwise() -> None:
    code, printed = promtool("test", "rules", FOLDER / "prometheus-rules.test.yaml")
    assert code == 0, printed


def test_each_alert_is_tried_when_it_fires_and_when_it_does_not() -> None:
    checks = [check for test in TESTS for check in test["alert_rule_test"]]
    found = {(check["alertname"], bool(check["exp_alerts"])) for check in checks}
    assert found == {(rule["alert"], fires) for rule in RULES for fires in (True, False)}
    assert names(TRIED) == METRICS


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    assert names(SHOWN) == METRICS
    (listed,) = [one for one in DASHBOARD["templating"]["list"] if one["name"] == "connector"]
    assert names([listed["definition"]]) <= METRICS


def test_every_alert_is_about_a_metric_and_every_metric_has_one() -> None:
    assert all(names([expression]) for expression in ALERTS)
    assert names(ALERTS) == METRICS


@pytest.mark.parametrize("expression", [*ALERTS, *SHOWN, *TRIED])
def test_labels_and_their_words_are_those_of_the_metrics(expression: str) -> None:
    found = [(name, labels) for name, labels in series() if base(name) in names([expression])]
    for label, word in re.findall(r'(\w+)!?="([^"]*)"', expression):
        assert word in {labels.get(label) for _, labels in found} | FREE.get(label, set()), word
    for label in re.findall(r"by \(([^)]*)\)", expression):
        for one in label.split(", "):
            assert all(one in {*labels, "le"} for _, labels in found), one


FREE = {
    "connector": {"google", "notion", "slack"},
    "instance": {"a", "b"},
    "outcome": {"connected", "done", "hook_error", "provider_declined", "timeout"},
    "result": {"provider_unavailable", "reauthorization_required", "store_unavailable"},
}
"""Words that callers of ``Metrics`` choose, and Prometheus."""


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_who_should_act_and_why(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    summary = rule["annotations"]["summary"]
    assert len(summary) > 20
    for label in re.findall(r"\$labels\.(\w+)", summary):
        assert f"by ({label}" in rule["expr"]


def test_the_alert_for_slots_fits_the_default() -> None:
    (alert,) = [rule["expr"] for rule in RULES if rule["alert"] == "RequestsPileUp"]
    assert alert.endswith(f"> {Settings.model_fields['provider_concurrency'].default * 9 // 10}")


def test_panels_have_titles_of_their_own_and_do_not_overlap() -> None:
    titles = [panel["title"] for panel in PANELS]
    assert len(titles) == len({*titles})
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
