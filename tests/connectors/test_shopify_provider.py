"""Shopify on the wire; its signed callback: test_shopify_callback.py.

Sources: shopify.dev, authorization code grant and offline access tokens; Shopify's own library.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from connectors.catalog import get_connector_config
from connectors.secret import Secret
from gateway.engine.api import api_headers, api_request
from gateway.engine.authorize import authorization_url
from gateway.engine.templates import read_connection_config, render_url
from gateway.errors import (
    EgressRefused,
    InvalidRequest,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from gateway.services.provider import Grant, Provider
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)
from tests.support.wire import form, own_headers

CONFIG = get_connector_config(
    "shopify", {"OAUTH_SHOPIFY_CLIENT_ID": "s-id", "OAUTH_SHOPIFY_CLIENT_SECRET": "shpss_s"}
)
REDIRECT_URI = "https://gateway.example.com/v1/connectors/shopify/callback"
SHOP = {"shop": "acme"}
TOKEN_URL = "https://acme.myshopify.com/admin/oauth/access_token"
SHOP_URL = "https://acme.myshopify.com/admin/api/2026-10/shop.json"
UNINSTALL_URL = "https://acme.myshopify.com/admin/api_permissions/current.json"

TOKENS: dict[str, Any] = {
    "access_token": "shpat_FAKE",
    "scope": "read_products,write_products",
    "expires_in": 3600,
    "refresh_token": "shprt_FAKE",
    "refresh_token_expires_in": 7776000,
}
SHOP_ANSWER: dict[str, Any] = {
    "shop": {
        "id": 800000001,
        "name": "Acme Store",
        "email": "owner@acme.com",
        "domain": "acme.com",
        "myshopify_domain": "acme.myshopify.com",
        "plan_name": "basic",
    }
}


async def exchange(provider: Provider) -> Grant:
    """Exchange the code ``s-code`` for the shop ``acme``."""
    return await provider.exchange(
        CONFIG,
        token_url=render_url(CONFIG.token_url, CONFIG, SHOP),
        code=Secret("s-code"),
        redirect_uri=REDIRECT_URI,
        verifier=Secret("v" * 43),
    )


def test_the_authorization_request_goes_to_the_shop_without_a_response_type() -> None:
    url = authorization_url(
        CONFIG,
        endpoint=render_url(CONFIG.authorization_url, CONFIG, SHOP),
        redirect_uri=REDIRECT_URI,
        state="state-1",
        verifier=Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    )
    assert url.startswith("https://acme.myshopify.com/admin/oauth/authorize?")
    assert parse_qs(urlsplit(url).query, keep_blank_values=True) == {
        "client_id": ["s-id"],
        "redirect_uri": [REDIRECT_URI],
        "scope": ["read_products"],
        "state": ["state-1"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],  # RFC 7636 appendix B
        "code_challenge_method": ["S256"],
    }


@pytest.mark.parametrize(
    "typed",
    ["acme", "ACME", " acme ", "acme.myshopify.com", "https://acme.myshopify.com/", "Acme.MyShopify.com"],
)  # fmt: skip
def test_people_may_type_their_stores_address(typed: str) -> None:
    assert read_connection_config(CONFIG, {"shop": typed}) == SHOP


@pytest.mark.parametrize(
    "typed",
    [
        "", "evil.com/", "acme.evil.com", "a@b", "a#", "a?", "a\\", "acme\n.evil.com", "-acme",
        "x.evil.com%2f", "acme.myshopify.com.evil.com", "acme.myshopify.com@evil.com", "a" * 64,
        "äcme", "acme:443", "../acme", "acme\u200b",
    ],
)  # fmt: skip
def test_anything_that_is_no_store_is_refused(typed: str) -> None:
    """H4: the client secret would travel to whatever host came out of it."""
    with pytest.raises(InvalidRequest) as caught:
        read_connection_config(CONFIG, {"shop": typed})
    assert list(caught.value.errors) == ["shop"]


async def test_the_exchange_is_a_form_without_grant_type_and_redirect_uri(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKENS)
    await exchange(provider)
    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
    }
    assert form(request) == {
        "client_id": "s-id",
        "client_secret": "shpss_s",
        "code": "s-code",
        "code_verifier": "v" * 43,
        "expiring": "1",
    }


async def test_an_exchange_yields_tokens_for_an_hour_and_the_shop(
    provider: Provider, httpx_mock: HTTPXMock, now: datetime
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(method="GET", url=SHOP_URL, json=SHOP_ANSWER)

    grant = await exchange(provider)

    assert grant.tokens.access_token.reveal() == "shpat_FAKE"
    assert grant.tokens.refresh_token == Secret("shprt_FAKE")
    assert grant.tokens.expires_at == now + timedelta(hours=1)
    assert grant.tokens.token_type == "Bearer"  # Shopify sends none
    assert grant.tokens.scopes == ("read_products", "write_products")
    assert await provider.account(CONFIG, grant, SHOP) == AccountInfo(
        external_account_id="acme.myshopify.com",
        account_label="Acme Store",
        metadata={"domain": "acme.com"},
    )
    assert own_headers(httpx_mock.get_requests()[1]) == {
        "accept": "application/json",
        "x-shopify-access-token": "shpat_FAKE",
    }


async def test_a_token_that_never_expires_is_taken_as_such(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    body = {"access_token": "shpat_FAKE", "scope": "read_products"}
    httpx_mock.add_response(url=TOKEN_URL, json=body)
    tokens = (await exchange(provider)).tokens
    assert (tokens.expires_at, tokens.refresh_token) == (None, None)


async def test_a_shop_without_a_name_is_shown_by_its_address(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(url=SHOP_URL, json={"shop": SHOP_ANSWER["shop"] | {"name": ""}})
    account = await provider.account(CONFIG, await exchange(provider), SHOP)
    assert account.account_label == "acme.myshopify.com"


@pytest.mark.parametrize(
    "body", [{}, {"shop": None}, {"shop": {"id": 1}}, {"errors": "[API] Invalid API key"}]
)
async def test_an_answer_without_the_shop_is_no_account(
    provider: Provider, httpx_mock: HTTPXMock, body: Any
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(url=SHOP_URL, json=body)
    grant = await exchange(provider)
    with pytest.raises(UnreadableResponse, match=r"the answer has no shop\.myshopify_domain"):
        await provider.account(CONFIG, grant, SHOP)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "invalid_request", ProviderRefused),
        (401, "invalid_client", ProviderMisconfigured),
        (429, "invalid_request", ProviderUnavailable),
    ],
)
async def test_a_refused_exchange_says_what_is_to_be_done(
    provider: Provider, httpx_mock: HTTPXMock, status: int, error: str, expected: type[Exception]
) -> None:
    text = "The authorization code was not found or was already used"
    body = {"error": error, "error_description": text}
    httpx_mock.add_response(url=TOKEN_URL, status_code=status, json=body)
    with pytest.raises(expected) as caught:
        await exchange(provider)
    assert text not in str(caught.value)


async def test_an_exchange_without_an_access_token_is_unreadable(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    body = {name: value for name, value in TOKENS.items() if name != "access_token"}
    httpx_mock.add_response(url=TOKEN_URL, json=body)
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        await exchange(provider)


async def test_a_refresh_says_its_grant_type_and_yields_a_new_pair(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    body = TOKENS | {"access_token": "shpat_NEW", "refresh_token": "shprt_NEW"}
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=body)

    tokens = await provider.refresh(
        CONFIG, refresh_url=TOKEN_URL, granted=CONFIG.scopes, refresh_token=Secret("shprt_FAKE")
    )

    request = httpx_mock.get_requests()[0]
    assert "authorization" not in request.headers
    assert form(request) == {
        "grant_type": "refresh_token",
        "refresh_token": "shprt_FAKE",
        "client_id": "s-id",
        "client_secret": "shpss_s",
    }
    assert (tokens.access_token, tokens.refresh_token) == (
        Secret("shpat_NEW"),
        Secret("shprt_NEW"),
    )


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (401, False), (404, False)])
async def test_disconnecting_uninstalls_with_the_access_token_alone(
    provider: Provider, httpx_mock: HTTPXMock, status: int, revoked: bool
) -> None:
    httpx_mock.add_response(method="DELETE", url=UNINSTALL_URL, status_code=status)
    done = await provider.revoke(
        CONFIG,
        connection_config=SHOP,
        metadata={},
        access_token=Secret("shpat_FAKE"),
        refresh_token=Secret("shprt_FAKE"),
    )
    assert done is revoked
    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == {
        "accept": "application/json",
        "x-shopify-access-token": "shpat_FAKE",
    }
    assert request.content == b""


def test_a_tool_is_told_shopifys_own_header_and_no_bearer() -> None:
    assert api_headers(CONFIG, Secret("shpat_FAKE")) == {"X-Shopify-Access-Token": "shpat_FAKE"}


def test_the_token_goes_to_no_other_shop() -> None:
    """C7, I1: the token of one store is never sent to another one's host."""
    with pytest.raises(EgressRefused):
        api_request(
            CONFIG,
            "https://other.myshopify.com/admin/api/2026-10/shop.json",
            connection_config=SHOP,
            access_token=Secret("shpat_FAKE"),
        )


