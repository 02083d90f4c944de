"""Slack on the wire.

Sources: https://docs.slack.dev/reference/methods/oauth.v2.access,
https://docs.slack.dev/authentication/using-token-rotation, https://docs.slack.dev/reference/methods/auth.test.
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
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    Conversation,
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import basic, form, own_headers


class TestSlack(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "slack"
    expected_category = "communication"
    expected_scopes = ("users:read", "channels:read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = False
    expected_extra_authorize_params = {}
    people = (Person(account="T0SANDBOX1-U0SANDBOX1"), Person(account="T0SANDBOX1-U0SANDBOX2"))
    probe = Probe("/auth.test", method="POST")
    token_sample = TokenSample(
        answer={
            "ok": True,
            "app_id": "A0FAKE",
            "authed_user": {
                "id": "U0FAKE",
                "scope": "users:read,search:read",
                "access_token": "xoxe.xoxp-1-FAKE",
                "token_type": "user",
                "refresh_token": "xoxe-1-USER",
                "expires_in": 43200,
            },
            "scope": "chat:write,channels:read",
            "token_type": "bot",
            "access_token": "xoxe.xoxb-1-FAKE",
            "refresh_token": "xoxe-1-BOT",
            "expires_in": 43100,
            "bot_user_id": "U0BOT",
            "team": {"id": "T0FAKE", "name": "Acme"},
            "enterprise": None,
            "is_enterprise_install": False,
        },
        access_token="xoxe.xoxp-1-FAKE",
        refresh_token="xoxe-1-USER",
        expires_in=43200,
        scopes=("users:read", "search:read"),
    )
    refresh_sample = TokenSample(
        answer={
            "ok": True,
            "access_token": "xoxe.xoxp-1-NEW",
            "token_type": "user",
            "refresh_token": "xoxe-1-NEW",
            "expires_in": 43200,
            "user_id": "U0FAKE",
            "team": {"id": "T0FAKE", "name": "Acme"},
        },
        access_token="xoxe.xoxp-1-NEW",
        refresh_token="xoxe-1-NEW",
        expires_in=43200,
        scopes=("users:read", "channels:read"),
    )
    account_samples = (
        AccountSample(
            answers={
                "slack.com/api/auth.test": {
                    "ok": True,
                    "url": "https://acme.slack.com/",
                    "team": "Acme",
                    "user": "ana",
                    "team_id": "T0FAKE",
                    "user_id": "U0FAKE",
                    "is_enterprise_install": False,
                }
            },
            expected=AccountInfo(
                external_account_id="T0FAKE:U0FAKE",
                account_label="ana (Acme)",
                metadata={"team_id": "T0FAKE", "team": "Acme", "url": "https://acme.slack.com/"},
            ),
        ),
        AccountSample(
            answers={
                "slack.com/api/auth.test": {
                    "ok": True,
                    "team": None,
                    "user": "ana",
                    "team_id": "E0FAKE",
                    "user_id": "U0FAKE",
                    "is_enterprise_install": True,
                }
            },
            expected=AccountInfo(
                external_account_id="E0FAKE:U0FAKE",
                account_label="ana",
                metadata={"team_id": "E0FAKE"},
            ),
        ),
    )
    error_samples = (
        ErrorSample(status=200, body={"ok": False, "error": "invalid_code"}, raises=TokenRejected),
        ErrorSample(
            status=200, body={"ok": False, "error": "invalid_refresh_token"}, raises=TokenRejected
        ),
        ErrorSample(
            status=200,
            body={"ok": False, "error": "invalid_client_id"},
            raises=ProviderMisconfigured,
        ),
        ErrorSample(
            status=200,
            body={"ok": False, "error": "bad_client_secret"},
            raises=ProviderMisconfigured,
        ),
        ErrorSample(
            status=200, body={"ok": False, "error": "ratelimited"}, raises=ProviderUnavailable
        ),
        ErrorSample(
            status=200, body={"ok": False, "error": "bad_redirect_uri"}, raises=ProviderRefused
        ),
        ErrorSample(
            status=200, body={**token_sample.answer, "ok": False}, raises=UnreadableResponse
        ),
    )


TOKEN_URL = "https://slack.com/api/oauth.v2.access"
ACCOUNT_URL = "https://slack.com/api/auth.test"
REVOKE_URL = "https://slack.com/api/auth.revoke"
TOKENS = TestSlack.token_sample
ACCOUNT = TestSlack.account_samples[0]
WHOAMI = ACCOUNT.answers["slack.com/api/auth.test"]
TOKEN_HEADERS = {**JSON_FORM, "authorization": basic("slack-id", "slack-secret")}


@pytest.fixture
def slack(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Slack."""
    return Conversation(provider, httpx_mock, "slack")


