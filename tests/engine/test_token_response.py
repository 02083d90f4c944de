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
from tests.engine.token_answers import GOOD, JSON_TYPE, NOW, read
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
    assert read_token_response(make_config(), answer, NOW)[1] == GOOD | {"team": {"id": 1}}


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
        b"access_token=a&token_type=bearer",
        b"<html>Welcome</html>",
        b"\xff\xfe{}",
        b"\x1f\x8b",
        b'{"access_token":"a","access_token":"b"}',
        b'{"access_token":"a","x":NaN}',
        b'{"access_token":"a","x":Infinity}',
        b'{"access_token":"a","x":-Infinity}',
        b'{"access_token":"a","x":1e999}',
        b'{"access_token":"a"} {}',
        b"{'access_token':'a'}",
        b'{"access_token":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"access_token":"a","expires_in":' + b"9" * 5000 + b"}",
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
        "form",
        "HTML",
        "not UTF-8",
        "gzip",
        "twice",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "two values",
        "Python",
        "deep",
        "endless number",
    ],
)
def test_answer_that_is_not_a_json_object_is_unreadable(content: bytes) -> None:
    """One parser, and a named error for everything else."""
    with pytest.raises(UnreadableResponse):
        read(content)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "token",
    [
        " ",
        1,
        True,
        1.5,
        ["a"],
        {"a": "b"},
        "a b",
        "a\r\nX-Evil: 1",
        "a\nb",
        "a\tb",
        "a\x00",
        "ä",
        "a\u2028b",
        "\ud800",
        "x" * 8193,
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
def test_a_token_that_is_no_header_value_is_unreadable(field: str, token: Any) -> None:
    """Httpx would build a header with CR and LF in it; RFC 6749 A.12 is printable ASCII."""
    with pytest.raises(UnreadableResponse, match=f"no usable {field}"):
        read(GOOD | {field: token})


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


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        -1,
        -3600.0,
        1.5,
        1e300,
        MAX_LIFETIME + 1,
        10**30,
        "",
        "-1",
        "1e3",
        "3600.0",
        " 3600",
        "٣",
        "9" * 13,
        "soon",
        [],
        [3600],
        {},
        {"seconds": 3600},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_lifetime_that_is_no_number_of_seconds_is_unreadable(value: Any) -> None:
    """A boolean is an integer to Python, and 1e300 seconds overflow a date."""
    with pytest.raises(UnreadableResponse, match="expires_in"):
        read(GOOD | {"expires_in": value})


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
