"""Answers of a token endpoint: tokens, or the right error."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.context import Tokens
from connectors.secret import Secret
from gateway.engine.request import OutboundResponse
from gateway.engine.token_response import MAX_LIFETIME, read_token_response
from gateway.errors import ProviderError, UnreadableResponse
from tests.engine.token_answers import GOOD, JSON_TYPE, NOW, read, unread
from tests.support.configs import make_config

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def test_a_complete_answer_is_read_completely() -> None:
    """RFC 6749 5.1."""
    assert read(GOOD) == Tokens(
        access_token=Secret("canary-access"),
        refresh_token=Secret("canary-refresh"),
        token_type="Bearer",
        expires_at=NOW + timedelta(hours=1),
        scopes=("read", "write"),
    )


def test_the_whole_object_is_returned_for_the_connector() -> None:
    answer = OutboundResponse(
        status=200, headers=JSON_TYPE, content=json.dumps(GOOD | {"team": {"id": 1}}).encode()
    )
    assert read_token_response(make_config(), answer, NOW).body == GOOD | {"team": {"id": 1}}


@pytest.mark.parametrize("status", [200, 201, 203])
@pytest.mark.parametrize("content_type", ["application/json", "text/html", ""])
def test_token_is_accepted_with_any_content_type(status: int, content_type: str) -> None:
    tokens = read(GOOD, status, {"content-type": content_type})
    assert tokens.access_token == Secret("canary-access")


@pytest.mark.requirement("J1")
def test_tokens_do_not_show_themselves() -> None:
    assert "canary" not in repr(read(GOOD))


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"1",
        b'"text"',
        b"[]",
        b'[{"access_token":"a"}]',
        b"{",
        b"<html>Welcome</html>",
        b"\xff\xfe{}",
        b"\x1f\x8b",
        b'{"access_token":"a","access_token":"b"}',
        b'{"access_token":NaN}',
        b'{"access_token":1e999}',
        b'{"access_token":"a"} {}',
        b"access_token=a b",
        b"refresh_token=a&token_type=bearer",
        b"access_token=a&access_token=b",
        b"{'access_token':'a'}",
        b'{"access_token":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=[
        "empty",
        "blank",
        "null",
        "true",
        "number",
        "string",
        "array",
        "array of answers",
        "cut",
        "HTML",
        "not UTF-8",
        "gzip",
        "twice",
        "NaN",
        "1e999",
        "two values",
        "text",
        "form without a token",
        "form with two tokens",
        "Python",
        "deep",
    ],
)
def test_answer_without_a_plain_token_is_unreadable(content: bytes) -> None:
    """One parser, and a named error for everything else."""
    with pytest.raises(UnreadableResponse):
        read(content)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "token",
    [
        " ",
        "  ",
        1,
        True,
        1.5,
        ["a"],
        {"a": "b"},
        "a\r\nX-Evil: 1",
        "a\nb",
        "a\tb",
        "a\x00",
        "ä",
        "a\u2028b",
        "\ud800",
        "x" * 65537,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_token_that_is_not_printable_ascii_is_unusable(token: Any) -> None:
    """Httpx would build a header with CR and LF in it; RFC 6749 A.12 is printable ASCII.

    Such a refresh token is none, and costs no access token.
    """
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        read(GOOD | {"access_token": token})
    tokens = read(GOOD | {"refresh_token": token})
    assert (tokens.access_token.reveal(), tokens.refresh_token) == ("canary-access", None)
    assert unread(GOOD | {"refresh_token": token}) == ("refresh_token",)


@pytest.mark.requirement("C3")
def test_space_is_allowed_in_a_refresh_token_only() -> None:
    """RFC 6749 A.17; an access token becomes part of a header."""
    assert read(GOOD | {"refresh_token": "a b"}).refresh_token == Secret("a b")
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        read(GOOD | {"access_token": "a b"})


@pytest.mark.parametrize("length", [8193, 65536])
def test_token_may_be_long(length: int) -> None:
    """Tokens with many claims or groups outgrow 8 KiB."""
    long = "x" * length
    tokens = read(GOOD | {"access_token": long, "refresh_token": long})
    assert (tokens.access_token, tokens.refresh_token) == (Secret(long), Secret(long))


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": False},
        {"access_token": []},
        {"access_token": {}},
    ],
    ids=repr,
)
def test_without_an_access_token_the_answer_is_unreadable(change: Any) -> None:
    """Other members do not matter."""
    body = {name: value for name, value in GOOD.items() if name != "access_token"} | change
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        read(body)


@pytest.mark.requirement("C5")
@pytest.mark.parametrize("change", [{}, {"refresh_token": None}, {"refresh_token": ""}], ids=repr)
def test_without_a_refresh_token_there_is_none_to_replace_the_old_one(change: Any) -> None:
    """absent, null and empty all mean that the old one stays."""
    body = {name: value for name, value in GOOD.items() if name != "refresh_token"} | change
    assert read(body).refresh_token is None


@pytest.mark.requirement("D8")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (3600.0, 3600),
        (0, 0),
        (1, 1),
        (MAX_LIFETIME, MAX_LIFETIME),
        (None, None),
    ],
    ids=repr,
)
def test_a_lifetime_counts_from_the_moment_of_the_answer(value: Any, seconds: int | None) -> None:
    """Our clock, the provider's seconds; absent means unknown and not "now"."""
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert read(GOOD | {"expires_in": value}).expires_at == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(3599.9, 3599), ("3600.0", 3600), (" 3600\n", 3600), ("0003600", 3600)],
    ids=repr,
)
def test_lifetime_is_read_in_other_spellings(value: Any, seconds: int) -> None:
    assert read(GOOD | {"expires_in": value}).expires_at == NOW + timedelta(seconds=seconds)
    assert unread(GOOD | {"expires_in": value}) == ()


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        -1,
        -3600.0,
        1e300,
        MAX_LIFETIME + 1,
        10**30,
        "",
        "-1",
        "1e3",
        "٣",
        "9" * 16,
        "soon",
        [],
        [3600],
        {},
        {"seconds": 3600},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_lifetime_that_cannot_be_read_is_unknown(value: Any) -> None:
    """RFC 6749 5.1 only recommends it. A boolean is an integer to Python, and 1e300 seconds
    overflow a date.
    """
    tokens = read(GOOD | {"expires_in": value})
    assert tokens.expires_at is None
    assert tokens.refresh_token is not None
    assert unread(GOOD | {"expires_in": value}) == ("expires_in",)


