"""The store's own tests run on both drivers of MongoDB."""

from __future__ import annotations

import pytest

from gateway.settings.environment import Driver


@pytest.fixture(params=[*Driver], ids=str)
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver; ``database`` uses it."""
    chosen: Driver = request.param
    return chosen
