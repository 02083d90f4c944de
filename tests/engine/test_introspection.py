"""The request that asks a provider about a token (RFC 7662 2.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.secret import Secret
from gateway.engine.introspection import introspection_request
from gateway.engine.request import OutboundRequest
from gateway.errors import InvalidRequest, UnreadableResponse
from tests.support.configs import CLIENT_SECRET, TENANT, make_config

URL = "https://auth.example.com/introspect"


def request_of(company: str = "acme", **changes: Any) -> OutboundRequest:
    """The introspection of ``at-1-canary`` at the connector ``acme`` with these changes."""
    return introspection_request(
        make_config(**{"introspection_url": URL} | changes),
        connection_config={"company": company},
        access_token=Secret("at-1-canary"),
    )


@pytest.mark.requirement("J2")
def test_the_token_is_sent_in_a_form_by_an_authenticated_client() -> None:
    """RFC 7662 2.1, J2: and not in the address."""
    request = request_of()
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    assert parse_qsl(request.content.decode()) == [
        ("token", "at-1-canary"),
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
    ]


@pytest.mark.parametrize("method", ["header", "secret_key"])
def test_the_client_authenticates_as_at_the_token_endpoint(method: str) -> None:
    """The token's own bearer rights are not used: it is asked about, and does not ask."""
    request = request_of(authorization_method=method, token_headers={"Acme-Version": "7"})
    assert parse_qsl(request.content.decode()) == [("token", "at-1-canary")]
    scheme = {"header": "Basic ", "secret_key": f"Bearer {CLIENT_SECRET}"}[method]
    assert request.headers["Authorization"].startswith(scheme)
    assert "at-1-canary" not in request.headers["Authorization"]
    assert request.headers["Acme-Version"] == "7"


def test_introspection_is_a_form_even_where_token_requests_are_json() -> None:
    """RFC 7662 2.1."""
    request = request_of(body_format="json")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(request.content.decode()))["token"] == "at-1-canary"


def test_a_connector_without_an_endpoint_cannot_ask() -> None:
    with pytest.raises(UnreadableResponse, match="no introspection_url"):
        request_of(introspection_url=None)


@pytest.mark.requirement("H4")
def test_the_address_is_filled_in_and_checked() -> None:
    changes: dict[str, Any] = {
        "introspection_url": "https://${connection_config.company}.example.com/introspect",
        "connection_config": {"company": TENANT},
    }
    assert request_of(**changes).url == "https://acme.example.com/introspect"
    with pytest.raises(InvalidRequest):
        request_of("evil.com/", **changes)


@pytest.mark.requirement("J1")
def test_the_request_does_not_show_the_token() -> None:
    assert "at-1-canary" not in repr(request_of())
    assert CLIENT_SECRET not in repr(request_of())
