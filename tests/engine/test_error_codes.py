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
@pytest.mark.parametrize("headers", [None, HTML], ids=str)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("invalid_client", ProviderMisconfigured),
        ("slow_down", ProviderUnavailable),
        ("invalid_request", ProviderRefused),
        ("invalid_grant", TokenRejected),
    ],
)
def test_a_code_comes_before_the_status(
    code: str, expected: type[ProviderError], headers: dict[str, str] | None
) -> None:
    """A gateway with a wrong secret must not disconnect everybody."""
    error = failure({"error": code}, 400, headers, granted=(), refresh_rejected_statuses=STATUSES)
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


@pytest.mark.requirement("D6")
def test_code_that_needs_the_person_ends_a_refresh_and_no_exchange() -> None:
    """At the exchange, the person is there already, and no grant is lost."""
    table: dict[str, Any] = {"refresh_rejected_codes": frozenset({"consent_required", "65001"})}
    for code in ("consent_required", 65001):
        on_refresh = failure({"error": code}, 400, granted=("read",), **table)
        assert (type(on_refresh), on_refresh.provider_code) == (TokenRejected, str(code))
        assert type(failure({"error": code}, 400, **table)) is ProviderRefused
    other = failure({"error": "login_required"}, 400, granted=("read",), **table)
    assert type(other) is ProviderRefused


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("status", [429, 500, 503])
def test_overloaded_server_does_not_send_for_the_person(status: int) -> None:
    table = frozenset({"consent_required"})
    error = failure({"error": "consent_required"}, status, granted=(), refresh_rejected_codes=table)
    assert type(error) is ProviderUnavailable


@pytest.mark.parametrize("said", [190, 190.0, "190", " 190 "], ids=repr)
def test_number_is_a_code_by_its_decimal_digits(said: Any) -> None:
    error = failure({"error": said}, 400, error_codes={"190": "invalid_grant"})
    assert type(error) is TokenRejected


@pytest.mark.parametrize("said", [190.5, True, None, [190], {"190": 190}], ids=repr)
def test_other_values_are_no_codes(said: Any) -> None:
    error = failure({"error": said}, 400, error_codes={"True": "invalid_grant"})
    assert type(error) is UnreadableResponse


@pytest.mark.parametrize(
    "body",
    [
        {"code": "dead"},
        {"error_code": "dead"},
        {"errorCode": "dead"},
        {"error": "Bad Request", "code": "dead"},
        {"error": "OAuthException", "reason": "dead"},
        {"error": {"message": "no", "type": "other", "code": "dead"}},
        {"errors": [{"code": "other"}, {"code": "dead"}]},
        {"errors": ["dead"]},
        {"status": "dead", "message": "missing or invalid refresh token"},
        {"meta": {"detail": [{"error-type": "dead"}]}},
    ],
    ids=repr,
)
def test_code_with_a_meaning_is_found_in_other_places(body: dict[str, Any]) -> None:
    error = failure(body, 400, error_codes={"dead": "invalid_grant"})
    assert type(error) is TokenRejected


def test_code_with_a_meaning_in_its_place_comes_before_others() -> None:
    body = {"error": "invalid_client", "code": "invalid_grant", "errors": ["invalid_grant"]}
    assert type(failure(body, 400)) is ProviderMisconfigured


def test_texts_for_people_hold_no_code() -> None:
    body = {"error_description": "invalid_grant", "message": "invalid_grant", "detail": "dead"}
    error = failure(body, 400, error_codes={"dead": "invalid_grant"})
    assert type(error) is UnreadableResponse


def test_code_without_a_meaning_in_another_place_stays_unknown() -> None:
    """A status of the connector's table counts for it, as before."""
    body = {"error": {"type": "x"}, "code": 17}
    assert type(failure(body, 400)) is UnreadableResponse
    error = failure(body, 400, granted=(), refresh_rejected_statuses=STATUSES)
    assert error.provider_code == "http_400"


def test_large_refusal_is_searched_only_in_part() -> None:
    body = {"errors": [{"code": f"e{number}"} for number in range(100_000)]}
    assert type(failure(body, 400)) is UnreadableResponse


def test_standard_code_is_read_in_any_case_unless_the_connector_translates_it() -> None:
    assert failure({"error": "INVALID_GRANT"}, 400).provider_code == "invalid_grant"
    assert type(failure({"error": {"code": "Invalid_Client"}}, 400)) is ProviderMisconfigured
    error = failure({"error": "Invalid_Client"}, 400, error_codes={"Invalid_Client": "slow_down"})
    assert type(error) is ProviderUnavailable
