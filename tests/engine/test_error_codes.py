"""A provider's own words for a refusal: ``error_codes`` and ``refresh_rejected_statuses``."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.config_types import ErrorInSuccess
from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from tests.engine.token_answers import GOOD, read

CODES = {
    "token_revoked": "invalid_grant",
    "bad_client": "invalid_client",
    "ratelimited": "slow_down",
    "unauthorized_client": "invalid_grant",
}
JUDGED: list[tuple[str, type[ProviderError], str]] = [
    ("token_revoked", TokenRejected, "invalid_grant"),
    ("unauthorized_client", TokenRejected, "invalid_grant"),
    ("bad_client", ProviderMisconfigured, "invalid_client"),
    ("ratelimited", ProviderUnavailable, "slow_down"),
    ("invalid_grant", TokenRejected, "invalid_grant"),
    ("other", ProviderRefused, "other"),
    ("Token_Revoked", ProviderRefused, "Token_Revoked"),
]
STATUSES = frozenset({400, 401})
HTML = {"content-type": "text/html"}


def failure(
    body: Any, status: int, headers: dict[str, str] | None = None, **changes: Any
) -> ProviderError:
    """The error of an answer that is not a success."""
    with pytest.raises(ProviderError) as caught:
        read(body, status, headers, **changes)
    return caught.value


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(("code", "expected", "told"), JUDGED)
def test_provider_specific_code_is_judged_by_its_translation(
    status: int, code: str, expected: type[ProviderError], told: str
) -> None:
    error = failure({"error": code}, status, error_codes=CODES)
    assert (type(error), error.provider_code) == (expected, told)


@pytest.mark.parametrize(("code", "expected", "told"), JUDGED)
def test_a_code_within_a_200_is_judged_in_the_same_way(
    code: str, expected: type[ProviderError], told: str
) -> None:
    error = failure(
        {"ok": False, "error": code},
        200,
        error_codes=CODES,
        error_in_success=ErrorInSuccess(flag="ok"),
    )
    assert (type(error), error.provider_code) == (expected, told)


def test_a_code_within_an_undeclared_200_is_not_judged_at_all() -> None:
    error = failure({"error": "token_revoked"}, 200, error_codes=CODES)
    assert type(error) is UnreadableResponse


def test_without_the_table_the_provider_s_own_code_is_only_a_refusal() -> None:
    assert type(failure({"error": "token_revoked"}, 400)) is ProviderRefused
    assert type(failure({"error": "unauthorized_client"}, 400)) is ProviderMisconfigured


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("status", sorted(STATUSES))
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({}, None),
        ({"message": "no"}, None),
        ({"error": True, "status": 400}, None),
        ({"error": {"type": "x"}}, None),
        (b"<html>no</html>", HTML),
        (b"not json", None),
        (b"", {"content-type": ""}),
        ({"error": "invalid_client"}, HTML),
    ],
    ids=repr,
)
def test_a_status_says_that_a_refresh_token_is_dead_where_no_code_does(
    status: int, body: Any, headers: dict[str, str] | None
) -> None:
    """For providers whose refusals have no code."""
    error = failure(body, status, headers, granted=("read",), refresh_rejected_statuses=STATUSES)
    assert (type(error), error.provider_code) == (TokenRejected, f"http_{status}")


def test_a_status_says_nothing_about_a_code_at_the_exchange() -> None:
    """There is no connection yet that could need its user."""
    error = failure({"message": "no"}, 400, refresh_rejected_statuses=STATUSES)
    assert type(error) is UnreadableResponse


@pytest.mark.requirement("D6")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("invalid_client", ProviderMisconfigured),
        ("slow_down", ProviderUnavailable),
        ("invalid_request", ProviderRefused),
        ("invalid_grant", TokenRejected),
    ],
)
def test_a_code_comes_before_the_status(code: str, expected: type[ProviderError]) -> None:
    """A gateway with a wrong secret must not disconnect everybody."""
    error = failure({"error": code}, 400, granted=(), refresh_rejected_statuses=STATUSES)
    assert (type(error), error.provider_code) == (expected, code)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (402, UnreadableResponse),
        (404, UnreadableResponse),
        (302, UnreadableResponse),
        (429, ProviderUnavailable),
        (500, ProviderUnavailable),
    ],
)
def test_any_other_status_says_nothing_about_the_token(
    status: int, expected: type[ProviderError]
) -> None:
    error = failure({}, status, granted=("read",), refresh_rejected_statuses=STATUSES)
    assert type(error) is expected


def test_a_grant_without_scopes_is_refreshed_like_any_other() -> None:
    """``granted`` is empty there, which is not the same as an exchange."""
    error = failure({}, 401, granted=(), refresh_rejected_statuses=STATUSES)
    assert type(error) is TokenRejected


def test_success_is_a_success_with_any_declaration() -> None:
    tokens = read(GOOD, granted=(), refresh_rejected_statuses=STATUSES, error_codes=CODES)
    assert tokens.scopes == ("read", "write")
