"""The page for developers: redirect URIs, also of connectors that are not ready, and an example."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import ConnectorConfig
from tests.conftest import GATEWAY_URL
from tests.support.configs import WITH_OAUTH
from tests.support.gateway import Harness, running_gateway

PAGE = "/dashboard/developers"


def uris(page: str) -> dict[str, str]:
    """The redirect URIs of the page, by connector."""
    return dict(re.findall(r'id="redirect-([\w-]+)">([^<]+)<', page.replace("<wbr>", "")))


def uri(name: str) -> str:
    return f"{GATEWAY_URL}/v1/connectors/{name}/callback"


async def test_developers_find_each_redirect_uri_and_where_to_register_it(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open(PAGE)
    assert uris(page.text) == {name: uri(name) for name in WITH_OAUTH}
    for console in (
        "https://console.cloud.google.com/apis/credentials",
        "https://www.notion.so/profile/integrations",
        "https://dev.shopify.com/dashboard",
    ):
        assert console in browser.text
    assert f'Gateway("{GATEWAY_URL}", api_key=key)' in browser.text
    assert "Not ready" not in browser.text


async def test_a_connector_without_credentials_has_its_redirect_uri(
    mongodb_url: str, database_name: str
) -> None:
    """Providers ask for it before they give the credentials."""
    every = {
        name
        for name in CONNECTOR_CATALOG
        if isinstance(Catalog({}).described(name), ConnectorConfig)
    }
    async with running_gateway(mongodb_url, database_name, public_url=GATEWAY_URL) as gateway:
        page = await (await gateway.browser("alice")).open(PAGE)
        assert uris(page.text) == {name: uri(name) for name in every}


async def test_facts_for_developers_are_on_their_page_alone(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/dashboard/connectors")
    for words in ("callback", "api_key=key", "Sign out everywhere"):
        assert words not in page.text
    stranger = await gateway.browser()
    await stranger.open(PAGE)
    assert urlsplit(stranger.url).path == "/login"
