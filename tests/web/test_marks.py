"""What connectors are recognised by: brand marks from simple-icons, else letters on a colour."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from gateway.web.pages import HERE, HUES, MARKS, monogram
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness

FOLDER = HERE / "static" / "marks"


@pytest.mark.quick
def test_most_connectors_have_a_mark_and_the_others_differ() -> None:
    assert {*CONNECTOR_CATALOG} >= MARKS
    assert len(MARKS) > len(CONNECTOR_CATALOG) / 2
    catalog = Catalog({})
    letters = Counter(
        (monogram(catalog.described(name).display_name), zlib.adler32(name.encode()) % HUES)
        for name in CONNECTOR_CATALOG
        if name not in MARKS
    )
    assert {count for count in letters.values()} == {1}


@pytest.mark.quick
@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Slack", "Sl"),
        ("SendGrid", "SG"),
        ("Zoho CRM", "ZC"),
        ("TMDB", "TM"),
        ("monday.com", "MC"),
        ("fal", "Fa"),
        ("...", ".."),
    ],
)
def test_a_monogram_has_two_letters(name: str, letters: str) -> None:
    assert monogram(name) == letters


@pytest.mark.quick
def test_a_mark_is_small_and_only_a_drawing() -> None:
    """An image that is served from this origin must hold no script, style or address."""
    assert "CC0" in (FOLDER / "LICENSE").read_text()
    for file in FOLDER.glob("*.svg"):
        text = file.read_text()
        assert len(text) < 5000, file.name
        root = ElementTree.fromstring(text)  # noqa: S314 - the same
        assert [each.tag.rpartition("}")[2] for each in root] == ["path", "path"]
        assert all({*each.attrib} == {"fill", "d"} for each in root)


async def test_marks_are_loaded_when_they_come_into_view_and_kept(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/dashboard/connectors")
    images = re.findall(r"<img [^>]*>", page.text)
    assert images
    for image in images:
        assert 'loading="lazy"' in image
        assert 'alt=""' in image
        (address,) = re.findall(r'src="([^"]+)"', image)
        assert urlsplit(address).path.removeprefix("/static/marks/").removesuffix(".svg") in MARKS
    answer = await browser.client.get(f"{GATEWAY_URL}/static/marks/notion.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    styles = await browser.client.get(f"{GATEWAY_URL}/static/gateway.css")
    assert styles.headers["cache-control"] == "no-cache"
