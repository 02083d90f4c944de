"""``/healthz`` and ``/readyz``: what they say, when, and what they do not tell (security L5)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.server.readiness import Readiness
from gateway.settings.environment import Settings
from gateway.web.app import create_app
from gateway.wiring.process import open_services
from tests.support.gateway import FakeClock, Harness, with_state
from tests.support.problems import problem


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
async def client(gateway: Harness, readiness: Readiness) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a process whose end a test can announce."""
    settings: Settings = gateway.settings
    app = create_app(
        settings, lambda: open_services(settings, {}, clock=FakeClock(), readiness=readiness)
    )
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        transport = httpx.ASGITransport(with_state(app, state), raise_app_exceptions=False)
        async with httpx.AsyncClient(base_url=settings.public_url, transport=transport) as opened:
            yield opened


async def test_a_process_that_works_says_so_and_nothing_else(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.requirement("L3")
async def test_a_process_that_was_told_to_stop_is_alive_not_ready_and_still_works(
    client: httpx.AsyncClient, readiness: Readiness, gateway: Harness
) -> None:
    """First no new requests come, then those under way are finished."""
    readiness.stop()
    refused = problem(await client.get("/readyz"), 503, "not_ready")
    assert refused["detail"] == "it is shutting down"
    assert (await client.get("/healthz")).status_code == 200
    key = await gateway.key(Role.TOKENS)
    answer = await client.post(
        "/v1/connectors/google/token",
        json={"user": "alice"},
        headers={"Authorization": f"Bearer {key}"},
    )
    problem(answer, 404, "connector_unknown")  # answered as ever: this process has no credentials
