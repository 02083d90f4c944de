"""Gateways with OpenID Connect or the login hand-off, and a browser's way through them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import SecretStr

from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProviderServer
from tests.support.loopback import loopback_client

DASHBOARD = "/dashboard/connectors"
GATEWAY_URL = "http://localhost:3141"
HOST_URL = "https://app.example.com/gateway-login?from=gateway"


@asynccontextmanager
async def gateway_with(
    provider: IdentityProviderServer,
    mongodb_url: str,
    database_name: str,
    clock: FakeClock,
    **settings: Any,
) -> AsyncIterator[Harness]:
    """A gateway whose people sign in at ``provider``."""
    address = urlsplit(provider.issuer)
    chosen: dict[str, Any] = {
        "public_url": GATEWAY_URL,
        "login": "oidc",
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "egress_allow": frozenset({(address.hostname, address.port)}),
    }
    async with running_gateway(
        mongodb_url, database_name, clock=clock, **(chosen | settings)
    ) as harness:
        yield harness


async def post_login(browser: Browser, next_page: str = "") -> httpx.Response:
    """Press the sign-in page's button; the answer, not followed: the page that leads on."""
    return await browser.client.post(
        f"{browser.gateway_url}/login",
        data={"next": next_page},
        headers={"Origin": browser.gateway_url},
    )


def leads_to(page: httpx.Response) -> str:
    """The address that a leaving page sends the browser to."""
    text = page.text.partition('content="0;url=')[2].partition('"')[0]
    assert text, page.text[:500]
    return text.replace("&amp;", "&")


async def returning(browser: Browser) -> str:
    """Sign in at the identity provider; return the address of the callback, not opened."""
    page = await post_login(browser)
    async with loopback_client() as person:
        answer = await person.get(leads_to(page))
    return answer.headers["location"]


def parameters(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def user_of(browser: Browser) -> str | None:
    """The user that the page shows as signed in, or ``None``."""
    text = browser.text.partition('title="Signed in as ')[2].partition('"')[0]
    return text or None


async def signed_in(browser: Browser) -> bool:
    """Whether the dashboard knows who is there."""
    await browser.open(DASHBOARD)
    return urlsplit(browser.url).path == DASHBOARD
