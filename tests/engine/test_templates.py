"""URLs with placeholders: no value changes more than the label or segment it stands for (H4)."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.config import ConnectorConfig
from gateway.engine.inputs import read_inputs
from gateway.engine.templates import render_url
from gateway.errors import InvalidRequest
from tests.support.configs import TENANT, make_config

HOST = "https://${connection_config.company}.example.com/token"
HOST_AND_PORT = "https://${connection_config.company}.example.com:8443/token"
PATH = "https://api.example.com/v1/${connection_config.company}/token"
BOTH = "https://${connection_config.company}.example.com/${connection_config.company}/"


def config_with(pattern: str, template: str = HOST) -> ConnectorConfig:
    """The connector ``acme`` whose input ``company`` has this pattern."""
    return make_config(
        token_url=template,
        connection_config={"company": dataclasses.replace(TENANT, pattern=pattern)},
    )


STRICT = config_with(TENANT.pattern)
# The protection that is left with the worst possible pattern of a connector.
ANYTHING = config_with(r"(?s:.*)")

HOSTILE = [
    "evil.com/",
    "evil.com/acme",
    "a@b",
    "a@evil.com",
    "a#",
    "a?",
    "a\\",
    "a\\@evil.com",
    "a%2f",
    "x.evil.com%2f",
    "a%00",
    "acme\n",
    "acme\r\n",
    "\tacme",
    " acme",
    "acme ",
    "a:80",
    "a:b@c",
    ".",
    "..",
    "a..b",
    ".a",
    "a.",
    "-a",
    "a-",
    "a_",
    "A",
    "äcme",
    "acme\u200b",
    "acme\uff0eevil",
    "acme\u3002evil",
    "\u2100",
    "xn--a",
    "${connection_config.company}",
    "$" + "{x}",
    "{}",
    "",
    "a" * 63,
    "a" * 64,
    "a" * 300,
    "[::1]",
    "127.0.0.1",
    "0x7f",
    "a;b",
    "a&b",
    "a=b",
    "a+b",
    "a,b",
    "\x00",
    "\ud800",
    "\u202e",
    "a/../b",
    "//",
    "a//b",
    "%2e%2e",
    "%252e",
    "~",
    "*",
]
TEXT = st.text() | st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=4).map("".join)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (HOST, "https://acme.example.com/token"),
        (HOST_AND_PORT, "https://acme.example.com:8443/token"),
        (PATH, "https://api.example.com/v1/acme/token"),
        (BOTH, "https://acme.example.com/acme/"),
        ("https://api.example.com/token", "https://api.example.com/token"),
    ],
)
def test_a_placeholder_is_filled_in(template: str, expected: str) -> None:
    config = config_with(TENANT.pattern, template)
    assert render_url(template, config, {"company": "acme"}) == expected


@pytest.mark.requirement("H4")
@given(value=TEXT)
@pytest.mark.parametrize("config", [STRICT, ANYTHING], ids=["strict", "anything"])
@pytest.mark.parametrize("template", [HOST, HOST_AND_PORT, BOTH], ids=["host", "port", "both"])
def test_the_host_always_ends_with_the_literal_suffix_or_the_value_is_refused(
    template: str, config: ConnectorConfig, value: str
) -> None:
    """As read by Python's URL parser and by the HTTP client's."""
    try:
        url = render_url(template, config, {"company": value})
    except InvalidRequest:
        return
    expected, parts = urlsplit(template), urlsplit(url)
    assert parts.hostname is not None
    label, dot, rest = parts.hostname.partition(".")
    assert (label, dot, rest) == (value, ".", "example.com")
    assert 0 < len(label) <= 63
    assert (parts.scheme, parts.port) == ("https", expected.port)
    assert parts.path == expected.path.replace("${connection_config.company}", value)
    assert (parts.username, parts.password, parts.query, parts.fragment) == (None, None, "", "")
    sent = httpx.URL(url)
    assert sent.raw_host == parts.hostname.encode()
    assert (sent.scheme, sent.port, sent.userinfo) == ("https", expected.port, b"")
    assert sent.raw_path == parts.path.encode()


@pytest.mark.requirement("H4")
@given(value=TEXT)
@example(value="..")
@pytest.mark.parametrize("config", [STRICT, ANYTHING], ids=["strict", "anything"])
def test_a_path_keeps_its_other_segments_or_the_value_is_refused(
    config: ConnectorConfig, value: str
) -> None:
    """No value climbs out of its segment, adds one, or starts a query."""
    try:
        url = render_url(PATH, config, {"company": value})
    except InvalidRequest:
        return
    assert url == f"https://api.example.com/v1/{value}/token"
    sent = httpx.URL(url)
    assert (sent.host, sent.raw_path) == ("api.example.com", f"/v1/{value}/token".encode())
    assert sent.path.split("/") == ["", "v1", value, "token"]
    assert (sent.query, sent.fragment) == (b"", "")


@pytest.mark.requirement("H4")
@given(typed=TEXT)
def test_typed_value_becomes_a_host_below_the_template_or_is_refused(typed: str) -> None:
    """From the form to the URL, with the pattern of a real connector's kind."""
    try:
        values = read_inputs(STRICT.connection_config, {"company": typed})
        url = render_url(HOST, STRICT, values)
    except InvalidRequest:
        return
    host = urlsplit(url).hostname
    assert host is not None
    assert host.endswith(".example.com")
    assert host.count(".") == 2


@pytest.mark.requirement("H4")
@pytest.mark.parametrize("value", ["acme\n", "evil.com/", "a@b", "", "A", "acme "])
def test_a_stored_value_is_checked_again_before_each_use(value: str) -> None:
    """A stored value is trusted no more than a typed one."""
    with pytest.raises(InvalidRequest, match='the connection_config value "company" is not valid'):
        render_url(HOST, STRICT, {"company": value})


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        render_url(HOST, STRICT, {})


def test_inputs_are_read_as_people_mean_them() -> None:
    typed = {"company": " https://Acme.example.com/ "}
    assert read_inputs(STRICT.connection_config, typed) == {"company": "acme"}
    assert read_inputs(make_config().connection_config, {}) == {}


@pytest.mark.requirement("L1")
def test_an_input_is_never_longer_than_an_address_can_be() -> None:
    """The size of a value is limited even if its pattern is not."""
    config = config_with("[a-z]+")
    assert read_inputs(config.connection_config, {"company": "a" * 255}) == {"company": "a" * 255}
    with pytest.raises(InvalidRequest) as caught:
        read_inputs(config.connection_config, {"company": "a" * 256})
    assert caught.value.errors == {"company": "This is too long: at most 255 characters."}


def test_every_wrong_input_is_reported_at_once() -> None:
    config = make_config(
        connection_config={
            "company": TENANT,
            "region": dataclasses.replace(TENANT, title="Region", suffix=""),
            "site": dataclasses.replace(TENANT, title="Site"),
        }
    )
    typed = {"company": "evil.com/", "site": "ok", "shop": "x"}
    with pytest.raises(InvalidRequest) as caught:
        read_inputs(config.connection_config, typed)
    assert caught.value.errors == {
        "shop": "is not an input of this connector",
        "company": "This does not look right. Example: acme.example.com",
        "region": "Please fill in: Region.",
    }


@pytest.mark.requirement("G3", "J3")
def test_error_does_not_repeat_the_typed_value() -> None:
    """It ends in a page."""
    with pytest.raises(InvalidRequest) as caught:
        read_inputs(STRICT.connection_config, {"company": "<script>canary</script>"})
    assert "canary" not in f"{caught.value}{caught.value.errors}"
