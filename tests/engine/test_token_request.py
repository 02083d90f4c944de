"""The two token requests: code exchange (RFC 6749 4.1.3) and refresh (RFC 6749 6)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.engine.request import OutboundRequest
from gateway.engine.token_request import exchange_request, refresh_request
from tests.support.configs import CLIENT_SECRET, make_config

ENDPOINT = "https://auth.example.com/token"
REDIRECT_URI = "https://gateway.example.com/v1/connectors/acme/callback"
CREDENTIALS = {"client_id": "client-1", "client_secret": CLIENT_SECRET}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)

EXCHANGE = {
    "grant_type": "authorization_code",
    "code": "code-1",
    "redirect_uri": REDIRECT_URI,
    "code_verifier": "v" * 43,
}
REFRESH = {"grant_type": "refresh_token", "refresh_token": "refresh-1"}


def exchange(code: str = "code-1", **changes: Any) -> OutboundRequest:
    """The exchange request of the connector ``acme`` with these changes."""
    return exchange_request(
        make_config(**changes),
        endpoint=ENDPOINT,
        code=Secret(code),
        redirect_uri=REDIRECT_URI,
        verifier=Secret("v" * 43),
    )


def refresh(token: str = "refresh-1", **changes: Any) -> OutboundRequest:
    """The refresh request of the connector ``acme`` with these changes."""
    return refresh_request(make_config(**changes), endpoint=ENDPOINT, refresh_token=Secret(token))


def params(request: OutboundRequest) -> dict[str, str]:
    """The parameters in the body, none of them twice."""
    assert (request.method, request.url) == ("POST", ENDPOINT)
    if request.headers["Content-Type"] == "application/json":
        body: dict[str, str] = json.loads(request.content)
        return body
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.mark.requirement("A12", "A13")
@pytest.mark.parametrize("body_format", ["form", "json"])
def test_an_exchange_has_the_parameters_of_the_rfcs_and_no_others(body_format: str) -> None:
    """Verifier and redirect URI are always there, the latter byte-equal."""
    assert params(exchange(body_format=body_format)) == EXCHANGE | CREDENTIALS


@pytest.mark.parametrize("body_format", ["form", "json"])
def test_a_refresh_has_the_parameters_of_the_rfc_and_no_others(body_format: str) -> None:
    """No scope: repeating it would narrow a grant that the person has widened since."""
    assert params(refresh(body_format=body_format)) == REFRESH | CREDENTIALS


def test_extra_parameters_of_any_name_and_value_go_into_the_exchange() -> None:
    extra = {"expiring": "1", "empty": "", "body": "x=1", "audience": "a&b=c"}
    assert params(exchange(extra_token_params=extra)) == EXCHANGE | extra | CREDENTIALS


def test_extra_parameters_stay_out_of_the_refresh() -> None:
    assert params(refresh(extra_token_params={"expiring": "1"})) == REFRESH | CREDENTIALS


def test_omitted_token_parameters_are_left_out_of_the_exchange_only() -> None:
    omitted = frozenset({"grant_type", "redirect_uri"})
    left = {name: value for name, value in EXCHANGE.items() if name not in omitted}
    assert params(exchange(omit_token_params=omitted)) == left | CREDENTIALS
    assert params(refresh(omit_token_params=omitted)) == REFRESH | CREDENTIALS


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("body_format", ["form", "json"])
def test_without_pkce_the_exchange_has_no_verifier(body_format: str) -> None:
    """A provider that was shown no challenge may refuse a verifier."""
    left = {name: value for name, value in EXCHANGE.items() if name != "code_verifier"}
    request = exchange(use_pkce=False, body_format=body_format)
    assert params(request) == left | CREDENTIALS
    assert b"v" * 43 not in request.content


def test_omitted_refresh_parameters_are_left_out_of_the_refresh_only() -> None:
    """Some providers have a separate refresh URL, which has no ``grant_type``."""
    omitted = frozenset({"grant_type"})
    assert (
        params(refresh(omit_refresh_params=omitted)) == {"refresh_token": "refresh-1"} | CREDENTIALS
    )
    assert params(exchange(omit_refresh_params=omitted)) == EXCHANGE | CREDENTIALS


def test_scopes_under_another_name_are_in_neither_request() -> None:
    assert params(exchange(scope_param="user_scope")) == EXCHANGE | CREDENTIALS
    assert params(refresh(scope_param="user_scope")) == REFRESH | CREDENTIALS


@given(value=TEXT, body_format=st.sampled_from(["form", "json"]))
def test_codes_and_refresh_tokens_arrive_as_they_were_issued(value: str, body_format: str) -> None:
    assert params(exchange(value, body_format=body_format)) == EXCHANGE | CREDENTIALS | {
        "code": value
    }
    assert params(refresh(value, body_format=body_format)) == REFRESH | CREDENTIALS | {
        "refresh_token": value
    }


@pytest.mark.requirement("J1", "J2")
def test_neither_request_shows_its_secrets() -> None:
    """Not in the repr, not in the address."""
    for request in (exchange("canary-code"), refresh("canary-refresh")):
        assert "canary" not in repr(request)
        assert CLIENT_SECRET not in repr(request)
