"""``GET /v1/tools`` and ``POST /v1/discover``: as tool servers meet them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.access.service_keys import Restrictions, Role
from gateway.store.connector_rules import ConnectorRule
from gateway.store.policies import Decision, PolicyRule
from gateway.web.discovery import DiscoveryReply
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.tokens import connect, connection, problem_of

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
    every = (await tools(gateway, user, limit=1000))["tools"]
    (listed,) = [each for each in every if each["name"] == name]
    found = (await discover(gateway, user, query=name))["tools"]
    assert listed in found
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


async def test_found_pages_hold_each_tool_once_the_best_first(gateway: Harness) -> None:
    wanted = {"query": "search or list pages", "effect": "read"}
    everything = (await discover(gateway, **wanted, limit=1000))["tools"]
    assert len(everything) > 5
    assert {each["effect"] for each in everything} == {"read"}
    found: list[str] = []
    page = await discover(gateway, **wanted, limit=3)
    while page["next_cursor"] is not None:
        found += [each["name"] for each in page["tools"]]
        page = await discover(gateway, **wanted, limit=3, cursor=page["next_cursor"])
    found += [each["name"] for each in page["tools"]]
    assert found == [each["name"] for each in everything]


async def test_a_page_goes_on_after_its_last_tool_when_tools_vanish(gateway: Harness) -> None:
    first = await tools(gateway, limit=4)
    last = first["tools"][-1]["name"]
    await gateway.services.policies.set("default", rules=[], disabled=["google"], revision=0)
    left = [each["name"] for each in (await tools(gateway, limit=1000))["tools"]]
    rest = await tools(gateway, limit=1000, cursor=first["next_cursor"])
    assert [each["name"] for each in rest["tools"]] == [name for name in left if name > last]


async def test_a_query_that_no_tool_has_a_word_of_finds_nothing(gateway: Harness) -> None:
    found = await discover(gateway, query="xyzzy")
    assert (found["tools"], found["next_cursor"]) == ([], None)


async def test_schemas_are_given_as_asked(gateway: Harness) -> None:
    registered = gateway.services.registry.tool(TOOL)
    for schemas, has_input, has_output in [
        (None, True, False),
        ("all", True, True),
        ("none", False, False),
    ]:
        asked = {} if schemas is None else {"schemas": schemas}
        (entry,) = [
            e
            for e in (await tools(gateway, connector="notion", **asked))["tools"]
            if e["name"] == TOOL
        ]
        assert ("input_schema" in entry, "output_schema" in entry) == (has_input, has_output)
        if has_input:
            assert entry["input_schema"] == registered.input_schema
        if has_output:
            assert entry["output_schema"] == registered.output_schema


async def test_only_tools_of_a_connector_or_an_alias_of_it(gateway: Harness) -> None:
    named = await tools(gateway, connector="google", limit=1000)
    assert {name for each in named["tools"] for name in each["connectors"]} == {"google"}
    assert await discover(gateway, connector="google-workspace", limit=1000) == named


async def test_policies_decide_first(gateway: Harness) -> None:
    """A blocked tool asks nobody to connect, and one that is off is not there."""
    asks = PolicyRule(id="ask", pattern="notion_get_*", decision=Decision.ASK)
    blocks = PolicyRule(id="block", pattern=TOOL, decision=Decision.BLOCK)
    await gateway.services.policies.set(
        "default", rules=[asks, blocks], disabled=["google"], revision=0
    )
    entry = await tool(gateway)
    assert (entry["available"], entry["reason"]) == (False, "blocked")
    assert entry["code"] == "tool_blocked"
    assert "connector_required" not in entry
    (other,) = [
        each
        for each in (await tools(gateway, connector="notion"))["tools"]
        if each["name"] == "notion_get_page"
    ]
    assert (other["policy"], other["reason"]) == ("ask", "connector_required")
    await connect(gateway, "notion")
    asking = await tool(gateway, "notion_get_page")
    assert (asking["available"], asking["reason"]) == (True, "approval_required")
    assert (await tools(gateway, connector="google"))["tools"] == []


async def test_a_connector_that_is_off_blocks_its_tools(gateway: Harness) -> None:
    await connect(gateway, "notion")
    rules = gateway.services.rules
    await rules.set("default", "notion", ConnectorRule(enabled=False))
    entry = await tool(gateway)
    assert (entry["available"], entry["reason"]) == (False, "blocked")
    assert entry["code"] == "connector_off"
    assert "connector_required" not in entry
    assert (await tools(gateway))["connectors"] == []
    await rules.set("default", "notion", ConnectorRule(personal=False))
    assert (await tool(gateway))["code"] == "personal_forbidden"
    await rules.set("default", "notion", ConnectorRule())
    assert (await tool(gateway))["available"] is True


async def test_tools_of_all_connectors_that_can_be_connected_are_shown(gateway: Harness) -> None:
    shown = {
        name for each in (await tools(gateway, limit=1000))["tools"] for name in each["connectors"]
    }
    offered = {config.name for config in await gateway.services.apps.offered("default")}
    needed = {n for each in gateway.services.registry.tools() for n in each.connectors}
    assert shown == needed & offered


async def test_a_restricted_key_sees_what_it_reaches(gateway: Harness) -> None:
    await connect(gateway, "google")
    await connect(gateway, "notion")
    _, secret = await gateway.services.keys.create(
        tenant="default", roles=[Role.TOOLS], restrictions=Restrictions(connectors=("notion",))
    )
    api = await gateway.api()
    api.headers["Authorization"] = f"Bearer {secret.reveal()}"
    found = checked(await api.get("/v1/tools", params={"user": "alice", "limit": "1000"}))
    assert {name for each in found["tools"] for name in each["connectors"]} == {"notion"}
    assert [each["kind"] for each in found["connectors"]] == ["notion"]
    refused = await api.get("/v1/tools", params={"user": "alice", "connector": "google"})
    assert problem_of(refused) == (403, "forbidden")


async def test_other_tenants_have_accounts_and_policies_of_their_own(gateway: Harness) -> None:
    await connect(gateway, "notion")
    api = await gateway.api(Role.TOOLS, tenant="acme")
    found = checked(await api.get("/v1/tools", params={"user": "alice", "connector": "notion"}))
    assert found["connectors"] == []
    assert {each["reason"] for each in found["tools"]} == {"connector_required"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TOOLS])
async def test_other_roles_are_refused(gateway: Harness, role: Role) -> None:
    api = await gateway.api(role)
    for answer in (
        await api.get("/v1/tools", params={"user": "alice"}),
        await api.post("/v1/discover", json={"user": "alice"}),
    ):
        assert problem_of(answer) == (403, "forbidden")


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": ""},
        {"user": "alice", "effect": "all"},
        {"user": "alice", "limit": "0"},
        {"user": "alice", "limit": "1001"},
        {"user": "alice", "schemas": "output"},
        {"user": "alice", "cursor": "abc"},
        {"user": "alice", "cursor": "WyJ4IiwiMHgwIiwiYSJd"},
        {"user": "alice", "cursor": "é"},
        {"user": "alice", "query": "pages"},
    ],
    ids=str,
)
async def test_wrong_parameters_are_named(gateway: Harness, wrong: dict[str, str]) -> None:
    api = await gateway.api(Role.TOOLS)
    answer = await api.get("/v1/tools", params=wrong)
    assert problem_of(answer) == (422, "invalid_request")


async def test_a_cursor_is_for_the_question_that_it_comes_from(gateway: Harness) -> None:
    page = await discover(gateway, query="page", limit=1)
    api = await gateway.api(Role.TOOLS)
    asked = {"user": "alice", "query": "pages of text", "cursor": page["next_cursor"]}
    assert problem_of(await api.post("/v1/discover", json=asked)) == (422, "invalid_request")
