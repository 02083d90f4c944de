"""``GET /v1/tools`` and ``POST /v1/discover``: as tool servers meet them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from gateway.access.service_keys import Role
from gateway.web.discovery import DiscoveryReply
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.tokens import connect, connection

TOOL = "notion_search_pages"


async def tools(gateway: Harness, user: str = "alice", **query: Any) -> dict[str, Any]:
    """What ``GET /v1/tools`` answers."""
    api = await gateway.api(Role.TOOLS)
    return checked(await api.get("/v1/tools", params={"user": user, **query}))


async def discover(gateway: Harness, user: str = "alice", **wanted: Any) -> dict[str, Any]:
    """What ``POST /v1/discover`` answers."""
    api = await gateway.api(Role.TOOLS)
    return checked(await api.post("/v1/discover", json={"user": user, **wanted}))


def checked(answer: httpx.Response) -> dict[str, Any]:
    """A good answer, which has the documented form."""
    assert answer.status_code == 200, answer.text
    DiscoveryReply.model_validate(answer.json(), strict=True)
    found: dict[str, Any] = answer.json()
    return found


async def tool(gateway: Harness, name: str = TOOL, user: str = "alice") -> dict[str, Any]:
    """The entry of one tool, as both ways to ask have it."""
    (listed,) = [each for each in (await tools(gateway, user))["tools"] if each["name"] == name]
    found = (await discover(gateway, user, query=name))["tools"]
    assert found[0] == listed
    return dict(listed)


async def test_a_disconnected_tool_says_where_to_connect(gateway: Harness) -> None:
    entry = await tool(gateway)
    assert (entry["available"], entry["reason"]) == (False, "connector_required")
    (needed,) = entry["connector_required"]
    assert needed["connector"] == "notion"
    assert needed["display_name"] == "Notion"
    assert needed["connect_url"] == f"{GATEWAY_URL}/connectors/notion?tool={TOOL}"
    assert needed["methods"] == ["oauth2", "api_key"]
    assert entry["code"] == needed["code"] == "connector_required"
    assert (await tools(gateway))["connectors"] == []


async def test_a_connected_tool_needs_nothing_more(gateway: Harness) -> None:
    await connect(gateway, "notion")
    entry = await tool(gateway)
    assert entry["available"] is True
    assert not {"reason", "code", "detail", "connector_required"} & entry.keys()
    assert entry["policy"] == "auto"
    assert (await tools(gateway))["connectors"] == [
        {
            "kind": "notion",
            "displayName": "Notion",
            "accountLabel": "Acme HQ",
            "isDefault": True,
            "scope": "",
            "id": (await connection(gateway))["id"],
            "owner": "user",
            "status": "active",
        }
    ]
    assert (await tool(gateway, user="bob"))["reason"] == "connector_required"
    assert (await tools(gateway, "bob"))["connectors"] == []


async def test_a_grant_that_is_over_is_to_be_renewed(gateway: Harness) -> None:
    await connect(gateway, "notion")
    one = await connection(gateway)
    store = gateway.services.availability._connections
    found = await store.get("default", one["id"])
    assert found is not None
    assert await store.end_grant(found, "invalid_grant", gateway.clock())
    entry = await tool(gateway)
    assert (entry["available"], entry["reason"]) == (False, "reauthorization_required")
    (needed,) = entry["connector_required"]
    assert needed["connection"] == one["id"]
    assert needed["owner"] == "user"
    query = parse_qs(urlsplit(needed["connect_url"]).query)
    assert query == {"reconnect": [one["id"]], "tool": [TOOL]}
    (account,) = (await tools(gateway))["connectors"]
    assert (account["status"], account["action"]) == ("needs_reauth", "reconnect")


async def test_pages_hold_each_tool_once(gateway: Harness) -> None:
    everything = [each["name"] for each in (await tools(gateway, limit=1000))["tools"]]
    assert everything == sorted(set(everything))
    assert len(everything) > 3
    found: list[str] = []
    page = await tools(gateway, limit=2)
    while True:
        found += [each["name"] for each in page["tools"]]
        if page["next_cursor"] is None:
            break
        page = await tools(gateway, limit=2, cursor=page["next_cursor"])
    assert found == everything
