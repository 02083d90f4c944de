"""Refusals of a token endpoint: reconnect, an operator's work, try later, or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from tests.engine.token_answers import GOOD, JSON_TYPE, read


@pytest.mark.requirement("C3", "D6")
@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (400, {"error": "invalid_grant"}, TokenRejected, "invalid_grant"),
        (401, {"error": "invalid_grant"}, TokenRejected, "invalid_grant"),
        (403, {"error": "invalid_grant"}, TokenRejected, "invalid_grant"),
        (200, {"error": "invalid_grant"}, UnreadableResponse, None),
        (400, {"error": "invalid_client"}, ProviderMisconfigured, "invalid_client"),
        (401, {"error": "invalid_client"}, ProviderMisconfigured, "invalid_client"),
        (400, {"error": "unauthorized_client"}, ProviderMisconfigured, "unauthorized_client"),
        (400, {"error": "invalid_request"}, ProviderRefused, "invalid_request"),
        (400, {"error": "invalid_scope"}, ProviderRefused, "invalid_scope"),
        (200, {"error": "bad_verification_code"}, UnreadableResponse, None),
        (200, {"ok": False, "error": "invalid_code"}, UnreadableResponse, None),
        (400, {"error": "temporarily_unavailable"}, ProviderUnavailable, "temporarily_unavailable"),
        (400, {"error": "server_error"}, ProviderUnavailable, "server_error"),
        (400, {"error": "slow_down"}, ProviderUnavailable, "slow_down"),
        (429, {"error": "invalid_grant"}, ProviderUnavailable, "invalid_grant"),
        (500, {"error": "invalid_grant"}, ProviderUnavailable, "invalid_grant"),
        (503, {"error": "invalid_client"}, ProviderUnavailable, "invalid_client"),
        (502, {}, ProviderUnavailable, None),
        (400, {}, UnreadableResponse, None),
        (401, GOOD, UnreadableResponse, None),
        (404, {"message": "no"}, UnreadableResponse, None),
        (302, GOOD, UnreadableResponse, None),
        (100, GOOD, UnreadableResponse, None),
        (400, {"error": {"type": "x"}}, UnreadableResponse, None),
        (200, {"error": None}, UnreadableResponse, None),
        (400, {"error": "canary secret"}, UnreadableResponse, None),
        (400, {"error": "x" * 65}, UnreadableResponse, None),
    ],
    ids=str,
)
def test_every_refusal_has_its_error(
    status: int, body: Any, expected: type[ProviderError], code: str | None
) -> None:
    """reconnect, tell an operator, try later, or none of them.

    A 200 disconnects no user, unless the connector declares that shape (``ErrorInSuccess``).
    """
    with pytest.raises(ProviderError) as caught:
        read(body, status)
    assert type(caught.value) is expected
    assert caught.value.provider_code == code
    assert caught.value.retryable is (expected is ProviderUnavailable)
    assert "canary" not in str(caught.value)


TYPES = ["text/html", "text/plain; charset=iso-8859-1", "", "application/xml"]


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize(
    "content",
    [
        b'{"error":"invalid_grant"}',
        b'\xef\xbb\xbf{"error":"invalid_grant"}',
        b'{"error":"invalid_grant","error_description":"Token ung\xfcltig"}',
        '{"error":"invalid_grant"}'.encode("utf-16"),
        b'{"error":"invalid_grant","error":"invalid_grant","at":NaN}',
        b"error=invalid_grant&error_description=The+token+is+dead&error_uri=https%3A%2F%2Fx",
    ],
    ids=repr,
)
def test_refusal_is_read_under_any_content_type_and_charset(
    content: bytes, content_type: str
) -> None:
    with pytest.raises(TokenRejected):
        read(content, 400, {"content-type": content_type})


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("content_type", [*TYPES, "application/json"])
@pytest.mark.parametrize(
    "content",
    [
        b"<html>error=invalid_grant</html>",
        b"invalid_grant",
        b'"invalid_grant"',
        b'[{"error":"invalid_grant"}]',
        b'{"error":"invalid_grant"} {}',
        b'{"error":"invalid_grant","error":"invalid_client"}',
        b"error: invalid_grant",
        b"error=invalid_grant&error=invalid_client",
        b"an error=invalid_grant",
    ],
    ids=repr,
)
def test_other_texts_do_not_say_that_a_token_is_dead(content: bytes, content_type: str) -> None:
    """An error page of a proxy must not disconnect a user."""
    with pytest.raises(UnreadableResponse):
        read(content, 400, {"content-type": content_type})


@pytest.mark.requirement("D6")
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("3600", 3600),
        ("3601", 3600),
        ("999999999", 3600),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
        ("Sat, 21 Nov 2026 12:00:30", None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("٣", None),
        ("9" * 5000, None),
        ("Sat, 99 Nov 2026 12:00:30 GMT", None),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_retry_after_is_seconds_or_a_date_and_capped(header: str, seconds: int | None) -> None:
    """D6, RFC 9110 10.2.3."""
    with pytest.raises(ProviderUnavailable) as caught:
        read({}, 503, JSON_TYPE | {"retry-after": header})
    assert caught.value.retry_after == seconds
