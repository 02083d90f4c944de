"""The examples of docs/sdk-reference.md, with the answers of the gateway that a test gives them.

Each program prints ``prints``. ``answers`` are taken one after the other: status and JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Reply = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A whole program about ``names``."""

    names: tuple[str, ...]
    program: str
    prints: str
    answers: tuple[Reply, ...]


_CONNECTION: Mapping[str, Any] = {
    "id": "con_1",
    "connector": "notion",
    "method": "oauth2",
    "owner": "user",
    "user": "alice",
    "external_account_id": "w1:p1",
    "account_label": "Acme HQ",
    "status": "active",
    "status_reason": None,
    "status_since": "2026-11-28T16:00:00Z",
    "action": None,
    "is_default": True,
    "scopes": [],
    "metadata": {"workspace_name": "Acme HQ"},
    "created_at": "2026-11-28T16:00:00Z",
    "updated_at": "2026-11-28T16:00:00Z",
    "last_used_at": None,
}
_FAILED_HOOK = {
    "hook_failure": {
        "reason": "provider_unavailable",
        "since": "2026-11-28T16:00:00Z",
        "attempts": 2,
        "retry_at": None,
    }
}
_TOKEN: Mapping[str, Any] = {
    "access_token": "ntn_secret",
    "token_type": "bearer",
    "expires_at": None,
    "scopes": [],
    "api": {
        "base_url": "https://api.notion.com/v1",
        "headers": {"Authorization": "Bearer ntn_secret", "Notion-Version": "2026-03-11"},
        "query": {},
        "body": {},
    },
    "connection": _CONNECTION,
}
_AVAILABLE = {
    "name": "notion",
    "display_name": "Notion",
    "description": "Pages and databases.",
    "category": "Productivity",
    "scopes": [],
    "methods": ["oauth2"],
    "connection_config": [],
    "key_inputs": [],
    "supports_refresh": True,
    "supports_multiple_accounts": True,
    "connect_url": "https://gateway.example.com/connectors/notion",
}
_TOOL: Mapping[str, Any] = {
    "name": "notion_search_pages",
    "description": "Search pages by words of their titles.",
    "effect": "read",
    "policy": "auto",
    "connectors": ["notion"],
    "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}},
    "available": False,
    "reason": "connector_required",
    "detail": "Notion is not connected.",
    "connector_required": [
        {
            "connector": "notion",
            "display_name": "Notion",
            "reason": "connector_required",
            "detail": "Notion is not connected.",
            "connect_url": "https://gateway.example.com/connectors/notion",
        }
    ],
}
_ACCOUNT = {
    "kind": "slack",
    "displayName": "Slack",
    "accountLabel": "Acme",
    "isDefault": True,
    "scope": "",
    "id": "con_2",
    "owner": "user",
    "status": "active",
}
_INTEGRATION = {
    "slug": "petstore",
    "name": "Pet Store",
    "description": "Pets and orders.",
    "kind": "openapi",
    "connector": "petstore",
    "canRemove": True,
    "canRefresh": True,
    "authMethods": [],
    "displayUrl": "https://petstore.example.com/openapi.json",
    "tools": 12,
    "waiting": 0,
}
_CLAIM = {
    "kind": "graphql",
    "confidence": "high",
    "endpoint": "https://shop.example.com/graphql",
    "name": "Shop",
    "slug": "shop",
}

