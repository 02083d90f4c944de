"""JSON from a provider, read strictly (security C3)."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.engine.request import OutboundResponse
from gateway.engine.strict_json import read_json, read_object
from gateway.errors import UnreadableResponse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_every_json_value_is_read_as_it_is(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    content = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(
        errors="surrogatepass"
    )
    if not ascii_only and any(
        "\ud800" <= c <= "\udfff" for c in content.decode(errors="surrogatepass")
    ):
        with pytest.raises(UnreadableResponse):
            read_json(content)  # no UTF-8 at all
    else:
        assert read_json(content) == value


def test_a_byte_order_mark_is_no_obstacle() -> None:
    """Some servers of Windows put one in front."""
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "content",
    [
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'{"a": NaN}',
        b"[1, Infinity]",
        b"1e999",
        b"-1e999",
        b'[{"a": 1e400}]',
    ],
)
def test_numbers_that_are_none_are_refused(content: bytes) -> None:
    """Python accepts them, and then cannot send them on."""
    with pytest.raises(UnreadableResponse, match="not valid JSON"):
        read_json(content)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "content", [b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'[{"x":{"b":1,"c":2,"b":3}}]']
)
def test_a_key_that_comes_twice_is_refused(content: bytes) -> None:
    """Two readers would see two answers."""
    with pytest.raises(UnreadableResponse):
        read_json(content)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize("depth", [10_000, 500_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_refused_and_does_no_harm(
    opening: bytes, closing: bytes, depth: int
) -> None:
    """Neither a RecursionError nor a dead process."""
    for content in (opening * depth, opening * depth + b"1" + closing * depth):
        with pytest.raises(UnreadableResponse):
            read_json(content)


@pytest.mark.requirement("C3")
def test_an_integer_of_many_digits_is_refused() -> None:
    """Turning it into a number takes quadratic time."""
    with pytest.raises(UnreadableResponse):
        read_json(b"9" * 100_000)


@pytest.mark.requirement("C3")
@given(content=st.binary())
def test_any_other_bytes_are_unreadable_and_nothing_else(content: bytes) -> None:
    try:
        value = read_json(content)
    except UnreadableResponse:
        return
    assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.requirement("J3")
def test_an_error_does_not_quote_the_answer() -> None:
    """A provider's answer may hold a token."""
    with pytest.raises(UnreadableResponse) as caught:
        read_json(b'{"access_token": "canary"')
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"1", b"true", b"1.5"])
def test_an_object_is_an_object(content: bytes) -> None:
    assert read_object(b"{}") == {}
    with pytest.raises(UnreadableResponse, match="not a JSON object"):
        read_object(content)


def test_provider_code_reads_answers_just_as_strictly() -> None:
    answer = OutboundResponse(status=200, headers={}, content=b'{"a":1,"a":2}')
    with pytest.raises(UnreadableResponse):
        answer.json()


@pytest.mark.requirement("J1")
def test_an_answer_does_not_show_its_body() -> None:
    headers = {"set-cookie": "canary"}
    answer = OutboundResponse(status=200, headers=headers, content=b'{"access_token": "canary"}')
    assert repr(answer) == "OutboundResponse(status=200)"
