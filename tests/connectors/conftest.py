"""Shared by the tests of the connectors: the gateway's own way to a provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.services.provider import Provider
from tests.support.silent import bulkhead


@pytest.fixture
def now() -> datetime:
    """When every answer arrives."""
    return datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
async def provider(now: datetime) -> AsyncIterator[Provider]:
    """The requests of the services, over the gateway's only HTTP client."""
    async with open_outbound(EgressPolicy(), bulkhead()) as outbound:
        yield Provider(outbound, lambda: now)
