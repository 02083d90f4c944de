"""Which of a person's Atlassian sites a connection is for: the hook, over the wire.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/.
"""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.errors import AccountUnfit
from gateway.errors import UnreadableResponse
from gateway.services.provider import Provider
from tests.support.conversation import Conversation
from tests.support.samples import without

TOKEN_URL = "https://auth.atlassian.com/oauth/token"
ACCOUNT_URL = "https://api.atlassian.com/me"
SITES_URL = "https://api.atlassian.com/oauth/token/accessible-resources"
TOKENS = {"access_token": "eyJFAKE", "token_type": "Bearer", "expires_in": 3600}
ME = {"account_id": "55aa00000000000000000501", "email": "ana@acme.com"}
SITE = {"id": "33333333-cccc-4000-8000-000000000301", "url": "https://acme.atlassian.net"}


@pytest.fixture
def atlassian(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """The conversation about the site ``acme``, up to the list of sites."""
    conversation = Conversation(provider, httpx_mock, "atlassian", {"site": "acme"})
    conversation.answers(TOKEN_URL, TOKENS)
    conversation.answers(ACCOUNT_URL, ME, method="GET")
    return conversation


@pytest.mark.parametrize(
    "sites",
    [
        [],
        [{"id": "x", "url": "https://globex.atlassian.net"}],
        [{"id": "x", "url": "https://acme.atlassian.net.example.com"}],
        [{"id": "x", "name": "acme"}, None, "https://acme.atlassian.net"],
    ],
    ids=["none allowed", "another", "one that looks like it", "no site at all"],
)
async def test_a_site_that_was_not_allowed_is_not_replaced_by_another(
    atlassian: Conversation, sites: Any
) -> None:
    """It would write into the wrong site."""
    atlassian.answers(SITES_URL, sites, method="GET")
    with pytest.raises(AccountUnfit):
        await atlassian.connect()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, "<h1>Oops</h1>", "not valid JSON"),
        (200, {"code": 401, "message": "Unauthorized"}, "the list of sites answered 200"),
        (401, {"code": 401, "message": "Unauthorized"}, "the list of sites answered 401"),
        (401, [SITE], "the list of sites answered 401"),
        (503, "<h1>Oops</h1>", "the list of sites answered 503"),
        (200, [without(SITE, "id")], "the site has no id"),
        (200, [SITE | {"id": ""}], "the site has no id"),
    ],
)
async def test_a_list_of_sites_that_cannot_be_read_is_an_error(
    atlassian: Conversation, status: int, body: Any, reason: str
) -> None:
    atlassian.answers(SITES_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await atlassian.connect()
