"""Two properties of the reader of token answers, each over 2,000 examples."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectors.config_types import ErrorInSuccess
from gateway.engine.refusal import is_failure
from gateway.engine.token_response import read_token_response
from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
)
from tests.engine.token_answers import NOW, answer_of
from tests.support.configs import make_config

THOROUGH = settings(
    max_examples=2000, database=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)

CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/problem+json",
        "text/html",
        'text/plain; charset="ISO-8859-1"',
        "application/x-www-form-urlencoded",
        "application/octet-stream; charset=zip",
        "",
    ]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
SCALARS = st.one_of(
    st.sampled_from([None, True, False, "", "Bearer", "JWT", "read write", 0, -1, 3600, 10**40]),
    st.integers(),
    st.floats(),  # with NaN and infinities, which Python writes as JavaScript does
    st.text(max_size=8),
    st.text("0123456789-.eZT: ", max_size=12),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(st.text(max_size=4), st.lists(SCALARS, max_size=1), max_size=2),
)
SIDE_NAMES = st.sampled_from(
    [
        "refresh_token",
        "token_type",
        "expires_in",
        "expires_at",
        "scope",
        "error",
        "error_description",
        "ok",
        "id_token",
        "",
        "Access_Token",
        "détail",
    ]
)
TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)

PLAIN = make_config()
CHECKED = make_config(
    token_types=frozenset({"bearer"}), error_in_success=ErrorInSuccess(flag="ok", ok=True)
)


def json_of(pairs: list[tuple[str, Any]], encoding: str) -> bytes:
    """One object with members in this order, perhaps repeated."""
    members = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs)
    return ("{" + ", ".join(members) + "}").encode(encoding)


@pytest.mark.requirement("C3")
@THOROUGH
@given(
    token=TOKENS,
    beside=st.lists(st.tuples(SIDE_NAMES, VALUES), max_size=6),
    place=st.integers(0, 6),
    status=st.integers(200, 299),
    content_type=CONTENT_TYPES,
    encoding=ENCODINGS,
    granted=st.sampled_from([None, (), ("read",)]),
)
def test_plain_access_token_is_never_refused(
    token: str,
    beside: list[tuple[str, Any]],
    place: int,
    status: int,
    content_type: str,
    encoding: str,
    granted: tuple[str, ...] | None,
) -> None:
    """Nothing beside it matters, unless the connector declares a check."""
    content = json_of([*beside[:place], ("access_token", token), *beside[place:]], encoding)
    answer = answer_of(content, status, {"content-type": content_type})
    tokens, body, unread = read_token_response(PLAIN, answer, NOW, granted)
    assert tokens.access_token.reveal() == body["access_token"] == token
    assert tokens.expires_at is None or tokens.expires_at >= NOW
    assert all(scope.isascii() and scope.isprintable() for scope in tokens.scopes)
    names = {"refresh_token", "token_type", "expires_in", "expires_at", "scope", "error"}
    assert names.issuperset(unread)
    kind = body.get("token_type", "bearer")
    passes = isinstance(kind, str) and kind.strip().lower() == "bearer"
    try:
        read_token_response(CHECKED, answer, NOW, granted)
    except ProviderError:
        assert is_failure(CHECKED, body) or not passes


JUDGED: dict[Any, type[ProviderError]] = {
    "invalid_grant": TokenRejected,
    "invalid_client": ProviderMisconfigured,
    "unauthorized_client": ProviderMisconfigured,
    "invalid_request": ProviderRefused,
    "temporarily_unavailable": ProviderUnavailable,
    "dead": TokenRejected,
    190: TokenRejected,
    "190": TokenRejected,
    "consent_required": TokenRejected,
}
WORDED = make_config(
    error_codes={"dead": "invalid_grant", "190": "invalid_grant"},
    refresh_rejected_codes=frozenset({"consent_required"}),
)
HARMLESS = st.sampled_from(
    [{}, {"message": "no"}, {"error_description": "dead", "timestamp": 17}, {"détail": "é"}]
)
CODE_MEMBERS = ["error", "code", "error_code", "errorCode", "type", "status", "reason", "err-code"]
WRAPPINGS = ["plain", "list", "fault"]
LAYERS = st.lists(
    st.tuples(st.sampled_from(CODE_MEMBERS), st.sampled_from(WRAPPINGS), HARMLESS),
    min_size=1,
    max_size=4,
)


def refusal_of(said: Any, layers: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """A refusal's body with the code ``said`` below these layers."""
    value: Any = said
    for member, wrapping, harmless in layers:
        value = harmless | {member: value}
        if wrapping == "list":
            value = harmless | {"errors": [harmless, value]}
        elif wrapping == "fault":
            value = {"fault": value} | harmless
    found: dict[str, Any] = value
    return found


@pytest.mark.requirement("D6")
@THOROUGH
@given(
    said=st.sampled_from(list(JUDGED)),
    layers=LAYERS,
    status=st.sampled_from([400, 401, 403, 404, 422]),
    content_type=CONTENT_TYPES,
    encoding=ENCODINGS,
)
def test_code_of_a_refusal_is_found_wherever_it_is_written(
    said: Any,
    layers: list[tuple[str, str, dict[str, Any]]],
    status: int,
    content_type: str,
    encoding: str,
) -> None:
    """At any depth, as a text or a number, under any content type and charset."""
    expected, body = JUDGED[said], refusal_of(said, layers)
    content = json_of(list(body.items()), encoding)
    _is_judged(content, status, content_type, expected)
    code = body.get("error")
    if isinstance(code, str):
        form = urlencode({name: str(value) for name, value in body.items()}).encode()
        _is_judged(form, status, content_type, expected)


def _is_judged(
    content: bytes, status: int, content_type: str, expected: type[ProviderError]
) -> None:
    answer = answer_of(content, status, {"content-type": content_type})
    with pytest.raises(ProviderError) as caught:
        read_token_response(WORDED, answer, NOW, ("read",))
    assert type(caught.value) is expected
