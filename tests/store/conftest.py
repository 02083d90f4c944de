"""The store's own tests run on both drivers of MongoDB: `make test` runs those on the default."""

from __future__ import annotations

import pytest

from gateway.settings.environment import Driver, Settings

DEFAULT = Settings.model_fields["mongodb_driver"].default


@pytest.fixture(
    params=[
        pytest.param(each, marks=() if each is DEFAULT else pytest.mark.long) for each in Driver
    ],
    ids=str,
)
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver; ``database`` uses it."""
    chosen: Driver = request.param
    return chosen
