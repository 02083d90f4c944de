"""``/metrics``: its numbers move with what happens, and hold nothing that belongs to anybody."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault, read_encryption_keys
from gateway.errors import SettingsError
from gateway.outbound.breaker import FAILURES
from gateway.server.run import free_port
from gateway.settings.environment import Settings
from gateway.web.app import OPERATIONS
from gateway.web.metrics import exposed
from gateway.wiring.process import Services
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.loopback import loopback_client
from tests.support.problems import problem
from tests.support.sandbox import SandboxProcess
from tests.support.series import samples, value_in
from tests.support.silent import NO_AUDIT
from tests.support.tokens import connect, connections, force, revoke_at_google, token_of


class Page:
    """The metrics page of a gateway, read for each question."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def text(self) -> str:
        """The page, as a scraper gets it."""
        answer = await self._client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.text

    async def value(self, name: str, **labels: str) -> float:
        """The sum of the samples with these labels."""
        return value_in(await self.text(), f"gateway_{name}", **labels)


@pytest.fixture
async def page(gateway: Harness) -> Page:
    return Page(await gateway.api())


async def test_connecting_reading_and_refreshing_are_counted(
    gateway: Harness, page: Page, sandbox: SandboxProcess, clock: FakeClock
) -> None:
    assert [sample for sample in samples(await page.text()) if sample.value] == []
    await connect(gateway, "google")
    for outcome in ("started", "connected"):
        assert await page.value("flows_total", connector="google", outcome=outcome) == 1
    exchange = {"connector": "google", "endpoint": "exchange"}
    assert await page.value("provider_requests_total", result="answered", **exchange) == 1
    assert await page.value("provider_request_seconds_count", **exchange) == 1

    token_of(await gateway.token("google", "alice"))
    assert await page.value("token_reads_total", connector="google", result="served") == 1
    assert await page.value("refreshes_total") == 0

    clock.advance(hours=1)
    token_of(await gateway.token("google", "alice"))
    assert await page.value("token_reads_total", connector="google", result="renewed") == 1
    assert await page.value("refreshes_total", connector="google", outcome="refreshed") == 1
    refresh = {"connector": "google", "endpoint": "refresh"}
    assert await page.value("provider_requests_total", result="answered", **refresh) == 1
    assert await page.value("provider_requests_in_flight") == 0


@pytest.mark.parametrize(
    ("fault", "outcome", "result"),
    [
        ("status_500", "unavailable", "failed"),
        ("rate_limited", "rate_limited", "refused"),
        ("redirect", "unreadable", "unreadable"),
        ("huge", "unreadable", "unreadable"),
    ],
)
async def test_a_refresh_that_fails_is_counted_by_its_reason(
    gateway: Harness,
    page: Page,
    sandbox: SandboxProcess,
    clock: FakeClock,
    fault: str,
    outcome: str,
    result: str,
) -> None:
    await connect(gateway, "google")
    sandbox.fail("google", fault)
    clock.advance(hours=1)
    problem(await gateway.token("google", "alice"), 503, "provider_unavailable")
    assert await page.value("refreshes_total", connector="google", outcome=outcome) == 1
    assert await page.value("refreshes_total") == 1
    wanted = {"connector": "google", "endpoint": "refresh", "result": result}
    assert await page.value("provider_requests_total", **wanted) == 1


async def test_a_token_that_is_handed_out_although_its_refresh_fails_is_counted_as_such(
    gateway: Harness, page: Page, sandbox: SandboxProcess, clock: FakeClock
) -> None:
    """Rule 3, seen from outside."""
    await connect(gateway, "google")
    sandbox.fail("google", "status_500")
    clock.advance(minutes=59, seconds=30)
    token_of(await gateway.token("google", "alice"))
    assert await page.value("token_reads_total", connector="google", result="stale_served") == 1


async def test_a_grant_that_is_gone_is_counted_once_however_many_ask(
    gateway: Harness, page: Page, sandbox: SandboxProcess
) -> None:
    await connect(gateway, "google")
    revoke_at_google(sandbox, token_of(await gateway.token("google", "alice")))
    for _ in range(3):
        problem(await force(gateway, "google"), 409, "reauthorization_required")
    reads = await page.value(
        "token_reads_total", connector="google", result="reauthorization_required"
    )
    assert reads == 3
    assert await page.value("refreshes_total", connector="google", outcome="rejected") == 1


async def test_a_flow_that_fails_is_counted_by_its_error(gateway: Harness, page: Page) -> None:
    api = await gateway.api()
    answer = await api.get("/v1/connectors/google/callback?state=made-up&code=canary")
    assert answer.status_code == 400
    assert await page.value("flows_total", connector="google", outcome="state_unknown") == 1


