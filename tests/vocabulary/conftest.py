"""A gateway and a sandbox with the invented providers of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.sandbox import SandboxProcess, running_sandbox
from tests.testing.conftest import workplace

__all__ = ["gateway", "invented", "workplace"]

PROVIDERS = Path(__file__).parent / "providers"
HOSTS = {"OAUTH_CAMPUS_HOSTS": "campus.north.example *.south.example"}


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The sandbox that simulates them."""
    folder: Path = tmp_path_factory.mktemp("vocabulary")
    path = str(PROVIDERS)
    with running_sandbox(folder, GATEWAY_URL, GATEWAY_CONNECTORS_PATH=path) as process:
        yield process


@pytest.fixture
async def gateway(
    mongodb_url: str, database_name: str, invented: SandboxProcess, clock: FakeClock
) -> AsyncIterator[Harness]:
    """The gateway that connects them."""
    async with running_gateway(
        mongodb_url,
        database_name,
        env=HOSTS,
        clock=clock,
        sandbox=invented.url,
        public_url=GATEWAY_URL,
        connectors_path=PROVIDERS,
    ) as harness:
        yield harness
