"""Atlassian on the wire; the site that a person chose: test_atlassian_sites.py.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/.
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
from tests.support.conversation import CODE, REFRESH_TOKEN, VERIFIER, Conversation, bearer
from tests.support.samples import outcome, read, without
from tests.support.wire import json_body, own_headers

SITES = "api.atlassian.com/oauth/token/accessible-resources"
SITE = {
    "id": "33333333-cccc-4000-8000-000000000301",
    "name": "acme",
    "url": "https://acme.atlassian.net",
    "scopes": ["read:jira-work"],
    "avatarUrl": "https://site-admin-avatar-cdn.example/240.png",
}
ME = {
    "account_type": "atlassian",
    "account_id": "55aa00000000000000000501",
    "email": "ana@acme.com",
    "name": "Ana Diaz",
    "picture": "https://avatar.example/ana",
    "account_status": "active",
    "nickname": "Ana",
    "zoneinfo": "Europe/Madrid",
    "locale": "en-US",
}


class TestAtlassian(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "atlassian"
    expected_category = "productivity"
    expected_scopes = ("read:me", "read:jira-work", "offline_access")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"audience": "api.atlassian.com", "prompt": "consent"}
    people = (
        Person(account="55aa00000000000000000501", typed={"site": "acme"}),
        Person(
            account="55aa00000000000000000502", typed={"site": "https://umbrella.atlassian.net/"}
        ),
    )
    accepted_inputs = {
        "site": {
            "acme": "acme",
            "Acme.atlassian.net": "acme",
            "https://acme.atlassian.net/": "acme",
            "acme-2": "acme-2",
        }
    }
    refused_inputs = {
        "site": (
            "",
            "acme.example.com",
            "acme/..",
            "acme.atlassian.net.example.com",
            "-acme",
            "a b",
            "http://acme.atlassian.net",
            "a" * 64,
        )
    }
    probe = Probe("/rest/api/3/myself")
    token_sample = TokenSample(
        answer={
            "access_token": "eyJFAKE",
            "expires_in": 3600,
            "token_type": "Bearer",
            "refresh_token": "eyJFAKEr",
            "scope": "read:jira-work offline_access read:me",
        },
        access_token="eyJFAKE",
        refresh_token="eyJFAKEr",
        expires_in=3600,
        scopes=("read:jira-work", "offline_access", "read:me"),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "eyJNEW",
            "expires_in": 3600,
            "token_type": "Bearer",
            "refresh_token": "eyJNEWr",
            "scope": "read:jira-work offline_access",
        },
        access_token="eyJNEW",
        refresh_token="eyJNEWr",
        expires_in=3600,
        scopes=("read:jira-work", "offline_access"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.atlassian.com/me": ME,
                SITES: [SITE, {**SITE, "scopes": ["read:confluence"]}],
            },
            typed={"site": "acme"},
            expected=AccountInfo(
                external_account_id="55aa00000000000000000501:acme",
                account_label="acme (ana@acme.com)",
                metadata={"cloud_id": SITE["id"], "site_url": SITE["url"]},
            ),
        ),
        AccountSample(
            answers={
                "api.atlassian.com/me": {**ME, "email": None},
                SITES: [{"id": "other", "url": "https://globex.atlassian.net"}, SITE],
            },
            typed={"site": "acme"},
            expected=AccountInfo(
                external_account_id="55aa00000000000000000501:acme",
                account_label="acme (Ana Diaz)",
                metadata={"cloud_id": SITE["id"], "site_url": SITE["url"]},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=403,
            body={
                "error": "invalid_grant",
                "error_description": "Unknown or invalid refresh token.",
            },
            raises=TokenRejected,
        ),
        ErrorSample(
            status=403,
            body={"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
    )


TOKEN_URL = "https://auth.atlassian.com/oauth/token"
ACCOUNT_URL = "https://api.atlassian.com/me"
SITES_URL = f"https://{SITES}"
TOKENS = TestAtlassian.token_sample
TWICE, AMONG_OTHERS = TestAtlassian.account_samples
TOKEN_HEADERS = {"accept": "application/json", "content-type": "application/json"}
CREDENTIALS = {"client_id": "atlassian-id", "client_secret": "atlassian-secret"}


@pytest.fixture
def atlassian(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Atlassian."""
    return Conversation(provider, httpx_mock, "atlassian", {"site": "acme"})


async def test_the_exchange_is_json_with_the_credentials_in_the_body(
    atlassian: Conversation,
) -> None:
    atlassian.answers(TOKEN_URL, TOKENS.answer)
    await atlassian.exchange()
    request = atlassian.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == CREDENTIALS | {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": atlassian.redirect_uri,
        "code_verifier": VERIFIER,
    }


@pytest.mark.parametrize("sample", [TWICE, AMONG_OTHERS], ids=["listed twice", "among others"])
async def test_the_account_is_a_person_at_the_site_that_was_typed(
    atlassian: Conversation, now: datetime, sample: AccountSample
) -> None:
    """A site is listed once per product, and the first one listed may be another."""
    atlassian.answers(TOKEN_URL, TOKENS.answer)
    atlassian.tells(sample)
    grant = await atlassian.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await atlassian.account(grant) == sample.expected
    for url in (ACCOUNT_URL, SITES_URL):
        assert own_headers(atlassian.sent(url)) == bearer(TOKENS.access_token)


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(ME, "account_id"), "the answer has no"),
        (200, "<h1>Oops</h1>", "not valid JSON"),
        (403, {"code": 403, "message": "Forbidden"}, "the account endpoint answered 403"),
        (500, ME, "the account endpoint answered 500"),
    ],
)
async def test_an_answer_without_the_id_is_no_account_even_with_an_email(
    atlassian: Conversation, status: int, body: Any, reason: str
) -> None:
    """An e-mail address changes hands; it is never an identity."""
    atlassian.answers(TOKEN_URL, TOKENS.answer)
    atlassian.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await atlassian.connect()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (403, TestAtlassian.error_samples[0].body, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (502, "<h1>Bad gateway</h1>", ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    atlassian: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    atlassian.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await atlassian.exchange()


async def test_a_refresh_is_json_and_brings_a_new_pair(
    atlassian: Conversation, now: datetime
) -> None:
    atlassian.answers(TOKEN_URL, TestAtlassian.refresh_sample.answer)
    tokens = await atlassian.refresh()
    request = atlassian.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert json_body(request) == CREDENTIALS | {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
    }
    assert read(tokens, now) == outcome(TestAtlassian.refresh_sample)


@pytest.mark.parametrize("sample", TestAtlassian.error_samples[:2])
async def test_both_forms_of_a_refused_refresh_are_a_dead_grant(
    atlassian: Conversation, sample: ErrorSample
) -> None:
    """Neither is blamed on the gateway's own credentials."""
    atlassian.answers(TOKEN_URL, sample.body, status=sample.status)
    with pytest.raises(TokenRejected):
        await atlassian.refresh()


async def test_there_is_no_way_to_revoke(atlassian: Conversation) -> None:
    assert await atlassian.revoke(TWICE.expected.metadata) is None
    assert atlassian.count() == 0
