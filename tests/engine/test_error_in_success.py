"""Failures within HTTP 200 (``error_in_success``): only a declared shape is judged by its code."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.config_types import ErrorInSuccess
from gateway.engine.refusal import is_failure
from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from tests.engine.token_answers import GOOD, read, unread
from tests.support.configs import make_config

OK_FLAG = ErrorInSuccess(flag="ok")


def failure(body: Any, status: int = 200, **changes: Any) -> ProviderError:
    """The error of an answer that is not a success."""
    with pytest.raises(ProviderError) as caught:
        read(body, status, **changes)
    return caught.value


@pytest.mark.requirement("C3", "D6")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": "invalid_grant"}, TokenRejected),
        (GOOD | {"error": "invalid_grant"}, TokenRejected),
        ({"error": "invalid_client"}, ProviderMisconfigured),
        ({"error": "slow_down"}, ProviderUnavailable),
        ({"error": "bad_verification_code"}, ProviderRefused),
        ({"error": {"type": "x"}}, UnreadableResponse),
        ({"error": "canary secret"}, UnreadableResponse),
        ({"error": ""}, UnreadableResponse),
        ({"error": False}, UnreadableResponse),
    ],
    ids=repr,
)
def test_without_a_flag_an_error_is_a_failure(
    body: dict[str, Any], expected: type[ProviderError]
) -> None:
    """The code says what to do, as it would in a 400."""
    error = failure(body, error_in_success=ErrorInSuccess())
    assert type(error) is expected
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    "shape", [None, ErrorInSuccess(), ErrorInSuccess(code="err.code")], ids=str
)
def test_a_success_without_an_error_is_read_as_ever(shape: ErrorInSuccess | None) -> None:
    assert read(GOOD, error_in_success=shape).access_token.reveal() == "canary-access"


@pytest.mark.parametrize("shape", [None, OK_FLAG, ErrorInSuccess(code="err.code")], ids=str)
def test_an_error_that_no_shape_declares_costs_no_token(shape: ErrorInSuccess | None) -> None:
    """The provider issued it, and may have ended the old refresh token for it."""
    body = GOOD | {"ok": True, "error": "invalid_grant"}
    assert read(body, error_in_success=shape).access_token.reveal() == "canary-access"
    assert unread(body, error_in_success=shape) == ("error",)


@pytest.mark.parametrize("shape", [None, ErrorInSuccess()], ids=str)
@pytest.mark.parametrize("said", [None, "", False, 0, {}, []], ids=repr)
def test_empty_error_is_no_error(said: Any, shape: ErrorInSuccess | None) -> None:
    assert read(GOOD | {"error": said}, error_in_success=shape).refresh_token is not None
    assert unread(GOOD | {"error": said}, error_in_success=shape) == ()


def test_numeric_code_within_a_200_is_judged_by_its_digits() -> None:
    shape = ErrorInSuccess(flag="status", ok=0, code="status")
    codes = {"503": "invalid_grant"}
    body = {"status": 503, "body": {}, "error": "Invalid Params: invalid refresh_token"}
    error = failure(body, error_in_success=shape, error_codes=codes)
    assert type(error) is TokenRejected


@pytest.mark.parametrize(
    ("ok", "given"),
    [(True, True), (False, False), ("success", "success"), (0, 0), (1, 1), (200, 200)],
    ids=repr,
)
def test_a_flag_that_equals_ok_is_a_success(ok: Any, given: Any) -> None:
    tokens = read(GOOD | {"ok": given}, error_in_success=ErrorInSuccess(flag="ok", ok=ok))
    assert tokens.access_token.reveal() == "canary-access"


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    ("ok", "given"),
    [
        (True, False),
        (True, 1),
        (True, 1.0),
        (True, "true"),
        (True, None),
        (True, [True]),
        (False, 0),
        (False, None),
        (False, ""),
        (1, True),
        (0, False),
        (0, "0"),
        (0, 0.0),
        (0, None),
        (0, 40001),
        ("success", "error"),
        ("success", "Success"),
        ("success", True),
        ("success", None),
    ],
    ids=repr,
)
def test_a_flag_that_is_anything_else_is_a_failure(ok: Any, given: Any) -> None:
    """Tokens in the same answer do not matter; 1 is not true."""
    shape = ErrorInSuccess(flag="ok", ok=ok)
    error = failure(GOOD | {"ok": given}, error_in_success=shape)
    assert type(error) is UnreadableResponse  # a failure without a code
    assert is_failure(make_config(error_in_success=shape), {"ok": given})


@pytest.mark.requirement("C3")
def test_a_missing_flag_is_a_failure() -> None:
    assert type(failure(GOOD, error_in_success=OK_FLAG)) is UnreadableResponse
    assert is_failure(make_config(error_in_success=OK_FLAG), [])
    assert is_failure(make_config(error_in_success=OK_FLAG), None)


def test_a_flag_that_says_no_is_explained_by_the_code() -> None:
    body = {"ok": False, "error": "invalid_grant"}
    error = failure(body, error_in_success=OK_FLAG)
    assert (type(error), error.provider_code) == (TokenRejected, "invalid_grant")


def test_flag_and_code_may_be_deep() -> None:
    shape = ErrorInSuccess(flag="meta.status", ok="success", code="meta.error.code")
    bad = {"meta": {"status": "error", "error": {"code": "invalid_client"}}}
    assert type(failure(bad, error_in_success=shape)) is ProviderMisconfigured
    good = GOOD | {"meta": {"status": "success"}}
    assert read(good, error_in_success=shape).scopes == ("read", "write")


def test_a_code_in_another_place_is_enough_without_a_flag() -> None:
    shape = ErrorInSuccess(code="data.error_code")
    bad = {"data": {"error_code": "invalid_grant"}, "message": "error"}
    assert type(failure(bad, error_in_success=shape)) is TokenRejected
    assert read(GOOD | {"data": {"error_code": None}}, error_in_success=shape).scopes


def test_the_codes_place_is_that_of_a_real_refusal_too() -> None:
    """One provider, one shape: where its errors are does not depend on the status."""
    shape = ErrorInSuccess(code="meta.code")
    error = failure({"meta": {"code": "invalid_grant"}}, 400, error_in_success=shape)
    assert type(error) is TokenRejected
    elsewhere = failure({"error": "invalid_grant"}, 400, error_in_success=shape)
    assert type(elsewhere) is TokenRejected  # a code with a meaning is found in any place
    unknown = failure({"error": "odd"}, 400, error_in_success=shape)
    assert type(unknown) is UnreadableResponse


@pytest.mark.requirement("D6")
def test_overloaded_server_is_not_believed_in_any_shape() -> None:
    error = failure({"error": "invalid_grant"}, 500, error_in_success=ErrorInSuccess())
    assert type(error) is ProviderUnavailable


def test_success_without_a_declared_error_shape_is_never_a_failure() -> None:
    assert not is_failure(make_config(), {"ok": False, "error": "invalid_grant"})
