"""A shutdown seen from outside: first not ready, then no new requests, then gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.settings.environment import Driver
from tests.support.commands import create_key
from tests.support.loopback import loopback_client
from tests.support.processes import Deployment, running_deployment
from tests.support.waiting import PATIENCE_SECONDS, until


@pytest.fixture
def deployment(
    tmp_path: Path, mongodb_url: str, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    """One gateway, which goes on for a while after the signal."""
    monkeypatch.setenv("GATEWAY_DRAIN_SECONDS", "15")
    with running_deployment(
        tmp_path, mongodb_url=mongodb_url, database=database_name, driver=Driver.MOTOR, gateways=1
    ) as running:
        yield running


@pytest.mark.requirement("L3")
async def test_it_says_that_it_is_not_ready_while_it_still_answers(deployment: Deployment) -> None:
    """Load balancers have time to notice; a second signal ends the wait."""
    (gateway,) = deployment.gateways

    async def ask(path: str) -> httpx.Response:
        async with loopback_client() as newcomer:
            return await newcomer.get(gateway.url + path)

    async def is_not_ready() -> bool:
        return (await ask("/readyz")).status_code == 503

    assert (await ask("/readyz")).status_code == 200
    key = create_key("connections", env=deployment.env)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        loopback_client() as listener,
        listener.stream(
            "GET", gateway.url + "/v1/events", params={"user": "alice"}, headers=headers
        ) as stream,
    ):
        blocks = stream.aiter_text()
        async with asyncio.timeout(PATIENCE_SECONDS):  # comments keep the stream open
            while "event: snapshot" not in await anext(blocks):
                pass
        gateway.process.send_signal(signal.SIGTERM)
        # It ends at once and properly, though requests are accepted for 15 seconds more.
        async with asyncio.timeout(10):
            assert [part async for part in blocks] == []
    await until(is_not_ready)
    assert (await ask("/readyz")).json()["code"] == "not_ready"
    assert (await ask("/healthz")).status_code == 200
    assert (await ask("/v1/connectors/available")).json()["connectors"]
    gateway.process.send_signal(signal.SIGTERM)
    code = await asyncio.to_thread(gateway.process.wait, PATIENCE_SECONDS)
    assert code == 0
    with pytest.raises(httpx.ConnectError):
        await ask("/healthz")
