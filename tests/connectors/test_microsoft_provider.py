"""Microsoft on the wire.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
https://learn.microsoft.com/graph/api/user-get.
"""

from __future__ import annotations

import base64
import json
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
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import form, own_headers

TENANT = "9d1c2b3a-0000-4000-8000-00000000000a"
ID_TOKEN = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "RS256"}, {"tid": TENANT, "oid": "6a2f"}, "signature")
)


class TestMicrosoft(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "microsoft"
    expected_category = "productivity"
    expected_alias = "microsoft-graph"
    expected_scopes = ("openid", "offline_access", "User.Read")
    expected_scopes_not_echoed = frozenset({"offline_access"})
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"prompt": "select_account"}
    people = (
        Person(account="6a2f1c3e-0000-4000-8000-000000000001"),
        Person(account="00000000-0000-0000-6a2f-1c3e00000003"),
    )
    probe = Probe("/me")
    token_sample = TokenSample(
        answer={
            "token_type": "Bearer",
            "scope": "openid profile email User.Read",
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": "eyJ0eXAi.FAKE",
            "refresh_token": "0.AXoFAKE",
            "id_token": ID_TOKEN,
        },
        access_token="eyJ0eXAi.FAKE",
        refresh_token="0.AXoFAKE",
        expires_in=3599,
        scopes=("openid", "profile", "email", "User.Read", "offline_access"),
    )
    refresh_sample = TokenSample(
        answer={
            "token_type": "Bearer",
            "scope": "openid https://graph.microsoft.com/User.Read",
            "expires_in": 4021,
            "access_token": "eyJ0eXAi.NEW",
            "refresh_token": "0.AXoNEW",
        },
        access_token="eyJ0eXAi.NEW",
        refresh_token="0.AXoNEW",
        expires_in=4021,
        scopes=("openid", "User.Read", "offline_access"),
    )
    account_samples = (
        AccountSample(
            answers={
                "graph.microsoft.com/v1.0/me": {
                    "id": "6a2f1c3e-0000-4000-8000-000000000002",
                    "displayName": "Ana Diaz",
                    "mail": "ana@contoso.com",
                    "userPrincipalName": "ana.diaz@contoso.com",
                }
            },
            expected=AccountInfo(
                external_account_id=f"{TENANT}:6a2f1c3e-0000-4000-8000-000000000002",
                account_label="ana@contoso.com",
                metadata={"tenant_id": TENANT},
            ),
        ),
        AccountSample(
            answers={
                "graph.microsoft.com/v1.0/me": {
                    "id": "6a2f1c3e-0000-4000-8000-000000000002",
                    "mail": None,
                    "userPrincipalName": "ana.diaz@contoso.com",
                }
            },
            expected=AccountInfo(
                external_account_id=f"{TENANT}:6a2f1c3e-0000-4000-8000-000000000002",
                account_label="ana.diaz@contoso.com",
                metadata={"tenant_id": TENANT},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={
                "error": "invalid_grant",
                "error_description": "AADSTS70008: The refresh token has expired…",
                "error_codes": [70008],
                "timestamp": "2026-01-09 02:02:12Z",
                "trace_id": "0000aaaa-11bb-cccc-dd22-eeeeee333333",
                "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
            },
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(status=400, body={"error": "interaction_required"}, raises=ProviderRefused),
        ErrorSample(
            status=400, body={"error": "temporarily_unavailable"}, raises=ProviderUnavailable
        ),
    )


TOKEN_URL = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
ACCOUNT_URL = "https://graph.microsoft.com/v1.0/me"
TOKENS = TestMicrosoft.token_sample
ACCOUNT = TestMicrosoft.account_samples[0]
ME = ACCOUNT.answers["graph.microsoft.com/v1.0/me"]


def id_token(claims: bytes) -> str:
    """A signed token with these bytes as its claims."""
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.sig"


@pytest.fixture
def microsoft(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Microsoft."""
    return Conversation(provider, httpx_mock, "microsoft")


async def test_the_exchange_is_a_form_with_the_credentials_in_the_body(
    microsoft: Conversation,
) -> None:
    microsoft.answers(TOKEN_URL, TOKENS.answer)
    await microsoft.exchange()
    request = microsoft.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": microsoft.redirect_uri,
        "code_verifier": VERIFIER,
        "client_id": "microsoft-id",
        "client_secret": "microsoft-secret",
    }


async def test_the_account_is_an_object_of_the_tenant_in_the_id_token(
    microsoft: Conversation, now: datetime
) -> None:
    microsoft.answers(TOKEN_URL, TOKENS.answer)
    microsoft.tells(ACCOUNT)
    grant = await microsoft.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await microsoft.account(grant) == ACCOUNT.expected
    assert own_headers(microsoft.sent(ACCOUNT_URL)) == bearer(TOKENS.access_token)


@pytest.mark.requirement("C6")
async def test_the_same_object_id_in_another_tenant_is_another_account(
    microsoft: Conversation,
) -> None:
    """An object id is unique in its tenant only."""
    accounts = []
    for tenant in (b"one", b"two"):
        changed = {"id_token": id_token(b'{"tid": "%s"}' % tenant)}
        microsoft.answers(TOKEN_URL, {**TOKENS.answer, **changed})
        microsoft.tells(ACCOUNT)
        accounts.append((await microsoft.connect()).external_account_id)
    assert accounts == [f"one:{ME['id']}", f"two:{ME['id']}"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        "no-token",
        "e30.%%%.sig",
        "e30.é.sig",
        "e30.A.sig",
        id_token(b"tid"),
        id_token(b"\xff"),
        id_token(b'["tid"]'),
        id_token(b"[" * 5000),
        id_token(b"{}"),
        id_token(b'{"tid": ""}'),
        id_token(b'{"tid": {"tid": "x"}}'),
    ],
    ids=[
        "null",
        "empty",
        "a number",
        "no JWT",
        "no base64",
        "not ASCII",
        "half a byte",
        "no JSON",
        "no UTF-8",
        "a list",
        "too deep",
        "no tid",
        "empty tid",
        "tid is no text",
    ],
)
async def test_an_id_token_without_a_tenant_is_no_account(
    microsoft: Conversation, value: Any
) -> None:
    microsoft.answers(TOKEN_URL, {**TOKENS.answer, "id_token": value})
    microsoft.tells(ACCOUNT)
    with pytest.raises(UnreadableResponse, match="have no tenant"):
        await microsoft.connect()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(ME, "id"), "no object id"),
        (200, "<h1>Sign in</h1>", "not valid JSON"),
        (401, {"error": {"code": "InvalidAuthenticationToken"}}, "endpoint answered 401"),
        (503, ME, "endpoint answered 503"),
    ],
)
async def test_an_answer_without_the_object_is_no_account(
    microsoft: Conversation, status: int, body: Any, reason: str
) -> None:
    microsoft.answers(TOKEN_URL, TOKENS.answer)
    microsoft.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await microsoft.connect()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, TestMicrosoft.error_samples[0].body, TokenRejected),
        (400, {"error": "consent_required", "suberror": "consent"}, ProviderRefused),
        (401, {"error": "invalid_client", "error_codes": [7000215]}, ProviderMisconfigured),
        (503, {"error": "invalid_grant"}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    microsoft: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    microsoft.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected) as caught:
        await microsoft.exchange()
    assert "AADSTS" not in str(caught.value)  # never the provider's own words


async def test_a_refresh_brings_a_new_pair(microsoft: Conversation, now: datetime) -> None:
    microsoft.answers(TOKEN_URL, TestMicrosoft.refresh_sample.answer)
    tokens = await microsoft.refresh()
    request = microsoft.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": "microsoft-id",
        "client_secret": "microsoft-secret",
    }
    assert read(tokens, now) == outcome(TestMicrosoft.refresh_sample)


async def test_there_is_no_way_to_revoke(microsoft: Conversation) -> None:
    assert await microsoft.revoke({"tenant_id": TENANT}) is None
    assert microsoft.count() == 0
