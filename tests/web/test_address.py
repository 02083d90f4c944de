"""The client address of a request: only trusted proxies can name it."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gateway.web.address import client_address, network_of

PEER = "192.0.2.1"


def request(*forwarded: str, peer: str | None = PEER) -> Request:
    """A request of ``peer`` with these ``X-Forwarded-For`` headers."""
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    client = None if peer is None else (peer, 4711)
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.requirement("F6")
@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, (), PEER),
        (0, ("203.0.113.1",), PEER),
        (1, (), PEER),
        (1, ("203.0.113.1",), "203.0.113.1"),
        (1, ("198.51.100.66, 203.0.113.1",), "203.0.113.1"),
        (1, ("198.51.100.66", "203.0.113.1"), "203.0.113.1"),
        (2, ("203.0.113.1",), PEER),
        (2, ("203.0.113.1, 198.51.100.2",), "203.0.113.1"),
        (2, ("198.51.100.66, 203.0.113.1, 198.51.100.2",), "203.0.113.1"),
        (2, ("198.51.100.66,203.0.113.1", "198.51.100.2"), "203.0.113.1"),
        (1, ("203.0.113.1:51234",), "203.0.113.1"),
        (1, ("[2001:db8:1:2:3:4:5:6]:443",), "2001:db8:1:2::/64"),
        (1, ("unknown",), PEER),
        (1, ("",), PEER),
        (1, ("203.0.113.1,",), PEER),
        (1, ("203.0.113.1, <script>",), PEER),
    ],
)
def test_the_address_is_the_nth_entry_from_the_right(
    hops: int, forwarded: tuple[str, ...], address: str
) -> None:
    """Entries of the client are to the left of the trusted ones."""
    assert client_address(request(*forwarded), hops) == address


def test_a_request_without_a_peer_shares_one_name() -> None:
    assert client_address(request(peer=None), 0) == "unknown"


@pytest.mark.parametrize(
    ("text", "network"),
    [
        (" 203.0.113.1 ", "203.0.113.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113", None),
        ("203.0.113.1/8", None),
        ("example.com", None),
        ("", None),
    ],
)
def test_addresses_of_one_machine_count_as_one(text: str, network: str | None) -> None:
    assert network_of(text) == network
