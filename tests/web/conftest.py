"""Fixtures of the web tests. Every answer of every test here is searched for secrets at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from tests.conftest import GATEWAY_URL
from tests.support.answers import WatchedTransport, client_secrets, leaks
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.outside import write_solo
from tests.support.pasted import Providers, gateway_with_keys
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess, running_sandbox


@asynccontextmanager
async def watched(harness: Harness, sandbox: SandboxProcess) -> AsyncIterator[Harness]:
    """``harness``, with everything it answers checked in the end (security F3)."""
    watch = WatchedTransport(harness.transport)
    harness.transport = watch
    yield harness
    secrets = [*client_secrets(sandbox), harness.settings.encryption_keys.get_secret_value()]
    assert leaks(watch.answers, secrets) == []


@pytest.fixture
async def gateway(gateway: Harness, sandbox: SandboxProcess) -> AsyncIterator[Harness]:
    """The gateway of every test, watched."""
    async with watched(gateway, sandbox) as harness:
        yield harness


@pytest.fixture
def providers() -> Providers:
    """The providers of the invented connectors with pasted keys."""
    return Providers()


@pytest.fixture
async def keyed_gateway(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway with the invented connectors alone."""
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as harness:
        yield harness


@pytest.fixture
async def rows(mongodb_url: str, database_name: str) -> AsyncIterator[Rows]:
    """The rows of the gateway's database."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        yield Rows(database)


@pytest.fixture(scope="session")
def outside_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the connector of ``tests.support.outside``."""
    folder: Path = tmp_path_factory.mktemp("outside")
    write_solo(folder)
    return folder


@pytest.fixture(scope="session")
def outside_sandbox(
    outside_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxProcess]:
    """A sandbox that simulates the outside connector, too."""
    folder: Path = tmp_path_factory.mktemp("outside-sandbox")
    path = str(outside_folder)
    with running_sandbox(folder, GATEWAY_URL, GATEWAY_CONNECTORS_PATH=path) as sandbox:
        yield sandbox


@pytest.fixture
async def outside(
    mongodb_url: str,
    database_name: str,
    outside_folder: Path,
    outside_sandbox: SandboxProcess,
    clock: FakeClock,
) -> AsyncIterator[Harness]:
    """A gateway with the outside connector beside the others."""
    async with (
        running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            sandbox=outside_sandbox.url,
            public_url=GATEWAY_URL,
            connectors_path=outside_folder,
        ) as harness,
        watched(harness, outside_sandbox),
    ):
        yield harness


@pytest.fixture
def lasting_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep cached rows valid on a machine too busy to hear from the database each second."""
    monkeypatch.setattr("gateway.store.fresh.freshness.GOOD_SECONDS", 3600.0)
