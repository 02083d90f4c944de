"""Linear on the wire.

Source: https://linear.app/developers/oauth-2-0-authentication.
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
from tests.support.wire import form, json_body, own_headers


class TestLinear(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "linear"
    expected_category = "productivity"
    expected_scopes = ("read", "issues:create")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"prompt": "consent"}
    people = (Person(account="acme-ana"), Person(account="side-project-ana"))
    probe = Probe(
        "/graphql",
        method="POST",
        json={"query": "{ viewer { id name email } organization { id name urlKey } }"},
    )
    token_sample = TokenSample(
        answer={
            "access_token": "lin_oauth_FAKE",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": "read write",
            "refresh_token": "lin_rt_FAKE",
        },
        access_token="lin_oauth_FAKE",
        refresh_token="lin_rt_FAKE",
        expires_in=86399,
        scopes=("read", "write"),
    )
    # As apps from before December 2023 get it.
    refresh_sample = TokenSample(
        answer={
            "access_token": "lin_oauth_NEW",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": ["read", "write"],
            "refresh_token": "lin_rt_NEW",
        },
        access_token="lin_oauth_NEW",
        refresh_token="lin_rt_NEW",
        expires_in=86399,
        scopes=("read", "write"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.linear.app/graphql": {
                    "data": {
                        "viewer": {"id": "9c2b", "name": "Ana", "email": "ana@acme.com"},
                        "organization": {"id": "1f0e", "name": "Acme", "urlKey": "acme"},
                    }
                }
            },
            expected=AccountInfo(
                external_account_id="1f0e:9c2b",
                account_label="Acme",
                metadata={"organization_url_key": "acme", "email": "ana@acme.com"},
            ),
        ),
        AccountSample(
            answers={
                "api.linear.app/graphql": {
                    "data": {
                        "viewer": {"id": "9c2b", "name": "Ana"},
                        "organization": {"id": "1f0e", "name": ""},
                    }
                }
            },
            expected=AccountInfo(external_account_id="1f0e:9c2b", account_label="Ana"),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": "invalid_grant", "error_description": "…"},
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(status=400, body={"errors": [{"message": "…"}]}, raises=UnreadableResponse),
    )


TOKEN_URL = "https://api.linear.app/oauth/token"
ACCOUNT_URL = "https://api.linear.app/graphql"
REVOKE_URL = "https://api.linear.app/oauth/revoke"
TOKENS = TestLinear.token_sample
ACCOUNT = TestLinear.account_samples[0]
VIEWER = ACCOUNT.answers["api.linear.app/graphql"]


@pytest.fixture
def linear(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Linear."""
    return Conversation(provider, httpx_mock, "linear")


async def test_the_exchange_is_a_form_with_the_credentials_in_the_body(
    linear: Conversation,
) -> None:
    linear.answers(TOKEN_URL, TOKENS.answer)
    await linear.exchange()
    request = linear.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": linear.redirect_uri,
        "code_verifier": VERIFIER,
        "client_id": "linear-id",
        "client_secret": "linear-secret",
    }


async def test_the_account_is_a_person_of_a_workspace_asked_for_in_graphql(
    linear: Conversation, now: datetime
) -> None:
    linear.answers(TOKEN_URL, TOKENS.answer)
    linear.tells(ACCOUNT, method="POST")
    grant = await linear.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await linear.account(grant) == ACCOUNT.expected
    request = linear.sent(ACCOUNT_URL)
    assert own_headers(request) == {
        **bearer(TOKENS.access_token),
        "content-type": "application/json",
    }
    assert json_body(request) == {
        "query": "{ viewer { id name email } organization { id name urlKey } }"
    }


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, {"error": "invalid_grant"}, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (400, {"errors": [{"extensions": {"code": "RATELIMITED"}}]}, UnreadableResponse),
        (502, "<h1>Bad gateway</h1>", ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    linear: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    linear.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await linear.exchange()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(VIEWER, "data.viewer.id"), "the answer has no"),
        (200, without(VIEWER, "data.organization"), "the answer has no"),
        (200, {"data": None, "errors": [{"message": "…"}]}, "the answer has no"),
        (400, {"errors": [{"message": "…"}]}, "the account endpoint answered 400"),
        (401, VIEWER, "the account endpoint answered 401"),
    ],
    ids=["no person", "no workspace", "errors in a 200", "400", "401"],
)
async def test_an_answer_without_person_and_workspace_is_no_account(
    linear: Conversation, status: int, body: Any, reason: str
) -> None:
    linear.answers(TOKEN_URL, TOKENS.answer)
    linear.answers(ACCOUNT_URL, body, status=status)
    with pytest.raises(UnreadableResponse, match=reason):
        await linear.connect()


async def test_a_refresh_brings_a_new_pair_and_its_scopes_as_a_list(
    linear: Conversation, now: datetime
) -> None:
    linear.answers(TOKEN_URL, TestLinear.refresh_sample.answer)
    tokens = await linear.refresh()
    request = linear.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": "linear-id",
        "client_secret": "linear-secret",
    }
    assert read(tokens, now) == outcome(TestLinear.refresh_sample)


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (400, False), (401, False)])
async def test_revoking_sends_the_refresh_token_without_credentials(
    linear: Conversation, status: int, revoked: bool
) -> None:
    linear.answers(REVOKE_URL, {}, status=status)
    assert await linear.revoke() is revoked
    request = linear.sent(REVOKE_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == {"token": REFRESH_TOKEN}