async def test_the_exchange_is_a_form_with_basic_authentication_and_no_verifier(
    slack: Conversation,
) -> None:
    slack.answers(TOKEN_URL, TOKENS.answer)
    await slack.exchange()
    request = slack.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": slack.redirect_uri,
    }


async def test_the_persons_own_token_is_taken_with_its_own_scopes_and_life(
    slack: Conversation, now: datetime
) -> None:
    """The bot's token stands above it, with a life of its own."""
    slack.answers(TOKEN_URL, TOKENS.answer)
    slack.tells(ACCOUNT, method="POST")
    grant = await slack.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await slack.account(grant) == ACCOUNT.expected
    request = slack.sent(ACCOUNT_URL)
    assert own_headers(request) == bearer(TOKENS.access_token)
    assert request.content == b""


async def test_a_token_without_rotation_lives_until_it_is_revoked(
    slack: Conversation, now: datetime
) -> None:
    answer = without(TOKENS.answer, "authed_user.refresh_token")
    slack.answers(TOKEN_URL, without(answer, "authed_user.expires_in"))
    tokens = (await slack.exchange()).tokens
    assert read(tokens, now) == (TOKENS.access_token, None, None, TOKENS.scopes)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "authed_user.access_token"), UnreadableResponse),
        (200, without(TOKENS.answer, "authed_user"), UnreadableResponse),
        (200, without(TOKENS.answer, "ok"), UnreadableResponse),
        (200, {"ok": True}, UnreadableResponse),
        (200, {"ok": False, "error": "invalid_code"}, TokenRejected),
        (200, {"ok": False, "error": "bad_client_secret"}, ProviderMisconfigured),
        (200, {"ok": False, "error": "code_already_used"}, ProviderRefused),
        (429, {"ok": False, "error": "ratelimited"}, ProviderUnavailable),
        (500, "<h1>Oops</h1>", ProviderUnavailable),
        (403, "<h1>Forbidden</h1>", UnreadableResponse),
    ],
    ids=[
        "only the bot's token",
        "no person",
        "neither ok nor not",
        "nothing",
        "used code",
        "wrong secret",
        "any other",
        "rate limit",
        "500",
        "403",
    ],
)
async def test_an_exchange_without_the_persons_token_says_why(
    slack: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    slack.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await slack.exchange()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(WHOAMI, "user_id"), "the answer has no"),
        (200, without(WHOAMI, "team_id"), "the answer has no"),
        (200, {"ok": False, "error": "invalid_auth"}, "the answer has no"),
        (429, {"ok": False, "error": "ratelimited"}, "the account endpoint answered 429"),
        (500, "<h1>Oops</h1>", "the account endpoint answered 500"),
    ],
)
async def test_an_answer_without_person_and_team_is_no_account(
    slack: Conversation, status: int, body: Any, reason: str
) -> None:
    slack.answers(TOKEN_URL, TOKENS.answer)
    slack.answers(ACCOUNT_URL, body, status=status)
    with pytest.raises(UnreadableResponse, match=reason):
        await slack.connect()


async def test_a_refresh_answers_flat_with_a_new_pair(slack: Conversation, now: datetime) -> None:
    slack.answers(TOKEN_URL, TestSlack.refresh_sample.answer)
    tokens = await slack.refresh()
    request = slack.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    assert read(tokens, now) == outcome(TestSlack.refresh_sample)


@pytest.mark.parametrize(
    ("status", "body", "revoked"),
    [
        (200, {"ok": True, "revoked": True}, True),
        (200, {"ok": False, "error": "token_revoked"}, False),
        (500, {"ok": True}, False),
    ],
)
async def test_revoking_is_a_call_with_the_token_itself(
    slack: Conversation, status: int, body: Any, revoked: bool
) -> None:
    slack.answers(REVOKE_URL, body, status=status)
    assert await slack.revoke() is revoked
    request = slack.sent(REVOKE_URL)
    assert own_headers(request) == bearer(ACCESS_TOKEN)
    assert request.content == b""
