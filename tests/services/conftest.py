"""Fixtures for the services' tests: a stopped clock, and a second gateway on the same database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def second(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> AsyncIterator[Harness]:
    """A second gateway that shares only the database and its keys with the first."""
    keys = gateway.settings.encryption_keys.get_secret_value()
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        encryption_keys=keys,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
    ) as harness:
        yield harness
