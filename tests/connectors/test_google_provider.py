"""Google on the wire.

Sources: https://developers.google.com/identity/protocols/oauth2/web-server,
https://developers.google.com/identity/openid-connect/openid-connect
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
from gateway.engine.authorize import authorization_url
from gateway.errors import (
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
    "google", {"OAUTH_GOOGLE_CLIENT_ID": "id.apps", "OAUTH_GOOGLE_CLIENT_SECRET": "GOCSPX-s"}
)
REDIRECT_URI = "https://gateway.example.com/v1/connectors/google/callback"
TOKEN_URL = "https://oauth2.googleapis.com/token"
REVOKE_URL = "https://oauth2.googleapis.com/revoke"
USERINFO_URL = "https://openidconnect.googleapis.com/v1/userinfo"
EMAIL_SCOPE = "https://www.googleapis.com/auth/userinfo.email"

TOKENS: dict[str, Any] = {
    "access_token": "ya29.a0AbCFAKE",
    "expires_in": 3599,
    "refresh_token": "1//0gFAKE",
    "scope": f"openid {EMAIL_SCOPE}",
    "token_type": "Bearer",
    "id_token": "eyJhbGciOi.FAKE.sig",
}
USERINFO: dict[str, Any] = {
    "sub": "100000000000000000001",
    "email": "ana@example.com",
    "email_verified": True,
    "name": "Ana Diaz",
    "picture": "https://lh3.googleusercontent.com/a/x",
}


async def exchange(provider: Provider) -> Grant:
    """Exchange the code ``4/0A-code``."""
    return await provider.exchange(
        CONFIG,
        token_url=CONFIG.token_url,
        code=Secret("4/0A-code"),
        redirect_uri=REDIRECT_URI,
        verifier=Secret("v" * 43),
    )


def test_the_authorization_request_asks_for_offline_access_with_consent() -> None:
    url = authorization_url(
        CONFIG,
        endpoint=CONFIG.authorization_url,
        redirect_uri=REDIRECT_URI,
        state="state-1",
        verifier=Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    )
    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert parse_qs(urlsplit(url).query, keep_blank_values=True) == {
        "response_type": ["code"],
        "client_id": ["id.apps"],
        "redirect_uri": [REDIRECT_URI],
        "scope": [f"openid {EMAIL_SCOPE}"],
        "state": ["state-1"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],  # RFC 7636 appendix B
        "code_challenge_method": ["S256"],
        "access_type": ["offline"],
        "prompt": ["consent"],
    }


async def test_the_exchange_is_a_form_with_the_credentials_in_the_body(
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
        "grant_type": "authorization_code",
        "code": "4/0A-code",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "v" * 43,
        "client_id": "id.apps",
        "client_secret": "GOCSPX-s",
    }


async def test_an_exchange_yields_tokens_for_an_hour_and_the_account(
    provider: Provider, httpx_mock: HTTPXMock, now: datetime
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(method="GET", url=USERINFO_URL, json=USERINFO)

    grant = await exchange(provider)

    assert grant.tokens.access_token.reveal() == "ya29.a0AbCFAKE"
    assert grant.tokens.refresh_token == Secret("1//0gFAKE")
    assert grant.tokens.expires_at == now + timedelta(seconds=3599)
    assert grant.tokens.scopes == ("openid", EMAIL_SCOPE) == CONFIG.scopes
    assert await provider.account(CONFIG, grant, {}) == AccountInfo(
        external_account_id="100000000000000000001",
        account_label="ana@example.com",
        metadata={"name": "Ana Diaz"},
    )
    assert own_headers(httpx_mock.get_requests()[1]) == {
        "accept": "application/json",
        "authorization": "Bearer ya29.a0AbCFAKE",
    }


@pytest.mark.parametrize(
    ("missing", "label", "metadata"),
    [
        ({"email"}, "Ana Diaz", {"name": "Ana Diaz"}),
        ({"name"}, "ana@example.com", {}),
        ({"email", "name"}, "100000000000000000001", {}),
    ],
)
async def test_the_account_has_a_label_whatever_was_left_out(
    provider: Provider, httpx_mock: HTTPXMock, missing: set[str], label: str, metadata: Any
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    left = {name: value for name, value in USERINFO.items() if name not in missing}
    httpx_mock.add_response(url=USERINFO_URL, json=left)
    account = await provider.account(CONFIG, await exchange(provider), {})
    assert (account.external_account_id, account.account_label) == (USERINFO["sub"], label)
    assert account.metadata == metadata


async def test_without_sub_there_is_no_account_even_with_an_email(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    """C6: an e-mail address changes hands; it is never an identity."""
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(url=USERINFO_URL, json=USERINFO | {"sub": None})
    grant = await exchange(provider)
    with pytest.raises(UnreadableResponse, match="the answer has no sub"):
        await provider.account(CONFIG, grant, {})


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_refused_userinfo_call_is_no_account(
    provider: Provider, httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(url=USERINFO_URL, status_code=status, json=USERINFO)
    grant = await exchange(provider)
    with pytest.raises(UnreadableResponse, match=f"the account endpoint answered {status}"):
        await provider.account(CONFIG, grant, {})


async def test_an_exchange_without_an_access_token_is_unreadable(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS | {"access_token": None})
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        await exchange(provider)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "invalid_grant", TokenRejected),
        (401, "invalid_client", ProviderMisconfigured),
        (503, "temporarily_unavailable", ProviderUnavailable),
    ],
)
async def test_a_refused_exchange_says_what_is_to_be_done(
    provider: Provider, httpx_mock: HTTPXMock, status: int, error: str, expected: type[Exception]
) -> None:
    body = {"error": error, "error_description": "Token has been expired or revoked."}
    httpx_mock.add_response(url=TOKEN_URL, status_code=status, json=body)
    with pytest.raises(expected) as caught:
        await exchange(provider)
    assert "expired" not in str(caught.value)  # never the provider's own words


async def test_a_refresh_repeats_no_scope_and_no_redirect_uri(
    provider: Provider, httpx_mock: HTTPXMock, now: datetime
) -> None:
    answer = {name: value for name, value in TOKENS.items() if name != "refresh_token"}
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=answer)

    tokens = await provider.refresh(
        CONFIG,
        refresh_url=CONFIG.token_url,
        granted=CONFIG.scopes,
        refresh_token=Secret("1//0gFAKE"),
    )

    request = httpx_mock.get_requests()[0]
    assert form(request) == {
        "grant_type": "refresh_token",
        "refresh_token": "1//0gFAKE",
        "client_id": "id.apps",
        "client_secret": "GOCSPX-s",
    }
    assert "authorization" not in request.headers
    assert tokens.refresh_token is None  # Google sends none: the caller keeps the old one
    assert tokens.expires_at == now + timedelta(seconds=3599)


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (400, False)])
async def test_revoking_sends_the_refresh_token_without_credentials(
    provider: Provider, httpx_mock: HTTPXMock, status: int, revoked: bool
) -> None:
    httpx_mock.add_response(method="POST", url=REVOKE_URL, status_code=status, json={})
    done = await provider.revoke(
        CONFIG,
        connection_config={},
        metadata={},
        access_token=Secret("ya29.a0AbCFAKE"),
        refresh_token=Secret("1//0gFAKE"),
    )
    assert done is revoked
    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
    }
    assert form(request) == {"token": "1//0gFAKE"}


async def test_a_grant_without_refresh_token_is_revoked_by_its_access_token(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="POST", url=REVOKE_URL)
    assert await provider.revoke(
        CONFIG, connection_config={}, access_token=Secret("ya29.x"), refresh_token=None
    )
    assert form(httpx_mock.get_requests()[0]) == {"token": "ya29.x"}


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
