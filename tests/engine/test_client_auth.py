"""Client authentication (RFC 6749 2.3.1): one way, never two."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, unquote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.engine.client_auth import authenticated_request
from gateway.engine.request import OutboundRequest
from tests.support.configs import CLIENT_SECRET, make_config

URL = "https://auth.example.com/token"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def request_of(body_format: Literal["form", "json"] = "form", **changes: Any) -> OutboundRequest:
    """A token request of the connector ``acme`` with these changes."""
    config = make_config(**changes)
    params = [("grant_type", "x"), ("code", "")]
    return authenticated_request(config, URL, params, body_format=body_format)


def credentials(request: OutboundRequest) -> tuple[str, str]:
    """User and password of the Basic header, before form decoding."""
    scheme, _, encoded = request.headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    user, _, password = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    return user, password


def test_in_the_body_the_credentials_are_two_parameters_and_no_header() -> None:
    request = request_of(authorization_method="body")
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    assert parse_qs(request.content.decode(), keep_blank_values=True, strict_parsing=True) == {
        "grant_type": ["x"],
        "code": [""],
        "client_id": ["client-1"],
        "client_secret": [CLIENT_SECRET],
    }


def test_in_the_header_the_credentials_are_basic_and_not_in_the_body() -> None:
    request = request_of(authorization_method="header")
    assert set(request.headers) == {"Authorization", "Content-Type", "Accept"}
    assert credentials(request) == ("client-1", CLIENT_SECRET)
    assert parse_qsl(request.content.decode(), keep_blank_values=True) == [
        ("grant_type", "x"),
        ("code", ""),
    ]


def test_both_are_form_encoded_before_they_are_joined() -> None:
    """RFC 6749 2.3.1: otherwise a colon in the id would move into the secret."""
    request = request_of(
        authorization_method="header", client_id="a:b c", client_secret=Secret("p%+/ü:=")
    )
    assert credentials(request) == ("a%3Ab+c", "p%25%2B%2F%C3%BC%3A%3D")


@given(client_id=TEXT, secret=TEXT)
@example("${metadata.x}", "${client_secret}")
def test_any_credentials_arrive_as_they_are_in_the_header(client_id: str, secret: str) -> None:
    request = request_of(
        authorization_method="header", client_id=client_id, client_secret=Secret(secret)
    )
    user, password = credentials(request)
    assert (unquote_plus(user), unquote_plus(password)) == (client_id, secret)
    assert request.headers["Authorization"].isprintable()


@given(client_id=TEXT, secret=TEXT, body_format=st.sampled_from(["form", "json"]))
def test_any_credentials_arrive_as_they_are_in_the_body(
    client_id: str, secret: str, body_format: Literal["form", "json"]
) -> None:
    request = request_of(body_format, client_id=client_id, client_secret=Secret(secret))
    assert _params(request) == {
        "grant_type": "x",
        "code": "",
        "client_id": client_id,
        "client_secret": secret,
    }


@pytest.mark.parametrize("body_format", ["form", "json"])
def test_a_secret_key_authenticates_alone_as_a_bearer_token(
    body_format: Literal["form", "json"],
) -> None:
    """Stripe: the secret is the platform's own API key, and the client id is not repeated."""
    request = request_of(body_format, authorization_method="secret_key")
    assert (request.method, request.url) == ("POST", URL)
    kinds = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
    assert request.headers == {
        "Authorization": f"Bearer {CLIENT_SECRET}",
        "Content-Type": kinds[body_format],
        "Accept": "application/json",
    }
    assert _params(request) == {"grant_type": "x", "code": ""}


def test_secret_key_is_sent_with_constant_headers() -> None:
    request = request_of(
        authorization_method="secret_key",
        token_headers={"Acme-Version": "2026-11", "Accept": "text/plain"},
    )
    assert request.headers["Acme-Version"] == "2026-11"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == f"Bearer {CLIENT_SECRET}"


@pytest.mark.parametrize("method", ["body", "header", "secret_key"])
@pytest.mark.parametrize("body_format", ["form", "json"])
def test_exactly_one_kind_of_authentication_is_used(
    method: str, body_format: Literal["form", "json"]
) -> None:
    """RFC 6749 2.3: a client must not use more than one method in a request."""
    request = request_of(body_format, authorization_method=method)
    in_header = "Authorization" in request.headers
    in_body = b"client_secret" in request.content or b"client_id" in request.content
    assert (in_header, in_body) == (method != "body", method == "body")
    assert CLIENT_SECRET not in request.url


def test_constant_headers_are_sent_and_cannot_replace_the_engines_own() -> None:
    request = request_of(token_headers={"Acme-Version": "2026-11", "Accept": "text/plain"})
    assert request.headers["Acme-Version"] == "2026-11"
    assert request.headers["Accept"] == "application/json"


@pytest.mark.requirement("J1")
def test_a_request_shows_its_method_alone() -> None:
    """An accident that prints the request prints no credential."""
    for method in ("body", "header", "secret_key"):
        shown = repr(request_of(authorization_method=method))
        assert shown == "OutboundRequest(method='POST')"


def _params(request: OutboundRequest) -> dict[str, str]:
    """The parameters in the body, none of them twice."""
    if request.headers["Content-Type"] == "application/json":
        body: dict[str, str] = json.loads(request.content)
        return body
    pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)
