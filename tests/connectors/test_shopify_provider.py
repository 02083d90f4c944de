"""Shopify on the wire; its signed callback: test_shopify_callback.py.

Sources: shopify.dev, authorization code grant and offline access tokens; Shopify's own library.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from connectors.secret import Secret
from gateway.engine.api import api_headers, api_request
from gateway.errors import (
    EgressRefused,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from gateway.services.provider import Provider
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)
from tests.support.conversation import (
    ACCESS_TOKEN,
    CHALLENGE,
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import form, own_headers


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
            " ACME ": "acme",
            "Acme.MyShopify.com": "acme",
            "https://acme.myshopify.com/": "acme",
            "acme_2-x": "acme_2-x",
        }
    }
    # H4: the client secret would travel to whatever host came out of it.
    refused_inputs = {
        "shop": (
            "",
            "-acme",
            "äcme",
            "a" * 64,
            "a b",
            "a@b",
            "a#",
            "a?",
            "a\\",
            "acme\u200b",
            "acme:443",
            "acme/admin",
            "../acme",
            "evil.com/",
            "acme.example.com",
            "acme\n.evil.com",
            "x.evil.com%2f",
            "http://acme.myshopify.com",
            "acme.myshopify.com.example.com",
            "acme.myshopify.com@evil.com",
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


TOKEN_URL = "https://acme.myshopify.com/admin/oauth/access_token"
ACCOUNT_URL = "https://acme.myshopify.com/admin/api/2026-10/shop.json"
UNINSTALL_URL = "https://acme.myshopify.com/admin/api_permissions/current.json"
SHOP = {"shop": "acme"}
TOKENS = TestShopify.token_sample
ACCOUNT = TestShopify.account_samples[0]
CREDENTIALS = {"client_id": "shopify-id", "client_secret": "shopify-secret"}


def shop_header(token: str) -> dict[str, str]:
    """The headers of an API call with ``token``: Shopify's own and no Bearer."""
    return {"accept": "application/json", "x-shopify-access-token": token}


@pytest.fixture
def shopify(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Shopify."""
    return Conversation(provider, httpx_mock, "shopify", SHOP)


async def test_the_authorization_request_goes_to_the_shop_without_a_response_type(
    shopify: Conversation,
) -> None:
    assert shopify.authorization_request() == (
        "https://acme.myshopify.com/admin/oauth/authorize",
        {
            "client_id": "shopify-id",
            "redirect_uri": shopify.redirect_uri,
            "scope": "read_products,read_orders",
            "state": "state-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        },
    )


async def test_the_exchange_is_a_form_without_grant_type_and_redirect_uri(
    shopify: Conversation,
) -> None:
    shopify.answers(TOKEN_URL, TOKENS.answer)
    await shopify.exchange()
    request = shopify.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {"code": CODE, "code_verifier": VERIFIER, "expiring": "1"}


async def test_an_exchange_yields_tokens_for_an_hour_and_the_shop(
    shopify: Conversation, now: datetime
) -> None:
    shopify.answers(TOKEN_URL, TOKENS.answer)
    shopify.tells(ACCOUNT)
    grant = await shopify.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert grant.tokens.token_type == "Bearer"  # Shopify sends none
    assert await shopify.account(grant) == ACCOUNT.expected
    assert own_headers(shopify.sent(ACCOUNT_URL)) == shop_header(TOKENS.access_token)


async def test_a_token_that_never_expires_is_taken_as_such(
    shopify: Conversation, now: datetime
) -> None:
    shopify.answers(TOKEN_URL, {"access_token": "shpat_FAKE", "scope": "read_products"})
    tokens = (await shopify.exchange()).tokens
    assert read(tokens, now) == ("shpat_FAKE", None, None, ("read_products",))


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, {"shop": None}, r"the answer has no shop\.myshopify_domain"),
        (200, {"shop": {"id": 1, "email": "a@b.c"}}, r"the answer has no shop\.myshopify_domain"),
        (401, {"errors": "[API] Invalid API key"}, "the account endpoint answered 401"),
        (500, "<h1>Oops</h1>", "the account endpoint answered 500"),
    ],
)
async def test_an_answer_without_the_shop_is_no_account(
    shopify: Conversation, status: int, body: Any, reason: str
) -> None:
    shopify.answers(TOKEN_URL, TOKENS.answer)
    shopify.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await shopify.connect()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, TestShopify.error_samples[1].body, ProviderRefused),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (429, {"error": "invalid_request"}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    shopify: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    shopify.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected) as caught:
        await shopify.exchange()
    assert "not found" not in str(caught.value)  # never the provider's own words


async def test_a_refresh_says_its_grant_type_and_yields_a_new_pair(
    shopify: Conversation, now: datetime
) -> None:
    shopify.answers(TOKEN_URL, TestShopify.refresh_sample.answer)
    tokens = await shopify.refresh()
    request = shopify.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
    }
    assert read(tokens, now) == outcome(TestShopify.refresh_sample)


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (401, False), (404, False)])
async def test_disconnecting_uninstalls_with_the_access_token_alone(
    shopify: Conversation, status: int, revoked: bool
) -> None:
    shopify.answers(UNINSTALL_URL, {}, status=status, method="DELETE")
    assert await shopify.revoke() is revoked
    request = shopify.sent(UNINSTALL_URL)
    assert own_headers(request) == shop_header(ACCESS_TOKEN)
    assert request.content == b""


async def test_a_tool_is_told_shopifys_own_header_and_no_bearer(shopify: Conversation) -> None:
    expected = {"X-Shopify-Access-Token": "shpat_FAKE"}
    assert api_headers(shopify.config, Secret("shpat_FAKE")) == expected


@pytest.mark.requirement("C7")
async def test_the_token_goes_to_no_other_shop(shopify: Conversation) -> None:
    """C7, I1: the token of one store is never sent to another one's host."""
    with pytest.raises(EgressRefused):
        api_request(
            shopify.config,
            "https://other.myshopify.com/admin/api/2026-10/shop.json",
            connection_config=SHOP,
            access_token=Secret("shpat_FAKE"),
        )
