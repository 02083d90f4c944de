"""The request that ends a grant: RFC 7009 and the shapes that providers made of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.config import Revocation
from connectors.secret import Secret
from gateway.engine.request import ProviderRequest
from gateway.engine.revocation import revocation_request
from gateway.errors import InvalidRequest
from tests.support.configs import CLIENT_SECRET, TENANT, make_config

URL = "https://auth.example.com/revoke"


def request_of(refresh_token: str | None = "refresh-1", **changes: Any) -> ProviderRequest:
    """The revocation request of the connector ``acme`` with these changes."""
    request = revocation_request(
        make_config(**{"revocation_url": URL} | changes),
        connection_config={"company": "acme"},
        access_token=Secret("access-1"),
        refresh_token=Secret(refresh_token) if refresh_token else None,
    )
    assert request is not None
    return request


def test_a_provider_without_an_endpoint_gets_no_request() -> None:
    assert (
        revocation_request(
            make_config(), connection_config={}, access_token=Secret("a"), refresh_token=None
        )
        is None
    )


def test_the_default_is_rfc_7009_with_client_authentication() -> None:
    request = request_of()
    assert (request.method, request.url) == ("POST", URL)
    assert parse_qsl(request.content.decode()) == [
        ("token", "refresh-1"),
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
    ]


@pytest.mark.parametrize(
    ("declared", "refresh_token", "sent"),
    [
        ("refresh_token", "refresh-1", "refresh-1"),
        ("refresh_token", None, "access-1"),
        ("access_token", "refresh-1", "access-1"),
    ],
)
def test_the_declared_token_is_sent_or_the_access_token_instead(
    declared: Any, refresh_token: str | None, sent: str
) -> None:
    request = request_of(refresh_token, revocation=Revocation(token=declared, auth="none"))
    assert parse_qsl(request.content.decode()) == [("token", sent)]


def test_without_client_authentication_no_credential_is_sent() -> None:
    request = request_of(revocation=Revocation(auth="none", body_format="json"))
    assert request.headers == {"Accept": "application/json", "Content-Type": "application/json"}
    assert json.loads(request.content) == {"token": "refresh-1"}


def test_the_access_token_may_authenticate_alone() -> None:
    shape = Revocation(method="DELETE", auth="access_token", token=None)
    request = request_of(revocation=shape, api_headers={"X-Acme-Token": "${access_token}"})
    assert request.method == "DELETE"
    assert request.headers == {"Accept": "application/json", "X-Acme-Token": "access-1"}
    assert request.content == b""


def test_the_token_is_never_in_the_address() -> None:
    """J2: not even for the shapes without a body."""
    for auth in ("client", "none", "access_token"):
        request = request_of("refresh-1", revocation=Revocation(auth=auth))
        assert request.url == URL


def test_the_address_is_checked_again_when_it_is_filled_in() -> None:
    """H4: what is stored with a connection is checked before each later use, too."""
    config = make_config(
        revocation_url="https://${connection_config.company}.example.com/revoke",
        connection_config={"company": TENANT},
    )
    with pytest.raises(InvalidRequest):
        revocation_request(
            config,
            connection_config={"company": "evil.com/"},
            access_token=Secret("a"),
            refresh_token=None,
        )
