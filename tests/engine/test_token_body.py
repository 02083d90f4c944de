"""Bodies of token answers: charsets, forms, repeated members and odd numbers."""

from __future__ import annotations

import codecs
from typing import Any

import pytest

from gateway.engine.token_body import read_token_body
from gateway.errors import UnreadableResponse
from tests.engine.token_answers import answer_of, read


def body_of(content: bytes, content_type: str = "application/json") -> Any:
    return read_token_body(answer_of(content, headers={"content-type": content_type}))


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "application/json"),
        ("utf-8-sig", "application/json"),
        ("utf-16", "application/json"),
        ("utf-16-le", "application/json; charset=utf-16"),
        ("utf-32", "application/json"),
        ("latin-1", "application/json"),
        ("latin-1", "application/json; charset=utf-8"),
        ("latin-1", "text/html; charset=ISO-8859-1"),
        ("cp1252", 'application/json; charset="windows-1252"'),
    ],
)
def test_charset_costs_no_token(encoding: str, content_type: str) -> None:
    content = '{"access_token":"a","team":"Müller"}'.encode(encoding)
    body, unclear = body_of(content, content_type)
    assert body == {"access_token": "a", "team": "Müller"}
    assert not unclear


def test_declared_charset_is_used() -> None:
    content = '{"access_token":"a","team":"ソニー"}'.encode("shift_jis")
    assert body_of(content, "text/plain;charset=Shift_JIS")[0]["team"] == "ソニー"


@pytest.mark.parametrize("charset", ["zip", "rot13", "idna", "unknown-8bit", "utf-7", ""])
def test_other_charset_names_have_no_effect(charset: str) -> None:
    """Python calls compressions "codecs", too."""
    content = b'{"access_token":"a"}'
    assert body_of(content, f"application/json; charset={charset}")[0] == {"access_token": "a"}
    with pytest.raises(UnreadableResponse):
        body_of(codecs.encode(content, "zip"), f"application/json; charset={charset}")


@pytest.mark.parametrize(
    ("content", "body", "unclear"),
    [
        (b'{"a":1,"a":1}', {"a": 1}, set()),
        (b'{"a":1,"a":2}', {"a": None}, {"a"}),
        (b'{"a":1,"a":2,"a":2}', {"a": None}, {"a"}),
        (b'{"a":1,"\\u0061":2}', {"a": None}, {"a"}),
        (b'{"a":1,"b":{"a":1,"a":2}}', {"a": 1, "b": {"a": None}}, {"a"}),
        (b'{"a":NaN,"b":-Infinity,"c":1e999,"d":1}', dict(a=None, b=None, c=None, d=1), set("abc")),
        (b'{"a":[1,NaN,[1e999]]}', {"a": [1, None, [None]]}, set()),
        (b'{"a":' + b"9" * 5000 + b"}", {"a": None}, {"a"}),
        (b'{"a":"line\nend\t"}', {"a": "line\nend\t"}, set()),
        (b"access_token=a&scope=repo%2Cgist&token_type=bearer", None, set()),
        (b"error=invalid_grant&error_description=", None, set()),
        (b"access_token=a&access_token=b", {"access_token": None}, {"access_token"}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_member_without_a_clear_meaning_is_unknown(
    content: bytes, body: dict[str, Any] | None, unclear: set[str]
) -> None:
    found, names = body_of(content)
    assert body is None or found == body
    assert names == unclear


def test_form_is_read_like_json() -> None:
    """GitHub answers so unless JSON is asked for."""
    content = b"access_token=gho_1&expires_in=3600&scope=repo%2Cgist&token_type=bearer"
    tokens = read(content, headers={"content-type": "text/plain"}, scope_separator=",")
    assert tokens.access_token.reveal() == "gho_1"
    assert tokens.scopes == ("repo", "gist")
    assert tokens.expires_at is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a=b",
        b"access_token",
        b"<a href='?access_token=a'>",
        b"access_token=a&" + b"&".join(b"x%d=1" % number for number in range(300)),
        b'{"access_token":"a"',
        b"NaN",
        b"[" * 100_000,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_other_bodies_are_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableResponse, match="not a JSON object"):
        body_of(content)
