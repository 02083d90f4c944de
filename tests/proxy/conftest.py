"""A gateway on a socket in front of a provider that the test steers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.gateway import FakeClock
from tests.support.provider import StrictProvider, strict_provider
from tests.support.proxied import Proxy, proxying


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        yield provider


@pytest.fixture
async def proxy(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> AsyncIterator[Proxy]:
    async with proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as proxy:
        yield proxy