@pytest.mark.requirement("L2")
async def test_failing_provider_is_left_alone_by_every_connect_attempt(
    gateway: Harness, page: Page, sandbox: SandboxProcess
) -> None:
    """The connect flow goes through the same breaker, and nothing is sent while it is open."""
    await connect(gateway, "google")
    sandbox.fail("google", "status_500", FAILURES + 1)
    mark = sandbox.mark()
    browser = await gateway.browser("bob")
    for _ in range(FAILURES):
        assert await browser.connect("google", ACCOUNTS["google"]) != "connected"
    assert await page.value("provider_open_breakers", connector="google") == 1
    assert await browser.connect("google", ACCOUNTS["google"]) != "connected"
    refused = await force(gateway, "google")
    problem(refused, 503, "provider_unavailable")
    assert 1 <= int(refused.headers["retry-after"]) <= 5
    assert len(sandbox.token_requests("google", after=mark)) == FAILURES
    opened = await page.value("provider_requests_total", connector="google", result="breaker_open")
    assert opened == 2
    # Rule 4: no connection is lost, and a valid token is issued.
    token_of(await gateway.token("google", "alice"))
    assert [found["status"] for found in await connections(gateway)] == ["active"]
    # Another provider is as it was.
    await connect(gateway, "notion")


async def test_requests_cannot_make_the_series_grow(gateway: Harness, page: Page) -> None:
    """Names of connectors come with requests: those that do not exist share one label."""
    api = await gateway.api(Role.TOKENS)

    async def ask(name: str) -> None:
        await api.post(f"/v1/connectors/{name}/token", json={"user": "alice"})
        await api.post(f"/v1/connectors/{name}/refresh", json={"user": "alice"})
        await api.get(f"/v1/connectors/{name}/callback?state=made-up&code=canary")

    await ask("unheard-of")
    before = len(samples(await page.text()))
    for _ in range(30):
        await ask(f"canary-{secrets.token_hex(4)}")
    text = await page.text()
    assert len(samples(text)) == before
    assert "canary" not in text
    assert value_in(text, "gateway_token_reads_total", connector="unknown") == 62


@pytest.mark.requirement("J1", "J3")
async def test_nothing_that_belongs_to_anybody_is_in_it(
    gateway: Harness, page: Page, clock: FakeClock
) -> None:
    """Every token of the run, and whose they were."""
    sealer = TokenSealer(
        Vault(read_encryption_keys(gateway.settings.encryption_keys.get_secret_value())), NO_AUDIT
    )
    tokens: set[str] = set()
    await connect(gateway, "google")
    await connect(gateway, "notion")
    await connect(gateway, "shopify", shop="acme")
    for _ in range(3):
        for connector in ("google", "notion", "shopify"):
            tokens.add(token_of(await gateway.token(connector, "alice")))
        for stored in await gateway.services.connections.list_for("default", "alice"):
            tokens.add(sealer.access_token(stored).reveal())
            if (refresh := sealer.refresh_token(stored)) is not None:
                tokens.add(refresh.reveal())
        clock.advance(hours=2)
    found = await connections(gateway)
    people = {"alice", "default", "acme"} | {
        str(entry[name])
        for entry in found
        for name in ("id", "external_account_id", "account_label")
    }
    text = await page.text()
    assert len(tokens) > 6
    assert len(samples(text)) > 20
    assert [word for word in tokens | people | set(gateway.keys.values()) if word in text] == []


async def test_it_is_no_part_of_the_api(gateway: Harness) -> None:
    api = await gateway.api()
    assert "/metrics" not in (await api.get("/openapi.json")).json()["paths"]
    assert "/metrics" not in {operation.path for operation in OPERATIONS}
    problem(await api.post("/metrics"), 405, "method_not_allowed")


async def test_in_production_it_is_not_on_the_web_port_and_everywhere_only_if_wanted(
    mongodb_url: str, database_name: str
) -> None:
    url = "https://gateway.example.com"
    chosen: list[dict[str, Any]] = [
        {"mode": "production", "public_url": url},
        {"mode": "production", "public_url": url, "metrics": f"127.0.0.1:{free_port()}"},
        {"metrics": "off"},
    ]
    for settings in chosen:
        async with running_gateway(mongodb_url, database_name, **settings) as gateway:
            problem(await (await gateway.api()).get("/metrics"), 404, "not_found")
            problem(await (await gateway.api(*Role)).get("/metrics"), 404, "not_found")


def services_at(gateway: Harness, metrics: str) -> Services:
    """The services of a gateway whose settings say where."""
    return replace(gateway.services, settings=Settings(mode="dev", metrics=metrics))


async def test_an_address_of_its_own_serves_it_and_health_and_nothing_else(
    gateway: Harness,
) -> None:
    address = f"127.0.0.1:{free_port()}"
    found = gateway.services.metrics
    found.flow_started("google")
    async with loopback_client(base_url=f"http://{address}") as scraper:
        async with exposed(services_at(gateway, address)):
            answer = await scraper.get("/metrics")
            assert answer.content == found.text()
            assert value_in(answer.text, "gateway_flows_total", connector="google") == 1
            for path in ("/healthz", "/readyz"):
                answer = await scraper.get(path)
                assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            for path in ("/", "/v1/connections", "/openapi.json", "/dashboard/connectors"):
                assert (await scraper.get(path)).status_code == 404
        with pytest.raises(httpx.ConnectError):
            await scraper.get("/metrics")


async def test_an_address_that_is_taken_is_told_at_start(gateway: Harness) -> None:
    address = f"127.0.0.1:{free_port()}"
    async with exposed(services_at(gateway, address)):
        with pytest.raises(SettingsError, match=f"nothing can listen at {address}"):
            async with exposed(services_at(gateway, address)):
                pass