EXAMPLES = [
    Example(
        names=("SyncGateway", "Token", "Api", "SecretValues"),
        program="""from gateway.client import Api, SecretValues, SyncGateway, Token


def headers_of(token: Token) -> SecretValues:
    api: Api = token.api
    print("call", api.base_url, "with", sorted(api.headers))
    return api.headers


with SyncGateway() as gateway:
    token = gateway.get_connector_token("notion", user="alice")
    print(headers_of(token))
""",
        prints="""call https://api.notion.com/v1 with ['Authorization', 'Notion-Version']
{'Authorization': ***, 'Notion-Version': ***}
""",
        answers=((200, _TOKEN),),
    ),
    Example(
        names=("Gateway", "AvailableConnector"),
        program="""import asyncio

from gateway.client import AvailableConnector, Gateway


async def main() -> None:
    async with Gateway() as gateway:
        found: list[AvailableConnector] = await gateway.list_connectors()
        print([connector.display_name for connector in found])


asyncio.run(main())
""",
        prints="['Notion']\n",
        answers=((200, {"connectors": [_AVAILABLE]}),),
    ),
    Example(
        names=("UserContext",),
        program="""import asyncio

from gateway.client import Gateway, UserContext


async def search(alice: UserContext, words: str) -> object:
    return (await alice.call("notion_search_pages", {"query": words})).result


async def main() -> None:
    async with Gateway() as gateway:
        print(await search(gateway.for_user("alice"), "Roadmap"))


asyncio.run(main())
""",
        prints="{'results': []}\n",
        answers=(
            (200, {"result": {"results": []}, "truncated": False, "next": None, "cost": None}),
        ),
    ),
    Example(
        names=("SyncUserContext", "ToolResult"),
        program="""from gateway.client import SyncGateway, SyncUserContext, ToolResult


def search(alice: SyncUserContext, words: str) -> ToolResult:
    return alice.call("notion_search_pages", {"query": words})


with SyncGateway() as gateway:
    found = search(gateway.for_user("alice"), "Roadmap")
    print(found.result, "more" if found.next else "all", found.cost)
""",
        prints="{'results': []} all None\n",
        answers=(
            (200, {"result": {"results": []}, "truncated": False, "next": None, "cost": None}),
        ),
    ),
    Example(
        names=("Connection", "HookFailure"),
        program="""from gateway.client import Connection, HookFailure, SyncGateway


def look_after(gateway: SyncGateway, connection: Connection) -> Connection:
    failure: HookFailure | None = connection.hook_failure
    if failure is not None and failure.retry_at is None:
        print("again, after", failure.attempts, "attempts")
        return gateway.retry_hook(connection.id)
    return connection


with SyncGateway() as gateway:
    for account in gateway.list_connections(user="alice"):
        print(look_after(gateway, account).account_label)
""",
        prints="again, after 2 attempts\nAcme HQ\n",
        answers=((200, {"connections": [{**_CONNECTION, **_FAILED_HOOK}]}), (200, _CONNECTION)),
    ),
    Example(
        names=("Revoked",),
        program="""from gateway.client import Revoked, SyncGateway

with SyncGateway() as gateway:
    revoked: Revoked = gateway.disconnect("con_1")
    if revoked == "no":
        print("please remove the app at the provider, too")
""",
        prints="please remove the app at the provider, too\n",
        answers=((200, {"revoked": "no"}),),
    ),
    Example(
        names=("with_return_to",),
        program="""from gateway.client import ConnectorRequired, SyncGateway, with_return_to

with SyncGateway() as gateway:
    try:
        gateway.get_connector_token("notion", user="alice")
    except ConnectorRequired as missing:
        print(with_return_to(missing.connect_url, "https://app.example.com/accounts?tab=2"))
""",
        prints=(
            "https://gateway.example.com/connectors/notion"
            "?return_to=https%3A%2F%2Fapp.example.com%2Faccounts%3Ftab%3D2\n"
        ),
        answers=(
            (
                409,
                {
                    "code": "connector_required",
                    "status": 409,
                    "title": "This connector is not connected",
                    "connector": "notion",
                    "connect_url": "https://gateway.example.com/connectors/notion",
                },
            ),
        ),
    ),
    Example(
        names=("Tool", "ToolList", "NeededConnector", "ConnectedAccount"),
        program="""\
from gateway.client import ConnectedAccount, NeededConnector, SyncGateway, Tool, ToolList


def needs(tool: Tool) -> list[str]:
    needed: tuple[NeededConnector, ...] = tool.connector_required
    return [each.connect_url for each in needed]


with SyncGateway() as gateway:
    tools: ToolList = gateway.tools(user="alice")
    accounts: tuple[ConnectedAccount, ...] = tools.connectors
    print("accounts:", [account.account_label for account in accounts])
    print("to call now:", tools.for_openai())
    for tool in tools:
        print(tool.name, tool.reason, needs(tool))
""",
        prints="""accounts: ['Acme']
to call now: []
notion_search_pages connector_required ['https://gateway.example.com/connectors/notion']
""",
        answers=((200, {"tools": [_TOOL], "connectors": [_ACCOUNT], "next_cursor": None}),),
    ),
    Example(
        names=("Integrations", "Claim"),
        program="""import asyncio

from gateway.client import Claim, Gateway, Integrations


async def kinds(integrations: Integrations, url: str) -> list[str]:
    claims: tuple[Claim, ...] = await integrations.detect(url)
    return [f"{claim.kind} ({claim.confidence})" for claim in claims]


async def main() -> None:
    async with Gateway() as gateway:
        print(await kinds(gateway.integrations, "https://shop.example.com/graphql"))


asyncio.run(main())
""",
        prints="['graphql (high)']\n",
        answers=((200, {"items": [_CLAIM]}),),
    ),
    Example(
        names=("SyncIntegrations", "Integration"),
        program="""from gateway.client import Integration, SyncGateway, SyncIntegrations


def tools_of(integrations: SyncIntegrations, slug: str) -> int:
    found: Integration = integrations.get(slug)
    return found.tools


with SyncGateway() as gateway:
    print(tools_of(gateway.integrations, "petstore"), "tools")
""",
        prints="12 tools\n",
        answers=((200, _INTEGRATION),),
    ),
]

