"""Google on the wire.

Sources: https://developers.google.com/identity/protocols/oauth2/web-server,
https://developers.google.com/identity/openid-connect/openid-connect
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from gateway.errors import (
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
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import form, own_headers


class TestGoogle(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "google"
    expected_category = "productivity"
    expected_alias = "google-workspace"
    expected_scopes = ("openid", "https://www.googleapis.com/auth/userinfo.email")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"access_type": "offline", "prompt": "consent"}
    people = (Person(account="100000000000000000001"), Person(account="100000000000000000002"))
    probe = Probe("/oauth2/v3/userinfo")
    token_sample = TokenSample(
        answer={
            "access_token": "ya29.a0AbCFAKE",
            "expires_in": 3599,
            "refresh_token": "1//0gFAKE",
            "scope": "openid https://www.googleapis.com/auth/userinfo.email",
            "token_type": "Bearer",
            "id_token": "eyJhbGciOi.FAKE.sig",
        },
        access_token="ya29.a0AbCFAKE",
        refresh_token="1//0gFAKE",
        expires_in=3599,
        scopes=("openid", "https://www.googleapis.com/auth/userinfo.email"),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "ya29.a0NEW",
            "expires_in": 3599,
            "scope": "openid",
            "token_type": "Bearer",
        },
        access_token="ya29.a0NEW",
        refresh_token=None,
        expires_in=3599,
        scopes=("openid",),
    )
    account_samples = (
        AccountSample(
            answers={
                "openidconnect.googleapis.com/v1/userinfo": {
                    "sub": "100000000000000000001",
                    "email": "ana@example.com",
                    "email_verified": True,
                    "name": "Ana Diaz",
                    "picture": "https://lh3.googleusercontent.com/a/x",
                }
            },
            expected=AccountInfo(
                external_account_id="100000000000000000001",
                account_label="ana@example.com",
                metadata={"name": "Ana Diaz"},
            ),
        ),
        AccountSample(
            answers={
                "openidconnect.googleapis.com/v1/userinfo": {
                    "sub": "100000000000000000001",
                    "name": "Ana Diaz",
                }
            },
            expected=AccountInfo(
                external_account_id="100000000000000000001",
                account_label="Ana Diaz",
                metadata={"name": "Ana Diaz"},
            ),
        ),
        AccountSample(
            answers={"openidconnect.googleapis.com/v1/userinfo": {"sub": "100000000000000000001"}},
            expected=AccountInfo(
                external_account_id="100000000000000000001", account_label="100000000000000000001"
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={
                "error": "invalid_grant",
                "error_description": "Token has been expired or revoked.",
            },
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(status=400, body={"error": "redirect_uri_mismatch"}, raises=ProviderRefused),
    )


TOKEN_URL = "https://oauth2.googleapis.com/token"
REVOKE_URL = "https://oauth2.googleapis.com/revoke"
ACCOUNT_URL = "https://openidconnect.googleapis.com/v1/userinfo"
TOKENS = TestGoogle.token_sample
ACCOUNT = TestGoogle.account_samples[0]
USERINFO = ACCOUNT.answers["openidconnect.googleapis.com/v1/userinfo"]
CREDENTIALS = {"client_id": "google-id", "client_secret": "google-secret"}


@pytest.fixture
def google(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Google."""
    return Conversation(provider, httpx_mock, "google")


async def test_the_authorization_request_asks_for_offline_access_with_consent(
    google: Conversation,
) -> None:
    assert google.authorization_request() == (
        "https://accounts.google.com/o/oauth2/v2/auth",
        {
            "response_type": "code",
            "client_id": "google-id",
            "redirect_uri": google.redirect_uri,
            "scope": "openid https://www.googleapis.com/auth/userinfo.email",
            "state": "state-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        },
    )


async def test_the_exchange_is_a_form_with_the_credentials_in_the_body(
    google: Conversation,
) -> None:
    google.answers(TOKEN_URL, TOKENS.answer)
    await google.exchange()
    request = google.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": google.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_an_exchange_yields_tokens_for_an_hour_and_the_account(
    google: Conversation, now: datetime
) -> None:
    google.answers(TOKEN_URL, TOKENS.answer)
    google.tells(ACCOUNT)
    grant = await google.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await google.account(grant) == ACCOUNT.expected
    assert own_headers(google.sent(ACCOUNT_URL)) == bearer(TOKENS.access_token)


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(USERINFO, "sub"), "the answer has no sub"),
        (200, {**USERINFO, "sub": None}, "the answer has no sub"),
        (401, USERINFO, "the account endpoint answered 401"),
        (403, {"error": {"code": 403}}, "the account endpoint answered 403"),
        (500, "<h1>Oops</h1>", "the account endpoint answered 500"),
    ],
    ids=["no sub", "sub is null", "401", "403", "500"],
)
async def test_an_answer_without_sub_is_no_account_even_with_an_email(
    google: Conversation, status: int, body: Any, reason: str
) -> None:
    """An e-mail address changes hands; it is never an identity."""
    google.answers(TOKEN_URL, TOKENS.answer)
    google.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await google.connect()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (200, {**TOKENS.answer, "access_token": None}, UnreadableResponse),
        (400, TestGoogle.error_samples[0].body, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (503, {"error": "temporarily_unavailable"}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    google: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    google.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected) as caught:
        await google.exchange()
    assert "expired" not in str(caught.value)  # never the provider's own words


async def test_a_refresh_repeats_no_scope_and_brings_no_refresh_token(
    google: Conversation, now: datetime
) -> None:
    google.answers(TOKEN_URL, TestGoogle.refresh_sample.answer)
    tokens = await google.refresh()
    request = google.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
    }
    assert read(tokens, now) == outcome(TestGoogle.refresh_sample)
    assert tokens.refresh_token is None  # the caller keeps the old one


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (400, False)])
@pytest.mark.parametrize(
    ("refresh_token", "sent"), [(REFRESH_TOKEN, REFRESH_TOKEN), (None, ACCESS_TOKEN)]
)
async def test_revoking_sends_the_refresh_token_if_there_is_one_without_credentials(
    google: Conversation, status: int, revoked: bool, refresh_token: str | None, sent: str
) -> None:
    google.answers(REVOKE_URL, {}, status=status)
    assert await google.revoke(refresh_token=refresh_token) is revoked
    request = google.sent(REVOKE_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {"token": sent}
