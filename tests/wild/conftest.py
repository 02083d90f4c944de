"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.settings.environment import Driver
from gateway.store.mongo import Database, open_database
from tests.support.rows import Rows


@pytest.fixture
async def workplace(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    """Yield an empty database with its indexes."""
    async with open_database(mongodb_url, database_name, Driver.PYMONGO) as opened:
        yield opened


@pytest.fixture
def rows(workplace: Database) -> Rows:
    """Return the rows of the gateway's database."""
    return Rows(workplace)
