"""Notion on the wire.

Sources: https://developers.notion.com/reference/create-a-token,
https://developers.notion.com/reference/refresh-a-token, and the types of Notion's own SDK.
"""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from connectors.catalog import get_connector_config
from connectors.secret import Secret
from gateway.engine.api import api_headers
from gateway.engine.authorize import authorization_url
from gateway.errors import (
    ProviderMisconfigured,
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
from tests.support.wire import basic, json_body, own_headers

CONFIG = get_connector_config(
    "notion", {"OAUTH_NOTION_CLIENT_ID": "n-id", "OAUTH_NOTION_CLIENT_SECRET": "secret_n"}
)
REDIRECT_URI = "https://gateway.example.com/v1/connectors/notion/callback"
TOKEN_URL = "https://api.notion.com/v1/oauth/token"
REVOKE_URL = "https://api.notion.com/v1/oauth/revoke"

WORKSPACE = "3b1c6fe0-0000-4000-8000-000000000001"
PERSON = "44444444-dddd-4000-8000-000000000402"
BOT = "44444444-dddd-4000-8000-000000000401"

TOKENS: dict[str, Any] = {
    "access_token": "ntn_FAKE",
    "token_type": "bearer",
    "refresh_token": "nrt_FAKE",
    "bot_id": BOT,
    "workspace_icon": None,
    "workspace_name": "Acme HQ",
    "workspace_id": WORKSPACE,
    "owner": {
        "type": "user",
        "user": {
            "object": "user",
            "id": PERSON,
            "type": "person",
            "name": "Ana",
            "avatar_url": None,
            "person": {"email": "ana@example.com"},
        },
    },
    "duplicated_template_id": None,
    "request_id": "req-fake",
}
TOKEN_HEADERS = {
    "accept": "application/json",
    "authorization": basic("n-id", "secret_n"),
    "content-type": "application/json",
    "notion-version": "2025-09-03",
}


def answer(**changes: Any) -> dict[str, Any]:
    """The documented token answer with changes."""
    return copy.deepcopy(TOKENS) | changes


async def exchange(provider: Provider) -> Grant:
    """Exchange the code ``n-code``."""
    return await provider.exchange(
        CONFIG,
        token_url=CONFIG.token_url,
        code=Secret("n-code"),
        redirect_uri=REDIRECT_URI,
        verifier=Secret("v" * 43),
    )


def test_the_authorization_request_names_the_owner_and_no_scope() -> None:
    url = authorization_url(
        CONFIG,
        endpoint=CONFIG.authorization_url,
        redirect_uri=REDIRECT_URI,
        state="state-1",
        verifier=Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    )
    assert url.startswith("https://api.notion.com/v1/oauth/authorize?")
    assert parse_qs(urlsplit(url).query, keep_blank_values=True) == {
        "response_type": ["code"],
        "client_id": ["n-id"],
        "redirect_uri": [REDIRECT_URI],
        "state": ["state-1"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],  # RFC 7636 appendix B
        "code_challenge_method": ["S256"],
        "owner": ["user"],
    }


async def test_the_exchange_is_json_with_basic_authentication(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKENS)
    await exchange(provider)
    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {
        "grant_type": "authorization_code",
        "code": "n-code",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "v" * 43,
    }


async def test_an_exchange_yields_tokens_without_expiry_and_the_account_without_a_call(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKENS)

    grant = await exchange(provider)

    assert grant.tokens.access_token.reveal() == "ntn_FAKE"
    assert grant.tokens.refresh_token == Secret("nrt_FAKE")
    assert grant.tokens.expires_at is None
    assert grant.tokens.scopes == ()
    assert await provider.account(CONFIG, grant, {}) == AccountInfo(
        external_account_id=f"{WORKSPACE}:{PERSON}",
        account_label="Acme HQ",
        metadata={"workspace_id": WORKSPACE, "bot_id": BOT},
    )
    assert len(httpx_mock.get_requests()) == 1


async def test_a_null_refresh_token_is_none(provider: Provider, httpx_mock: HTTPXMock) -> None:
    """C5: Notion's type is string or null."""
    httpx_mock.add_response(url=TOKEN_URL, json=answer(refresh_token=None))
    assert (await exchange(provider)).tokens.refresh_token is None


@pytest.mark.parametrize(
    ("changes", "account_id", "label"),
    [
        ({"workspace_name": None}, f"{WORKSPACE}:{PERSON}", "Ana"),
        (
            {
                "workspace_name": None,
                "owner": {"type": "user", "user": {"object": "user", "id": PERSON}},
            },
            f"{WORKSPACE}:{PERSON}",
            f"{WORKSPACE}:{PERSON}",
        ),
        ({"owner": {"type": "workspace", "workspace": True}}, WORKSPACE, "Acme HQ"),
    ],
    ids=["no workspace name", "partial user", "owned by the workspace"],
)
async def test_every_documented_owner_is_an_account(
    provider: Provider,
    httpx_mock: HTTPXMock,
    changes: dict[str, Any],
    account_id: str,
    label: str,
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=answer(**changes))
    account = await provider.account(CONFIG, await exchange(provider), {})
    assert (account.external_account_id, account.account_label) == (account_id, label)


async def test_two_people_of_one_workspace_are_two_accounts(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    other = {"type": "user", "user": {"object": "user", "id": BOT, "name": "Ben"}}
    httpx_mock.add_response(url=TOKEN_URL, json=TOKENS)
    httpx_mock.add_response(url=TOKEN_URL, json=answer(owner=other))
    accounts = [await provider.account(CONFIG, await exchange(provider), {}) for _ in range(2)]
    assert len({account.external_account_id for account in accounts}) == 2


async def test_without_a_workspace_there_is_no_account(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=answer(workspace_id=None))
    grant = await exchange(provider)
    with pytest.raises(UnreadableResponse, match="the answer has no"):
        await provider.account(CONFIG, grant, {})


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "invalid_grant", TokenRejected),
        (401, "invalid_client", ProviderMisconfigured),
        (401, "unauthorized", UnreadableResponse),
        (502, "invalid_grant", ProviderUnavailable),
    ],
)
async def test_a_refused_exchange_says_what_is_to_be_done(
    provider: Provider, httpx_mock: HTTPXMock, status: int, error: str, expected: type[Exception]
) -> None:
    # Notion's own API errors have "code" where RFC 6749 has "error".
    body = {"code" if error == "unauthorized" else "error": error, "request_id": "req-fake"}
    httpx_mock.add_response(url=TOKEN_URL, status_code=status, json=body)
    with pytest.raises(expected):
        await exchange(provider)


