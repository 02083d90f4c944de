"""The request that ends a grant: RFC 7009 and the shapes that providers made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.config_types import Revocation
from connectors.secret import Secret
from gateway.engine.request import OutboundRequest
from gateway.engine.revocation import revocation_request
from gateway.errors import InvalidRequest, UnreadableResponse
from tests.support.configs import CLIENT_SECRET, TENANT, make_config

URL = "https://auth.example.com/revoke"


def request_of(
    refresh_token: str | None = "refresh-1",
    metadata: Mapping[str, Any] | None = None,
    **changes: Any,
) -> OutboundRequest:
    """The revocation request of the connector ``acme`` with these changes."""
    request = revocation_request(
        make_config(**{"revocation_url": URL} | changes),
        connection_config={"company": "acme"},
        metadata=metadata or {},
        access_token=Secret("access-1"),
        refresh_token=Secret(refresh_token) if refresh_token else None,
    )
    assert request is not None
    return request


def test_a_provider_without_an_endpoint_gets_no_request() -> None:
    assert (
        revocation_request(
            make_config(),
            connection_config={},
            metadata={},
            access_token=Secret("a"),
            refresh_token=None,
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


@pytest.mark.requirement("J2")
def test_the_token_is_never_in_the_address() -> None:
    """Not even for the shapes without a body."""
    for auth in ("client", "none", "access_token"):
        request = request_of("refresh-1", revocation=Revocation(auth=auth))
        assert request.url == URL


@pytest.mark.requirement("H4")
def test_the_address_is_checked_again_when_it_is_filled_in() -> None:
    """Stored metadata is checked before each later use."""
    config = make_config(
        revocation_url="https://${connection_config.company}.example.com/revoke",
        connection_config={"company": TENANT},
    )
    with pytest.raises(InvalidRequest):
        revocation_request(
            config,
            connection_config={"company": "evil.com/"},
            metadata={},
            access_token=Secret("a"),
            refresh_token=None,
        )


BY_ACCOUNT = Revocation(
    auth="client",
    token=None,
    params={"client_id": "${client_id}", "account": "${metadata.account_id}", "empty": ""},
)
"""A grant that is named by its app and its account, and not by a token."""


def by_account(metadata: Mapping[str, Any], shape: Revocation = BY_ACCOUNT) -> OutboundRequest:
    """The request that ends a grant of an account with this metadata."""
    return request_of(
        metadata=metadata,
        revocation=shape,
        authorization_method="secret_key",
        token_metadata={"account_id": "account_id", "team": "team"},
    )


def test_a_grant_may_be_named_by_its_app_and_its_account() -> None:
    request = by_account({"account_id": "acct_1"})
    assert (request.method, request.url) == ("POST", URL)
    assert parse_qsl(request.content.decode(), keep_blank_values=True) == [
        ("client_id", "client-1"),
        ("account", "acct_1"),
        ("empty", ""),
    ]
    assert request.headers["Authorization"] == f"Bearer {CLIENT_SECRET}"
    assert "refresh-1" not in request.content.decode()
    assert "access-1" not in str(request.headers)


def test_parameters_are_sent_with_the_token_and_may_mix_text_and_values() -> None:
    shape = Revocation(
        auth="none",
        body_format="json",
        params={"hint": "refresh_token", "app": "${client_id}/${metadata.team}"},
    )
    request = request_of(metadata={"team": 7}, revocation=shape, token_metadata={"team": "team"})
    assert json.loads(request.content) == {
        "token": "refresh-1",
        "hint": "refresh_token",
        "app": "client-1/7",
    }


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"account_id": None},
        {"account_id": ""},
        {"account_id": " "},
        {"account_id": True},
        {"account_id": 1.5},
        {"account_id": ["a"]},
        {"account_id": {"id": "a"}},
        {"team": "T"},
    ],
    ids=repr,
)
def test_a_grant_that_cannot_be_named_is_not_revoked(metadata: dict[str, Any]) -> None:
    """An empty name could mean all of them."""
    with pytest.raises(UnreadableResponse):
        by_account(metadata)


@pytest.mark.parametrize("value", ["a&token=b", "${client_id}", "a\r\nX-Evil: 1", "é", r"\1"])
def test_any_value_stays_one_parameter(value: str) -> None:
    """I2: what a provider once said adds no parameter and is no template."""
    request = by_account({"account_id": value})
    assert dict(parse_qsl(request.content.decode("ascii"), keep_blank_values=True)) == {
        "client_id": "client-1",
        "account": value,
        "empty": "",
    }


def test_revocation_url_may_contain_metadata() -> None:
    changes: dict[str, Any] = {
        "revocation_url": "https://auth.example.com/accounts/${metadata.account_id}/revoke",
        "token_metadata": {"account_id": "account_id"},
    }
    request = request_of(metadata={"account_id": "acct_1"}, **changes)
    assert request.url == "https://auth.example.com/accounts/acct_1/revoke"
    for metadata in ({}, {"account_id": "../other"}, {"account_id": ".."}):
        with pytest.raises(InvalidRequest):
            request_of(metadata=metadata, **changes)


def test_the_token_may_have_another_name() -> None:
    request = request_of(
        revocation=Revocation(body_format="json", token="access_token", token_param="accessToken")
    )
    sent = json.loads(request.content)
    assert sent["accessToken"] == "access-1"
    assert "token" not in sent


@pytest.mark.parametrize(
    ("client_id", "segment"), [("Iv1.8a61f9", "Iv1.8a61f9"), ("a/b?c#d", "a%2Fb%3Fc%23d")]
)
def test_revocation_url_may_name_the_app(client_id: str, segment: str) -> None:
    url = "https://auth.example.com/applications/${client_id}/grant"
    request = request_of(revocation_url=url, client_id=client_id)
    assert request.url == f"https://auth.example.com/applications/{segment}/grant"


def test_the_client_may_authenticate_in_another_way_than_at_the_token_endpoint() -> None:
    header = request_of(revocation=Revocation(auth="client_header"))
    assert header.headers["Authorization"].startswith("Basic ")
    assert parse_qsl(header.content.decode()) == [("token", "refresh-1")]
    body = request_of(revocation=Revocation(auth="client_body"), authorization_method="header")
    assert "Authorization" not in body.headers
    assert ("client_secret", CLIENT_SECRET) in parse_qsl(body.content.decode())
