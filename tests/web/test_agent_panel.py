"""The panel "Add to your agent" on the page for developers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.gateway import running_gateway

ISSUER = {"mcp_issuer": "https://as.example", "mcp_jwks_url": "https://as.example/keys"}


@pytest.mark.parametrize(
    ("settings", "is_there"),
    [({}, True), (ISSUER, True), ({"authorization_server": False}, False), ({"mcp": False}, False)],
)
async def test_it_has_the_address_where_people_can_let_agents_in(
    mongodb_url: str, database_name: str, settings: dict[str, Any], is_there: bool
) -> None:
    async with running_gateway(
        mongodb_url, database_name, public_url=GATEWAY_URL, **settings
    ) as gateway:
        page = await (await gateway.browser("alice")).open("/dashboard/developers")
        assert page.status_code == 200
        assert ("Add to your agent" in page.text) is is_there
        assert (f">{GATEWAY_URL}/mcp<" in page.text.replace("<wbr>", "")) is is_there
        assert (f'"url": "{GATEWAY_URL}/mcp"' in page.text) is is_there
