"""Which of a person's Atlassian sites a connection is for: the hook, over the wire.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors import AccountUnfit, Secret
from connectors.catalog import Catalog
from connectors.context import Tokens
from gateway.services.hook_run import Enriched
from gateway.services.provider import Grant, Provider
from tests.support.configs import CATALOG_ENV

ACCOUNT_URL = "https://api.atlassian.com/me"
SITES_URL = "https://api.atlassian.com/oauth/token/accessible-resources"
ME = {"account_id": "55aa00000000000000000501", "email": "ana@acme.com"}
SITE = {"id": "33333333-cccc-4000-8000-000000000301", "url": "https://acme.atlassian.net"}


async def connect(
    provider: Provider, httpx_mock: HTTPXMock, sites: Any, status: int = 200
) -> Enriched:
    """Read the account of a person who typed ``acme``, and whose list of sites is ``sites``."""
    listed = {"html": sites} if isinstance(sites, str) else {"json": sites}
    httpx_mock.add_response(url=ACCOUNT_URL, json=ME)
    httpx_mock.add_response(url=SITES_URL, status_code=status, **listed)
    catalog = Catalog(CATALOG_ENV)
    config = catalog.oauth("atlassian")
    tokens = Tokens(
        access_token=Secret("eyJFAKE"),
        refresh_token=None,
        token_type="Bearer",
        expires_at=datetime(2026, 11, 21, 13, tzinfo=UTC),
        scopes=config.scopes,
    )
    grant = Grant(tokens=tokens, token_response={})
    account = await provider.account(config, grant, {"site": "acme"})
    hook = catalog.hook(config)
    assert hook is not None
    return await provider.enrich(config, hook, grant, {"site": "acme"}, account)


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
    provider: Provider, httpx_mock: HTTPXMock, sites: Any
) -> None:
    """It would write into the wrong site."""
    with pytest.raises(AccountUnfit):
        await connect(provider, httpx_mock, sites)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<h1>Oops</h1>"),
        (200, {"code": 401, "message": "Unauthorized"}),
        (401, {"code": 401, "message": "Unauthorized"}),
        (401, [SITE]),
        (503, "<h1>Oops</h1>"),
        (200, [{"url": SITE["url"]}]),
        (200, [SITE | {"id": ""}]),
    ],
)
async def test_a_list_of_sites_that_cannot_be_read_fails_the_hook(
    provider: Provider, httpx_mock: HTTPXMock, status: int, body: Any
) -> None:
    assert (await connect(provider, httpx_mock, body, status)).failure == "unreadable_answer"
