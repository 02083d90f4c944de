"""Pasted values on their way out, and the answers to them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import ConnectionInput, Secret, TokenRequest, Verify
from gateway import errors
from gateway.engine.key_requests import (
    ApiCall,
    Verdict,
    exchange_of_values,
    key_request,
    read_exchange,
    verdict,
    verification_call,
)
from gateway.engine.placements import filler_of, placed
from gateway.engine.request import OutboundRequest, OutboundResponse
from tests.support.pasted_configs import EXCHANGE, KEY, RIGHT, SITE, TEAM, make_key, make_key_config

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ME = "https://api.example.com/v1/me"
HOST = ConnectionInput(
    title="Host", description="Of your index.", example="a.pc.example", hosts=("*.pc.example",)
)
VALUES = {"key": RIGHT}


def answer(status: int, body: Any = None) -> OutboundResponse:
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return OutboundResponse(status=status, headers={}, content=content)


def call_of(values: dict[str, str] | None = None, **changes: Any) -> OutboundRequest:
    """The verification that is sent with ``values``."""
    key = make_key(**changes)
    config = make_key_config(key)
    assert key.verify is not None
    return key_request(config, key, values or VALUES, None, verification_call(key.verify))


def test_a_key_goes_into_a_header() -> None:
    sent = call_of()
    assert (sent.method, sent.url, sent.content) == ("GET", ME, b"")
    assert sent.headers == {"Accept": "application/json", "Authorization": f"Bearer {RIGHT}"}


def test_a_key_goes_into_the_query_encoded() -> None:
    any_key = replace(KEY, pattern=r".+")
    sent = call_of({"key": "a&b=c d"}, inputs={"key": any_key}, api_query={"api_key": "${key}"})
    assert sent.url == f"{ME}?api_key=a%26b%3Dc+d"


def test_two_values_go_into_http_basic() -> None:
    sent = call_of(
        {"key": RIGHT, "team": "acme"},
        inputs={"key": KEY, "team": TEAM},
        api_headers={},
        api_basic=("${team}/token", "${key}"),
    )
    given = base64.b64decode(sent.headers["Authorization"].removeprefix("Basic ")).decode()
    assert given == f"acme/token:{RIGHT}"


def test_basic_credentials_go_into_any_header() -> None:
    sent = call_of(
        {"key": RIGHT, "team": "acme"},
        inputs={"key": KEY, "team": TEAM},
        api_headers={"X-Auth": "Basic ${basic(team:key)}", "X-Key": "${basic(key:)}"},
    )
    first, second = (sent.headers[name] for name in ("X-Auth", "X-Key"))
    assert base64.b64decode(first.removeprefix("Basic ")).decode() == f"acme:{RIGHT}"
    assert base64.b64decode(second).decode() == f"{RIGHT}:"


@pytest.mark.parametrize(
    "places",
    [
        {"api_basic": ("${team}", "${key}"), "api_headers": {}},
        {"api_headers": {"X-Auth": "Basic ${basic(team:key)}"}},
    ],
)
def test_a_user_name_with_a_colon_would_be_another_users(places: dict[str, Any]) -> None:
    """RFC 7617 2: the first colon ends the user name."""
    inputs = {"key": KEY, "team": replace(TEAM, pattern=r".+")}
    with pytest.raises(errors.InvalidRequest) as caught:
        call_of({"key": RIGHT, "team": "acme:x"}, inputs=inputs, **places)
    assert "acme:x" not in str(caught.value)


def test_a_private_key_of_several_lines_goes_into_a_body_whole() -> None:
    """The check of a pasted value takes it, so the place has to, too."""
    pem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
    asked = TokenRequest(url="https://auth.example.com/token", body={"k": "${key}"}, format="json")
    any_key = replace(KEY, pattern=r"(?s).+")
    key = make_key(inputs={"key": any_key}, api_headers={"X-T": "${access_token}"}, token=asked)
    assert json.loads(exchange_of_values(key, asked, {"key": pem}).content) == {"k": pem}


def test_an_input_that_is_new_to_its_connector_has_its_default() -> None:
    """Values that were pasted before a release lack it."""
    zone = replace(TEAM, default="main")
    sent = call_of(VALUES, inputs={"key": KEY, "zone": zone}, api_query={"zone": "${zone}"})
    assert sent.url == f"{ME}?zone=main"


def test_what_fills_the_places_hides_its_values() -> None:
    assert RIGHT not in repr(filler_of(make_key(), VALUES, Secret(RIGHT)))


def test_a_key_goes_into_the_body_beside_what_the_call_sends() -> None:
    sent = call_of(
        api_headers={},
        api_body={"apikey": "${key}"},
        verify=Verify(url=ME, method="POST", json={"q": 1}, headers={"X-Version": "2"}),
    )
    assert json.loads(sent.content) == {"q": 1, "apikey": RIGHT}
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["X-Version"] == "2"


def test_a_key_goes_into_a_path_segment() -> None:
    key = make_key(
        inputs={"key": replace(KEY, pattern=r".+")},
        api_headers={},
        verify=Verify(url="https://api.example.com/bot${key}/getMe"),
    )
    config = make_key_config(key, api_base_url="https://api.example.com/bot${key}")
    api = placed(config, key, {"key": "123:AB-c_d"}, None)
    assert api.base_url == "https://api.example.com/bot123:AB-c_d"
    assert "AB-c_d" not in repr(api)
    for hostile in ("a/../b", "a?b", "a#b", "a%2fb", "a\nb", "a b", "\\"):
        with pytest.raises(errors.InvalidRequest) as caught:
            placed(config, key, {"key": hostile}, None)
        assert hostile not in str(caught.value)


def test_a_value_that_is_a_whole_segment_may_not_climb() -> None:
    key = make_key(inputs={"key": KEY, "team": replace(TEAM, pattern=r".+")})
    config = make_key_config(key, api_base_url="https://api.example.com/${team}/x")
    with pytest.raises(errors.InvalidRequest):
        placed(config, key, {"key": RIGHT, "team": ".."}, None)


def test_a_choice_gives_a_whole_host() -> None:
    key = make_key(
        inputs={"key": KEY, "site": SITE}, verify=Verify(url="https://${site.api}/v1/me")
    )
    config = make_key_config(key, api_base_url="https://${site.api}/v1")
    assert key.verify is not None
    call = verification_call(key.verify)
    sent = key_request(config, key, {"key": RIGHT, "site": "eu"}, None, call)
    assert sent.url == "https://api.eu.example/v1/me"
    with pytest.raises(errors.InvalidRequest):
        placed(config, key, {"key": RIGHT, "site": "evil"}, None)
    with pytest.raises(errors.EgressRefused):
        key_request(
            config, key, {"key": RIGHT, "site": "eu"}, None, ApiCall(url="https://api.us.example")
        )


@pytest.mark.parametrize("host", ["evil.example", "a.pc.example@evil.example", "a.pc.example:99"])
def test_a_typed_host_stays_in_its_domain(host: str) -> None:
    key = make_key(inputs={"key": KEY, "host": HOST}, verify=None)
    config = make_key_config(key, api_base_url="https://${host}/v1")
    right = placed(config, key, {"key": RIGHT, "host": "i-1.pc.example"}, None)
    assert right.base_url == "https://i-1.pc.example/v1"
    with pytest.raises(errors.InvalidRequest):
        placed(config, key, {"key": RIGHT, "host": host}, None)


def test_a_member_with_an_empty_optional_value_is_left_out() -> None:
    inputs = {"key": KEY, "team": TEAM}
    both = {"Authorization": "Bearer ${key}", "X-Team": "${team}"}
    assert "X-Team" not in call_of(VALUES, inputs=inputs, api_headers=both).headers
    sent = call_of({"key": RIGHT, "team": "acme"}, inputs=inputs, api_headers=both)
    assert sent.headers["X-Team"] == "acme"


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("", r"(?s).+"),
        ("kd-short", KEY.pattern),
        ("kd-abcdefghi\r\nX: y", r"(?s).+"),
        ("kd-äbcdefghij", r".+"),
    ],
)
def test_a_stored_value_that_does_not_fit_is_never_sent(value: str, pattern: str) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        call_of({"key": value}, inputs={"key": replace(KEY, pattern=pattern)})
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {}, Verdict.VALID),
        (204, b"", Verdict.VALID),
        (200, {"error": "REQUEST_DENIED"}, Verdict.REFUSED),
        (400, {"error": "REQUEST_DENIED"}, Verdict.REFUSED),
        (200, {"error": "OTHER"}, Verdict.VALID),
        (401, {}, Verdict.REFUSED),
        (403, b"<html>", Verdict.REFUSED),
        (400, {"error": "other"}, Verdict.NOT_CHECKED),
        (404, {}, Verdict.NOT_CHECKED),
        (302, {}, Verdict.NOT_CHECKED),
        (429, {"error": "REQUEST_DENIED"}, Verdict.NOT_CHECKED),
        (500, {"error": "REQUEST_DENIED"}, Verdict.NOT_CHECKED),
        (503, b"", Verdict.NOT_CHECKED),
    ],
)
def test_three_outcomes_of_a_verification(status: int, body: Any, expected: Verdict) -> None:
    verify = Verify(url=ME, refused_codes=frozenset({"REQUEST_DENIED"}))
    assert verdict(verify, answer(status, body)) is expected


def test_values_are_exchanged_in_a_form() -> None:
    key = make_key(api_headers={"X-T": "${access_token}"}, token=EXCHANGE)
    sent = exchange_of_values(key, EXCHANGE, VALUES)
    assert (sent.method, sent.url) == ("POST", "https://auth.example.com/token")
    assert sent.content == f"grant_type=client_credentials&key={RIGHT}".encode()
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    config = make_key_config(key)
    assert placed(config, key, VALUES, Secret("at-1")).headers == {"X-T": "at-1"}


def test_values_are_exchanged_by_json_basic_query_and_headers() -> None:
    asked = TokenRequest(
        url="https://auth.example.com/token",
        headers={"X-Key": "${key}"},
        query={"grant": "account"},
        basic=("app", "${key}"),
        body={"k": "${key}"},
        format="json",
    )
    key = make_key(api_headers={"X-T": "${access_token}"}, token=asked)
    sent = exchange_of_values(key, asked, VALUES)
    assert sent.url.endswith("?grant=account")
    assert json.loads(sent.content) == {"k": RIGHT}
    assert sent.headers["X-Key"] == RIGHT
    assert base64.b64decode(sent.headers["Authorization"][6:]).decode() == f"app:{RIGHT}"


def test_values_are_exchanged_by_get_without_a_body() -> None:
    asked = TokenRequest(url="https://auth.example.com/t", method="GET", query={"k": "${key}"})
    sent = exchange_of_values(make_key(), asked, VALUES)
    assert (sent.method, sent.content) == ("GET", b"")
    assert sent.url == f"https://auth.example.com/t?k={RIGHT}"
    assert "Content-Type" not in sent.headers


@pytest.mark.parametrize(
    ("changes", "body", "seconds"),
    [
        ({}, {"access_token": "t", "expires_in": 3600}, 3600),
        ({}, {"access_token": "t", "expires_in": "3600"}, 3600),
        ({}, {"access_token": "t"}, None),
        ({}, {"access_token": "t", "expires_in": True}, None),
        ({"lifetime_seconds": 60}, {"access_token": "t"}, 60),
        ({"lifetime_seconds": 60}, {"access_token": "t", "expires_in": 5}, 5),
        ({"expires_at_path": "end"}, {"access_token": "t", "end": NOW.timestamp() + 90}, 90),
        (
            {"expires_at_path": "end"},
            {"access_token": "t", "end": int(NOW.timestamp() + 90) * 1000},
            90,
        ),
        ({"expires_at_path": "end"}, {"access_token": "t", "end": "2026-11-28T13:00:00Z"}, 3600),
        ({"expires_at_path": "end"}, {"access_token": "t", "end": "soon"}, None),
        ({"token_path": "data.jwt", "expires_in_path": "data.ttl"}, {}, 7),
    ],
)
def test_the_life_of_an_exchanged_token(
    changes: dict[str, Any], body: dict[str, Any], seconds: int | None
) -> None:
    read = read_exchange(
        replace(EXCHANGE, **changes), answer(200, body or {"data": {"jwt": "t", "ttl": 7}}), NOW
    )
    assert read.access_token.reveal() == "t"
    assert read.expires_at == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {}, errors.TokenRejected),
        (400, {"error": "invalid_client"}, errors.TokenRejected),
        (200, {"error": "invalid_client"}, errors.TokenRejected),
        (400, {"error": "invalid_scope"}, errors.ProviderRefused),
        (429, {"error": "invalid_client"}, errors.ProviderUnavailable),
        (503, {"error": "invalid_client"}, errors.ProviderUnavailable),
        (200, {}, errors.UnreadableResponse),
        (200, {"access_token": "a b"}, errors.UnreadableResponse),
        (200, b"<html>", errors.UnreadableResponse),
    ],
)
def test_only_a_refusal_of_the_values_says_that_they_are_wrong(
    status: int, body: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_exchange(EXCHANGE, answer(status, body), NOW)
