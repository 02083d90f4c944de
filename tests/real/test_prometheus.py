"""A real Prometheus scrapes a gateway: every alert and every panel gets something to work with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from gateway.server.run import free_port
from gateway.settings.environment import Settings
from gateway.web.metrics import exposed
from tests.observe.test_metrics import fill
from tests.observe.test_monitoring import ALERTS, FOLDER, RULES, SHOWN, base, names
from tests.support.gateway import Harness
from tests.support.prometheus import Prometheus, needs_prometheus, running_prometheus
from tests.support.waiting import until

pytestmark = needs_prometheus


@pytest.fixture
async def prometheus(gateway: Harness, tmp_path: Path) -> AsyncIterator[Prometheus]:
    """A Prometheus that saw every event of the gateway twice."""
    address = f"127.0.0.1:{free_port()}"
    settings = Settings(mode="dev", metrics=address)
    rules = FOLDER / "prometheus-rules.yaml"
    async with exposed(replace(gateway.services, settings=settings)):
        fill(gateway.services.metrics, "google")
        with running_prometheus(tmp_path, target=address, rules=rules) as server:

            async def reads(count: int) -> bool:
                wanted = f'gateway_refreshes_total{{outcome="refreshed"}} == {count}'
                return bool(await anyio.to_thread.run_sync(server.query, wanted))

            await until(lambda: reads(1))
            fill(gateway.services.metrics, "google")
            await until(lambda: reads(2))
            yield server


async def test_prometheus_evaluates_every_expression_on_what_a_gateway_exports(
    prometheus: Prometheus,
) -> None:
    def judge() -> None:
        exported = {base(name) for name in prometheus.get("metadata")}
        assert "gateway_open_flows" in exported
        assert names([*ALERTS, *SHOWN]) <= exported
        for expression in SHOWN:
            shown = expression.replace("$__rate_interval", "1m").replace("$connector", ".*")
            assert prometheus.query(shown), expression
        for expression in ALERTS:
            prometheus.query(expression)

    await anyio.to_thread.run_sync(judge)


async def test_prometheus_evaluates_the_alerts_and_some_fire(prometheus: Prometheus) -> None:
    def rules() -> list[dict[str, str]]:
        (group,) = prometheus.get("rules")["groups"]
        found: list[dict[str, str]] = group["rules"]
        return found

    async def evaluated() -> bool:
        return all(rule["health"] != "unknown" for rule in await anyio.to_thread.run_sync(rules))

    await until(evaluated)
    found = await anyio.to_thread.run_sync(rules)
    assert [rule["name"] for rule in found] == [rule["alert"] for rule in RULES]
    assert {rule["health"] for rule in found} == {"ok"}, [rule.get("lastError") for rule in found]

    async def fires() -> bool:
        states = {rule["name"]: rule["state"] for rule in await anyio.to_thread.run_sync(rules)}
        assert states["NoProcessIsScraped"] == "inactive"
        return states["ProviderRefusesOurCredentials"] == "firing"

    await until(fires)