class TestShopify(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "shopify"
    expected_category = "commerce"
    expected_scopes = ("read_products", "read_orders")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    people = (
        Person(account="owner", typed={"shop": "acme"}),
        Person(account="owner", typed={"shop": "https://Globex.myshopify.com/"}),
    )
    accepted_inputs = {
        "shop": {
            "acme": "acme",
            "Acme.myshopify.com": "acme",
            "https://acme.myshopify.com/": "acme",
            "acme_2-x": "acme_2-x",
        }
    }
    refused_inputs = {
        "shop": (
            "",
            "acme.example.com",
            "acme/admin",
            "acme.myshopify.com.example.com",
            "-acme",
            "a b",
            "http://acme.myshopify.com",
            "a" * 64,
        )
    }
    probe = Probe("/shop.json")
    token_sample = TokenSample(
        answer={
            "access_token": "shpat_FAKE",
            "scope": "read_products,write_orders",
            "expires_in": 3600,
            "refresh_token": "shprt_FAKE",
            "refresh_token_expires_in": 7776000,
        },
        access_token="shpat_FAKE",
        refresh_token="shprt_FAKE",
        expires_in=3600,
        scopes=("read_products", "write_orders"),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "shpat_NEW",
            "scope": "read_products",
            "expires_in": 3600,
            "refresh_token": "shprt_NEW",
            "refresh_token_expires_in": 7776000,
        },
        access_token="shpat_NEW",
        refresh_token="shprt_NEW",
        expires_in=3600,
        scopes=("read_products",),
    )
    account_samples = (
        AccountSample(
            answers={
                "acme.myshopify.com/admin/api/2026-10/shop.json": {
                    "shop": {
                        "id": 800000001,
                        "name": "Acme Store",
                        "email": "owner@acme.com",
                        "domain": "acme.com",
                        "myshopify_domain": "acme.myshopify.com",
                        "plan_name": "basic",
                    }
                }
            },
            typed={"shop": "acme"},
            expected=AccountInfo(
                external_account_id="acme.myshopify.com",
                account_label="Acme Store",
                metadata={"domain": "acme.com"},
            ),
        ),
        AccountSample(
            answers={
                "acme.myshopify.com/admin/api/2026-10/shop.json": {
                    "shop": {"myshopify_domain": "acme.myshopify.com"}
                }
            },
            typed={"shop": "acme"},
            expected=AccountInfo(
                external_account_id="acme.myshopify.com", account_label="acme.myshopify.com"
            ),
        ),
    )
    error_samples = (
        ErrorSample(status=400, body={"error": "invalid_grant"}, raises=TokenRejected),
        ErrorSample(
            status=400,
            body={
                "error": "invalid_request",
                "error_description": "The authorization code was not found or was already used",
            },
            raises=ProviderRefused,
        ),
        ErrorSample(
            status=401, body={"errors": "[API] Invalid API key"}, raises=UnreadableResponse
        ),
    )
