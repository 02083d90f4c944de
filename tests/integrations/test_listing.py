"""The shape that connectors of the catalog and added APIs share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.catalog import Catalog
from connectors.config import Connector
from gateway.integrations.listing import catalog_row, display_url

CATALOG = Catalog({})


def test_every_connector_of_the_catalog_says_how_to_connect() -> None:
    rows = [catalog_row(each, tools=0) for each in CATALOG.descriptions()]
    assert len(rows) > 100
    for row in rows:
        assert row.methods, row.slug
        assert (row.kind, row.can_remove, row.can_refresh) == ("catalog", False, False)
        for method in row.methods:
            assert (method.kind == "oauth") == (method.oauth is not None)


def test_a_description_that_cannot_be_read_costs_its_methods_alone() -> None:
    broken: Any = SimpleNamespace(
        name="broken", display_name="Broken", description="", docs_url="https://a.example/", key=7
    )
    row = catalog_row(cast(Connector, broken), tools=3)
    assert (row.slug, row.methods, row.tools) == ("broken", (), 3)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/x?key=secret#part", "https://a.example/x"),
        ("https://user:secret@a.example:8443/", "https://a.example:8443/"),
    ],
)
def test_what_is_shown_of_a_url_is_no_secret(url: str, shown: str) -> None:
    assert display_url(url) == shown
