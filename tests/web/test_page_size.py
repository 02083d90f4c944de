"""The budget of the dashboard: below 100 KiB with every connector, compressed as proxies do it."""

from __future__ import annotations

import gzip
import re

from connectors.catalog import CONNECTOR_CATALOG
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness

MOST = 100 * 1024


async def test_the_dashboard_and_all_that_it_loads_is_below_100_kib(gateway: Harness) -> None:
    """Marks further down are loaded only when a person scrolls there; they are counted, too."""
    browser = await gateway.browser("alice")
    page = await browser.open("/dashboard/connectors")
    assert page.text.count('id="connector-') == len(CONNECTOR_CATALOG)
    total = len(gzip.compress(page.content))
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
    assert {"/static/gateway.css", "/static/gateway.js", "/static/live.js"} < loaded
    for address in loaded:
        answer = await browser.client.get(GATEWAY_URL + address)
        assert answer.status_code == 200
        total += len(gzip.compress(answer.content))
    assert total < MOST