@pytest.mark.parametrize("value", [0, "0", 0.0], ids=repr)
def test_lifetime_of_zero_is_unknown_where_no_refresh_follows(value: Any) -> None:
    """A token that was over when it was issued is of no use: the provider means "for ever"."""
    alone = {"access_token": "a", "expires_in": value}
    assert read(alone).expires_at is None
    assert read(alone | {"refresh_token": "r"}, supports_refresh=False).expires_at is None
    assert read(alone | {"refresh_token": "r"}).expires_at == NOW
    assert read(alone, granted=()).expires_at == NOW  # the old refresh token stays


IN_AN_HOUR = int(NOW.timestamp()) + 3600


@pytest.mark.parametrize(
    "value",
    [
        IN_AN_HOUR,
        float(IN_AN_HOUR),
        str(IN_AN_HOUR),
        IN_AN_HOUR * 1000,
        "2026-11-21T13:00:00Z",
        "2026-11-21T13:00:00.000Z",
        "2026-11-21T15:00:00+02:00",
    ],
    ids=repr,
)
@pytest.mark.parametrize("lifetime", [{}, {"expires_in": None}, {"expires_in": "soon"}], ids=repr)
def test_moment_of_expiry_is_understood(value: Any, lifetime: dict[str, Any]) -> None:
    """Unix time in seconds or milliseconds, or RFC 3339."""
    body = {"access_token": "a", "expires_at": value} | lifetime
    assert read(body).expires_at == NOW + timedelta(hours=1)


def test_lifetime_comes_before_the_moment_of_expiry() -> None:
    """It does not depend on the provider's clock."""
    body = GOOD | {"expires_in": 60, "expires_at": IN_AN_HOUR}
    assert read(body).expires_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    "value",
    [0, 3600, -1, "2026-11-21T11:00:00Z", "2026-11-21T13:00:00", "soon", 1e300, True, [], {}],
    ids=repr,
)
def test_moment_that_cannot_be_read_or_has_passed_is_unknown(value: Any) -> None:
    body = {"access_token": "a", "refresh_token": "r", "expires_at": value}
    assert read(body).expires_at is None
    assert unread(body) == ("expires_at",)


@pytest.mark.requirement("C3")
@given(
    content=st.binary() | VALUES.map(lambda value: json.dumps(value).encode()),
    status=st.integers(100, 599),
    content_type=st.sampled_from(["application/json", "text/html", ""]),
    retry_after=st.text(),
)
@example(content=b"[" * 100_000, status=200, content_type="", retry_after="")
def test_no_bytes_raise_anything_but_a_provider_error(
    content: bytes, status: int, content_type: str, retry_after: str
) -> None:
    headers = {"content-type": content_type, "retry-after": retry_after}
    with pytest.raises(ProviderError):
        read(content, status, headers)


@pytest.mark.requirement("C3")
@given(
    changes=st.dictionaries(
        st.sampled_from([*GOOD, "error", "ok"]),
        VALUES | st.text("0123456789-.e ") | st.integers(-1, 10**12),
    ),
    removed=st.sets(st.sampled_from([*GOOD])),
    status=st.sampled_from([200, 200, 200, 400, 500]),
)
def test_any_mixture_of_fields_is_tokens_or_a_provider_error(
    changes: dict[str, Any], removed: set[str], status: int
) -> None:
    """And what passes is safe to store and to send."""
    body = {name: value for name, value in GOOD.items() if name not in removed} | changes
    try:
        tokens = read(body, status)
    except ProviderError:
        return
    assert status == 200
    assert tokens.access_token.reveal().isascii()
    assert tokens.access_token.reveal().isprintable()
    assert tokens.refresh_token is None or tokens.refresh_token.reveal().isprintable()
    assert tokens.token_type == "Bearer"
    assert tokens.expires_at is None or tokens.expires_at >= NOW
    assert all(scope.isascii() and scope.isprintable() for scope in tokens.scopes)
