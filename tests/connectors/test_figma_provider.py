"""Figma on the wire.

Sources: https://developers.figma.com/docs/rest-api/oauth-apps, Figma's OpenAPI description.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from gateway.errors import (
    ProviderMisconfigured,
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
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import basic, form, own_headers


class TestFigma(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "figma"
    expected_category = "design"
    expected_scopes = ("current_user:read", "file_content:read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    scopes_are_echoed = False
    people = (Person(account="1200000000000000001"), Person(account="1200000000000000002"))
    probe = Probe("/me")
    token_sample = TokenSample(
        answer={
            "user_id_string": "1200000000000000009",
            "access_token": "figu_FAKE",
            "token_type": "bearer",
            "expires_in": 7776000,
            "refresh_token": "figur_FAKE",
        },
        access_token="figu_FAKE",
        refresh_token="figur_FAKE",
        expires_in=7776000,
        scopes=("current_user:read", "file_content:read"),
    )
    refresh_sample = TokenSample(
        answer={"access_token": "figu_NEW", "token_type": "bearer", "expires_in": 7776000},
        access_token="figu_NEW",
        refresh_token=None,
        expires_in=7776000,
        scopes=("current_user:read", "file_content:read"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.figma.com/v1/me": {
                    "id": "1200000000000000009",
                    "email": "ana@acme.com",
                    "handle": "Ana",
                    "img_url": "https://www.figma.com/ana.png",
                }
            },
            expected=AccountInfo(
                external_account_id="1200000000000000009",
                account_label="ana@acme.com",
                metadata={"handle": "Ana"},
            ),
        ),
        AccountSample(
            answers={"api.figma.com/v1/me": {"id": "1200000000000000009", "handle": "Ana"}},
            expected=AccountInfo(
                external_account_id="1200000000000000009",
                account_label="Ana",
                metadata={"handle": "Ana"},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": True, "status": 400, "message": "Invalid scopes for app", "i18n": None},
            raises=UnreadableResponse,
        ),
        ErrorSample(
            status=400,
            body={"error": True, "status": 400, "message": "Invalid refresh token"},
            raises=TokenRejected,
            on_refresh=True,
        ),
        ErrorSample(status=500, body={"error": True, "status": 500}, raises=ProviderUnavailable),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Figma names no error code: what its 401 means can only be guessed"
        )
    }


TOKEN_URL = "https://api.figma.com/v1/oauth/token"
REFRESH_URL = "https://api.figma.com/v1/oauth/refresh"
ACCOUNT_URL = "https://api.figma.com/v1/me"
TOKENS = TestFigma.token_sample
ACCOUNT = TestFigma.account_samples[0]
ME = ACCOUNT.answers["api.figma.com/v1/me"]
TOKEN_HEADERS = {**JSON_FORM, "authorization": basic("figma-id", "figma-secret")}


@pytest.fixture
def figma(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Figma."""
    return Conversation(provider, httpx_mock, "figma")


async def test_the_exchange_is_a_form_with_basic_authentication(figma: Conversation) -> None:
    figma.answers(TOKEN_URL, TOKENS.answer)
    await figma.exchange()
    request = figma.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": figma.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_an_exchange_yields_ninety_days_and_the_account(
    figma: Conversation, now: datetime
) -> None:
    figma.answers(TOKEN_URL, TOKENS.answer)
    figma.tells(ACCOUNT)
    grant = await figma.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await figma.account(grant) == ACCOUNT.expected
    assert own_headers(figma.sent(ACCOUNT_URL)) == bearer(TOKENS.access_token)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (200, {"error": True, "status": 400, "message": "…"}, UnreadableResponse),
        (400, {"error": True, "status": 400, "message": "…"}, UnreadableResponse),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (500, {"error": True, "status": 500}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    figma: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    figma.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await figma.exchange()


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(ME, "id"), "the answer has no id"),
        (200, {"err": "Invalid token"}, "the answer has no id"),
        (403, {"status": 403, "err": "Invalid token"}, "the account endpoint answered 403"),
        (500, ME, "the account endpoint answered 500"),
    ],
)
async def test_an_answer_without_the_id_is_no_account_even_with_an_email(
    figma: Conversation, status: int, body: Any, reason: str
) -> None:
    """An e-mail address changes hands; it is never an identity."""
    figma.answers(TOKEN_URL, TOKENS.answer)
    figma.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await figma.connect()


async def test_a_refresh_has_an_address_of_its_own_and_brings_no_refresh_token(
    figma: Conversation, now: datetime
) -> None:
    figma.answers(REFRESH_URL, TestFigma.refresh_sample.answer)
    tokens = await figma.refresh()
    request = figma.sent(REFRESH_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {"refresh_token": REFRESH_TOKEN}
    assert read(tokens, now) == outcome(TestFigma.refresh_sample)
    assert tokens.refresh_token is None  # the caller keeps the old one


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": True, "status": 400, "message": "…"}, TokenRejected),
        (400, "<h1>Bad request</h1>", TokenRejected),
        (401, {"error": True, "status": 401, "message": "…"}, UnreadableResponse),
        (429, {"error": True, "status": 429}, ProviderUnavailable),
    ],
)
async def test_a_refresh_refused_with_400_is_a_dead_grant(
    figma: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    figma.answers(REFRESH_URL, body, status=status)
    with pytest.raises(expected):
        await figma.refresh()


async def test_there_is_no_way_to_revoke(figma: Conversation) -> None:
    assert await figma.revoke() is None
    assert figma.count() == 0
