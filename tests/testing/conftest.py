"""A database for workbenches."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.settings.environment import Driver
from gateway.store.mongo import Database, open_database


@pytest.fixture
async def workplace(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    """An empty database with its indexes, on the driver of ``gateway.testing.runner``."""
    async with open_database(mongodb_url, database_name, Driver.PYMONGO) as opened:
        yield opened
