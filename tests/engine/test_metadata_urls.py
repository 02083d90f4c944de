"""URLs with ``${metadata.x}``: what a provider said about an account, in an address (H4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.config import ConnectorConfig
from gateway.engine.templates import render_url
from gateway.errors import InvalidRequest
from tests.support.configs import TENANT, make_config

HOST = "https://${metadata.region}.example.com/v1"
PATH = "https://api.example.com/sites/${metadata.region}/v1"
BOTH = "https://${metadata.region}.example.com:8443/${metadata.region}/${connection_config.company}"

HOSTILE = [
    "a/../b",
    "evil.com#",
    "evil.com/",
    "evil.com?",
    "a@evil.com",
    "evil.com",
    "..",
    ".",
    "a\\b",
    "a%2f..",
    "%2e%2e",
    "a?b",
    "a#b",
    "a:80",
    "a b",
    "a\nb",
    "a\r\nX: 1",
    "a\x00",
    "é",
    "${client_id}",
    "$" + "{connection_config.company}",
    "/",
    "//evil.com",
    "",
    " ",
    "a;b",
    "a&b",
    "\u2024\u2024",
    "[::1]",
    "\ud800",
    "a" * 300,
]
NO_TEXT: list[Any] = [None, True, False, 1.5, [], ["a"], {}, {"region": "a"}]


def config_with(template: str) -> ConnectorConfig:
    """The connector ``acme`` with this API, of which the token answer says the region."""
    return make_config(
        api_base_url=template,
        token_metadata={"region": "region"},
        connection_config={"company": TENANT},
    )


def rendered(template: str, region: Any) -> str:
    """``template`` for an account of this region and the company ``acme``."""
    return render_url(template, config_with(template), {"company": "acme"}, {"region": region})


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        (HOST, "eu1", "https://eu1.example.com/v1"),
        (HOST, 7, "https://7.example.com/v1"),
        (PATH, "eu1", "https://api.example.com/sites/eu1/v1"),
        (PATH, 42, "https://api.example.com/sites/42/v1"),
        (PATH, "Ab-1_2.3~", "https://api.example.com/sites/Ab-1_2.3~/v1"),
        (PATH, " eu1\n", "https://api.example.com/sites/eu1/v1"),
        (BOTH, "eu1", "https://eu1.example.com:8443/eu1/acme"),
    ],
)
def test_a_value_fills_its_host_label_or_path_segment(
    template: str, value: Any, expected: str
) -> None:
    assert rendered(template, value) == expected


@pytest.mark.requirement("H4")
@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
@pytest.mark.parametrize("template", [HOST, BOTH], ids=["host", "both"])
def test_a_hostile_value_is_no_host_label(template: str, value: str) -> None:
    """A provider, or a database, cannot send a token to another host."""
    with pytest.raises(InvalidRequest, match=r'the metadata value "region" is (not valid|missing)'):
        rendered(template, value)


@pytest.mark.requirement("H4")
@pytest.mark.parametrize("value", [v for v in HOSTILE if v != "evil.com"], ids=ascii)
def test_a_hostile_value_is_no_path_segment(value: str) -> None:
    """It neither climbs out of its segment nor starts a query."""
    with pytest.raises(InvalidRequest, match=r'the metadata value "region" is (not valid|missing)'):
        rendered(PATH, value)


@pytest.mark.parametrize("value", NO_TEXT, ids=repr)
@pytest.mark.parametrize("template", [HOST, PATH], ids=["host", "path"])
def test_metadata_that_is_not_text_is_refused(template: str, value: Any) -> None:
    """Hooks and providers may put any JSON into the metadata."""
    with pytest.raises(InvalidRequest):
        rendered(template, value)


@pytest.mark.parametrize("template", [HOST, PATH], ids=["host", "path"])
def test_unknown_metadata_is_refused(template: str) -> None:
    config = config_with(template)
    with pytest.raises(InvalidRequest):
        render_url(template, config, {"company": "acme"})
    with pytest.raises(InvalidRequest):
        render_url(template, config, {"company": "acme", "region": "eu1"}, {"company": "eu1"})


def test_typed_values_and_metadata_do_not_stand_for_each_other() -> None:
    """A person who types ``region`` does not choose the host."""
    config = make_config(
        api_base_url="https://${metadata.company}.${connection_config.company}.example.com",
        connection_config={"company": TENANT},
        token_metadata={"company": "company"},
    )
    url = render_url(config.api_base_url, config, {"company": "typed"}, {"company": "told"})
    assert url == "https://told.typed.example.com"


TEXT = st.text() | st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=4).map("".join)


@pytest.mark.requirement("H4")
@given(value=TEXT)
@example(value="..")
@pytest.mark.parametrize("template", [HOST, PATH], ids=["host", "path"])
def test_the_rest_of_the_address_stays_as_it_was_or_the_value_is_refused(
    template: str, value: str
) -> None:
    """As read by Python's URL parser and by the HTTP client's."""
    try:
        url = rendered(template, value)
    except InvalidRequest:
        return
    kept = value.strip()
    assert url == template.replace("${metadata.region}", kept)
    parts, sent = urlsplit(url), httpx.URL(url)
    assert parts.hostname is not None
    label, _, rest = parts.hostname.partition(".")
    assert rest == "example.com"
    assert label == (kept if template == HOST else "api")
    assert sent.raw_host == parts.hostname.encode()
    assert sent.raw_path == parts.path.encode()
    assert (sent.userinfo, sent.query, sent.fragment) == (b"", b"", "")
    assert sent.path.split("/") == (["", "v1"] if template == HOST else ["", "sites", kept, "v1"])