_TOKEN_CALL = 'gateway.get_connector_token("notion", user="alice")'
_TOOL_CALL = 'gateway.call_tool("notion_append_text", {"text": 1}, user="alice")'
_LINK = {"connect_url": "https://gateway.example.com/connectors/notion"}


def _error(
    name: str,
    printed: str,
    prints: str,
    *,
    status: int,
    code: str,
    call: str = _TOKEN_CALL,
    **facts: object,
) -> Example:
    program = f"""from gateway.client import {", ".join(sorted((name, "SyncGateway")))}

with SyncGateway(retries=0) as gateway:
    try:
        {call}
    except {name} as error:
        print({printed})
"""
    problem = {"status": status, "title": name, "detail": f"{name}.", "code": code, **facts}
    return Example(
        names=(name,), program=program, prints=f"{prints}\n", answers=((status, problem),)
    )


EXAMPLES += [
    _error(
        "GatewayError",
        "error.code, error.status, error.request_id",
        "wrong_environment 409 req_1",
        status=409,
        code="wrong_environment",
        request_id="req_1",
    ),
    _error(
        "ConnectorRequired",
        '"Please connect it:", error.connect_url',
        "Please connect it: https://gateway.example.com/connectors/notion",
        status=409,
        code="connector_required",
        **_LINK,
    ),
    _error(
        "ReauthorizationRequired",
        '"Please connect it again:", error.connect_url',
        "Please connect it again: https://gateway.example.com/connectors/notion",
        status=409,
        code="reauthorization_required",
        **_LINK,
    ),
    _error(
        "ScopesRequired",
        '"Please grant more:", error.connect_url',
        "Please grant more: https://gateway.example.com/connectors/notion",
        status=409,
        code="scopes_required",
        **_LINK,
    ),
    _error(
        "ConnectionIncomplete",
        "error.detail, error.connect_url",
        "ConnectionIncomplete. https://gateway.example.com/connectors/notion",
        status=409,
        code="connection_incomplete",
        **_LINK,
    ),
    _error(
        "ConnectorOff",
        '"Your organisation does not allow", error.connector',
        "Your organisation does not allow notion",
        status=403,
        code="connector_off",
        connector="notion",
    ),
    _error(
        "PersonalForbidden",
        '"Only the organisation connects", error.connector',
        "Only the organisation connects notion",
        status=403,
        code="personal_forbidden",
        connector="notion",
    ),
    _error(
        "ConnectorUnknown",
        "error.code",
        "connector_unknown",
        call='gateway.get_connector_token("notino", user="alice")',
        status=404,
        code="connector_unknown",
    ),
    _error(
        "AccountNotFound",
        "error.detail",
        "AccountNotFound.",
        call='gateway.get_connector_token("notion", user="alice", account="Acme")',
        status=404,
        code="account_not_found",
    ),
    _error(
        "AccountAmbiguous",
        "error.detail",
        "AccountAmbiguous.",
        call='gateway.get_connector_token("notion", user="alice", account="Acme")',
        status=409,
        code="account_ambiguous",
    ),
    _error(
        "ConnectionNotFound",
        "error.status",
        "404",
        call='gateway.get_connection("con_0")',
        status=404,
        code="connection_not_found",
    ),
    _error(
        "IntegrationNotFound",
        "error.status",
        "404",
        call='gateway.integrations.get("petstore")',
        status=404,
        code="integration_not_found",
    ),
    _error(
        "RetryLater",
        '"later:", error.code, error.retry_after',
        "later: provider_unavailable None",
        status=503,
        code="provider_unavailable",
    ),
    _error(
        "ProviderUnavailable",
        "error.code, error.outcome_unknown",
        "provider_timeout True",
        call=_TOOL_CALL,
        status=504,
        code="provider_timeout",
        outcome_unknown=True,
    ),
    _error(
        "RateLimited",
        "error.code, error.rule",
        "rule_rate_limited at most ten a minute",
        status=429,
        code="rule_rate_limited",
        rule_name="at most ten a minute",
    ),
    _error(
        "BudgetSpent",
        "error.rule",
        "five dollars a day",
        call=_TOOL_CALL,
        status=429,
        code="budget_spent",
        rule_name="five dollars a day",
    ),
    _error(
        "GatewayUnavailable",
        "error.code",
        "store_unavailable",
        status=503,
        code="store_unavailable",
    ),
    _error(
        "OutcomeUnknown",
        '"look at the provider:", error.detail',
        "look at the provider: OutcomeUnknown.",
        call=_TOOL_CALL,
        status=409,
        code="idempotency_outcome_unknown",
    ),
    _error(
        "ApprovalRequired",
        '"Please look at this first:", error.url',
        "Please look at this first: https://gateway.example.com/approvals/apr_1",
        call=_TOOL_CALL,
        status=409,
        code="approval_required",
        approval_id="apr_1",
        url="https://gateway.example.com/approvals/apr_1",
        expires_at="2026-11-28T17:00:00Z",
    ),
    _error(
        "ToolUnknown",
        "error.status",
        "404",
        call='gateway.call_tool("notion_fly", user="alice")',
        status=404,
        code="tool_unknown",
    ),
    _error(
        "ToolBlocked",
        "error.code",
        "tool_blocked",
        call=_TOOL_CALL,
        status=403,
        code="tool_blocked",
    ),
    _error(
        "ToolFailed",
        "error.reason, error.provider_status",
        "object_not_found 404",
        call=_TOOL_CALL,
        status=424,
        code="tool_failed",
        reason="object_not_found",
        provider_status=404,
    ),
    _error(
        "InvalidArguments",
        "error.fields",
        "{'text': 'must be a string'}",
        call=_TOOL_CALL,
        status=422,
        code="invalid_arguments",
        errors=[{"field": "text", "message": "must be a string"}],
    ),
    _error(
        "InvalidRequest",
        "error.detail",
        "InvalidRequest.",
        call='gateway.get_connector_token("notion", user="")',
        status=422,
        code="invalid_request",
    ),
    _error(
        "Unauthorized",
        '"is GATEWAY_API_KEY right?", error.status',
        "is GATEWAY_API_KEY right? 401",
        status=401,
        code="unauthorized",
    ),
    _error("Forbidden", "error.code", "assertion_required", status=403, code="assertion_required"),
]
EXAMPLES += [
    Example(
        names=("UnexpectedAnswer",),
        program="""from gateway.client import SyncGateway, UnexpectedAnswer

with SyncGateway() as gateway:
    try:
        gateway.list_connectors()
    except UnexpectedAnswer as error:
        print("is GATEWAY_URL right?", error.status)
""",
        prints="is GATEWAY_URL right? 200\n",
        answers=((200, {"hello": "another server"}),),
    )
]
