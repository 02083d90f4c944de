"""Notion on the wire.

Sources: https://developers.notion.com/reference/create-a-token,
https://developers.notion.com/reference/refresh-a-token, and the types of Notion's own SDK.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from connectors.secret import Secret
from gateway.engine.api import api_headers
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
    ACCESS_TOKEN,
    CHALLENGE,
    CODE,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import basic, json_body, own_headers

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


def answer(**changes: Any) -> dict[str, Any]:
    """The documented token answer with changes."""
    return {**TOKENS, **changes}


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
        answer=TOKENS, access_token="ntn_FAKE", refresh_token="nrt_FAKE", expires_in=None, scopes=()
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
            token_answer=answer(
                workspace_name=None,
                owner={"type": "user", "user": {"object": "user", "id": PERSON}},
            ),
            expected=AccountInfo(
                external_account_id=f"{WORKSPACE}:{PERSON}",
                account_label=f"{WORKSPACE}:{PERSON}",
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


TOKEN_URL = "https://api.notion.com/v1/oauth/token"
REVOKE_URL = "https://api.notion.com/v1/oauth/revoke"
TOKEN_HEADERS = {
    "accept": "application/json",
    "authorization": basic("notion-id", "notion-secret"),
    "content-type": "application/json",
    "notion-version": "2025-09-03",
}


@pytest.fixture
def notion(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Notion."""
    return Conversation(provider, httpx_mock, "notion")


async def test_the_authorization_request_names_the_owner_and_no_scope(notion: Conversation) -> None:
    assert notion.authorization_request() == (
        "https://api.notion.com/v1/oauth/authorize",
        {
            "response_type": "code",
            "client_id": "notion-id",
            "redirect_uri": notion.redirect_uri,
            "state": "state-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "owner": "user",
        },
    )


async def test_the_exchange_is_json_with_basic_authentication(notion: Conversation) -> None:
    notion.answers(TOKEN_URL, TOKENS)
    await notion.exchange()
    request = notion.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": notion.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_an_exchange_yields_tokens_without_expiry_and_the_account_without_a_call(
    notion: Conversation, now: datetime
) -> None:
    notion.answers(TOKEN_URL, TOKENS)
    grant = await notion.exchange()
    assert read(grant.tokens, now) == outcome(TestNotion.token_sample)
    assert await notion.account(grant) == TestNotion.account_samples[0].expected
    assert notion.count() == 1


@pytest.mark.requirement("C5")
async def test_a_null_refresh_token_is_none(notion: Conversation) -> None:
    """Notion's type is string or null."""
    notion.answers(TOKEN_URL, answer(refresh_token=None))
    assert (await notion.exchange()).tokens.refresh_token is None


async def test_two_people_of_one_workspace_are_two_accounts(notion: Conversation) -> None:
    """Each consent is a grant of its own, and the one must not replace the other."""
    accounts = []
    for person in (PERSON, BOT):
        owner = {"type": "user", "user": {"object": "user", "id": person}}
        notion.answers(TOKEN_URL, answer(owner=owner))
        accounts.append((await notion.connect()).external_account_id)
    assert accounts == [f"{WORKSPACE}:{PERSON}", f"{WORKSPACE}:{BOT}"]


@pytest.mark.parametrize("body", [without(TOKENS, "workspace_id"), answer(workspace_id=None)])
async def test_without_a_workspace_there_is_no_account(notion: Conversation, body: Any) -> None:
    notion.answers(TOKEN_URL, body)
    with pytest.raises(UnreadableResponse, match="the answer has no"):
        await notion.connect()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS, "access_token"), UnreadableResponse),
        (400, {"error": "invalid_grant"}, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        # Notion's own API errors have "code" where RFC 6749 has "error".
        (401, {"code": "unauthorized"}, UnreadableResponse),
        (502, {"error": "invalid_grant"}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    notion: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    notion.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await notion.exchange()


async def test_a_refresh_is_json_with_basic_authentication_and_yields_a_new_pair(
    notion: Conversation, now: datetime
) -> None:
    notion.answers(TOKEN_URL, TestNotion.refresh_sample.answer)
    tokens = await notion.refresh()
    request = notion.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    assert read(tokens, now) == outcome(TestNotion.refresh_sample)


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (401, False), (500, False)])
async def test_revoking_is_json_with_basic_authentication(
    notion: Conversation, status: int, revoked: bool
) -> None:
    notion.answers(REVOKE_URL, {"request_id": "req-fake"}, status=status)
    assert await notion.revoke() is revoked
    request = notion.sent(REVOKE_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == {"token": ACCESS_TOKEN}


async def test_a_tool_is_told_the_version_header_that_every_call_needs(
    notion: Conversation,
) -> None:
    assert api_headers(notion.config, Secret("ntn_FAKE")) == {
        "Authorization": "Bearer ntn_FAKE",
        "Notion-Version": "2025-09-03",
    }