async def test_an_exchange_without_an_access_token_is_unreadable(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    body = {name: value for name, value in TOKENS.items() if name != "access_token"}
    httpx_mock.add_response(url=TOKEN_URL, json=body)
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        await exchange(provider)


async def test_a_refresh_is_json_with_basic_authentication_and_yields_a_new_pair(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    body = answer(access_token="ntn_NEW", refresh_token="nrt_NEW")
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=body)

    tokens = await provider.refresh(
        CONFIG, refresh_url=CONFIG.token_url, granted=(), refresh_token=Secret("nrt_FAKE")
    )

    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {"grant_type": "refresh_token", "refresh_token": "nrt_FAKE"}
    assert tokens.access_token == Secret("ntn_NEW")
    assert tokens.refresh_token == Secret("nrt_NEW")
    assert tokens.expires_at is None


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (401, False), (500, False)])
async def test_revoking_is_json_with_basic_authentication(
    provider: Provider, httpx_mock: HTTPXMock, status: int, revoked: bool
) -> None:
    httpx_mock.add_response(
        method="POST", url=REVOKE_URL, status_code=status, json={"request_id": "req-fake"}
    )
    done = await provider.revoke(
        CONFIG,
        connection_config={},
        metadata={},
        access_token=Secret("ntn_FAKE"),
        refresh_token=Secret("nrt_FAKE"),
    )
    assert done is revoked
    request = httpx_mock.get_requests()[0]
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {"token": "ntn_FAKE"}


def test_a_tool_is_told_the_version_header_that_every_call_needs() -> None:
    assert api_headers(CONFIG, Secret("ntn_FAKE")) == {
        "Authorization": "Bearer ntn_FAKE",
        "Notion-Version": "2025-09-03",
    }


class TestNotion(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "notion"
    expected_category = "productivity"
    expected_scopes = ()
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"owner": "user"}
    people = (Person(account="workspace-1"), Person(account="workspace-2"))
    probe = Probe("/users/me")
    token_sample = TokenSample(
        answer=TOKENS,
        access_token="ntn_FAKE",
        refresh_token="nrt_FAKE",
        expires_in=None,
        scopes=(),
    )
    refresh_sample = TokenSample(
        answer=answer(access_token="ntn_NEW", refresh_token="nrt_NEW"),
        access_token="ntn_NEW",
        refresh_token="nrt_NEW",
        expires_in=None,
        scopes=(),
    )
    account_samples = (
        AccountSample(
            expected=AccountInfo(
                external_account_id=f"{WORKSPACE}:{PERSON}",
                account_label="Acme HQ",
                metadata={"workspace_id": WORKSPACE, "bot_id": BOT},
            )
        ),
        AccountSample(
            token_answer=answer(workspace_name=None),
            expected=AccountInfo(
                external_account_id=f"{WORKSPACE}:{PERSON}",
                account_label="Ana",
                metadata={"workspace_id": WORKSPACE, "bot_id": BOT},
            ),
        ),
        AccountSample(
            token_answer=answer(owner={"type": "workspace", "workspace": True}),
            expected=AccountInfo(
                external_account_id=WORKSPACE,
                account_label="Acme HQ",
                metadata={"workspace_id": WORKSPACE, "bot_id": BOT},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": "invalid_grant", "request_id": "req-fake"},
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(
            status=401,
            body={"object": "error", "status": 401, "code": "unauthorized", "message": "…"},
            raises=UnreadableResponse,
        ),
    )
