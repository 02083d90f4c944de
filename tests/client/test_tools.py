"""Tools as the SDK lists and calls them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import ConnectedAccount, Gateway, NeededConnector, Tool
from tests.client.scripted import (
    ACCOUNT,
    CONNECT_URL,
    RESULT,
    TOOL,
    TOOLS,
    URL,
    Time,
    failure,
    problem,
    sent_json,
)

CALL_URL = f"{URL}/v1/tools/notion_search_pages/call"
APPROVAL: dict[str, Any] = {
    "approval_id": "apr_1",
    "url": f"{URL}/dashboard/approvals/apr_1",
    "expires_at": "2026-07-01T10:15:00Z",
}


async def test_the_tools_of_a_user_are_typed(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    needed = {
        "connector": "notion",
        "display_name": "Notion",
        "reason": "connector_required",
        "detail": "Send the user to connect_url.",
        "connect_url": CONNECT_URL,
    }
    missing = TOOL | {
        "available": False,
        "reason": "connector_required",
        "connector_required": [needed],
    }
    httpx_mock.add_response(json=TOOLS | {"tools": [TOOL, missing]})
    tools = await gateway.for_user("alice").tools(query="pages", connector="notion", effect="read")
    assert sent_json(httpx_mock) == {
        "user": "alice",
        "query": "pages",
        "connector": "notion",
        "effect": "read",
        "limit": 500,
    }
    assert tools[0] == Tool(**TOOL | {"connectors": ("notion",), "connector_required": ()})
    assert tools[1].connector_required == (NeededConnector(**needed),)
    assert [tool.available for tool in tools] == [True, False]
    assert len(tools) == 2
    assert tools.connectors == (
        ConnectedAccount(
            kind="notion",
            display_name="Notion",
            account_label="Acme",
            is_default=True,
            scope="read write",
            id="con_1",
            owner="user",
            status="active",
        ),
    )


async def test_all_pages_are_read(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOOLS | {"next_cursor": "c2"})
    httpx_mock.add_response(json=TOOLS | {"tools": [TOOL | {"name": "notion_update_page"}]})
    tools = await gateway.tools(user="alice")
    assert [tool.name for tool in tools] == ["notion_search_pages", "notion_update_page"]
    bodies = [json.loads(request.content) for request in httpx_mock.get_requests()]
    assert bodies == [
        {"user": "alice", "limit": 500},
        {"user": "alice", "limit": 500, "cursor": "c2"},
    ]


async def test_an_answer_without_end_is_given_up(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOOLS | {"tools": [], "next_cursor": "again"}, is_reusable=True)
    assert "too many pages" in str(await failure(gateway.tools(user="alice")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tools": None},
        {"tools": [TOOL | {"name": 7}]},
        {"tools": [TOOL | {"available": "yes"}]},
        {"tools": [TOOL | {"connector_required": [{"connector": "notion"}]}]},
        {"connectors": [ACCOUNT | {"isDefault": None}]},
        {"next_cursor": 7},
    ],
)
async def test_a_list_of_wrong_shape_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, wrong: dict[str, Any]
) -> None:
    httpx_mock.add_response(json=TOOLS | wrong)
    assert type(await failure(gateway.tools(user="alice"))) is sdk.UnexpectedAnswer


async def test_a_call_sends_everything_and_returns_the_result(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    answer = {"result": {"pages": [1]}, "truncated": True, "next": "c2", "cost": "0.01 USD"}
    httpx_mock.add_response(url=CALL_URL, json=answer)
    result = await gateway.for_user("alice").call(
        "notion_search_pages",
        {"query": "Roadmap", "cursor": None},
        account="con_1",
        owner="user",
        project="p1",
        approval="apr_1",
        wait=5,
        idempotency_key="k1",
    )
    assert (result.result, result.truncated, result.next, result.cost) == tuple(answer.values())
    assert sent_json(httpx_mock) == {
        "user": "alice",
        "arguments": {"query": "Roadmap"},
        "account": "con_1",
        "owner": "user",
        "project": "p1",
        "approval": "apr_1",
        "wait_seconds": 5,
    }
    assert httpx_mock.get_requests()[0].headers["Idempotency-Key"] == "k1"


async def test_a_call_may_take_longer_than_other_calls(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_response(json=RESULT)
    await gateway.call_tool("notion_search_pages", {}, user="alice", wait=30)
    (request,) = httpx_mock.get_requests()
    assert request.extensions["timeout"]["read"] == 120.0


@pytest.mark.parametrize("arguments", [{"a": object()}, {"a": float("nan")}, {"a": b"x"}])
async def test_arguments_that_are_not_json_are_not_sent(
    gateway: Gateway, arguments: dict[str, Any]
) -> None:
    error = await failure(gateway.call_tool("notion_search_pages", arguments, user="alice"))
    assert type(error) is sdk.InvalidRequest
    assert error.status is None


@pytest.mark.parametrize("key", ["", "a\nb", "ключ"])
async def test_an_idempotency_key_must_fit_into_a_header(gateway: Gateway, key: str) -> None:
    call = gateway.call_tool("notion_search_pages", {}, user="alice", idempotency_key=key)
    assert "idempotency key" in str(await failure(call))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "tool_unknown", sdk.ToolUnknown),
        (403, "tool_blocked", sdk.ToolBlocked),
        (502, "tool_failed", sdk.ToolFailed),
        (403, "approval_denied", sdk.GatewayError),
    ],
)
async def test_a_refused_call_is_a_typed_error(
    gateway: Gateway, httpx_mock: HTTPXMock, status: int, code: str, kind: type[sdk.GatewayError]
) -> None:
    httpx_mock.add_response(**problem(status, code))
    error = await failure(gateway.call_tool("notion_search_pages", {}, user="alice"))
    assert type(error) is kind
    assert error.detail == "What it is."


async def test_a_tool_that_failed_says_why(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        **problem(502, "tool_failed", reason="object_not_found", provider_status=404)
    )
    error = await failure(gateway.call_tool("notion_search_pages", {}, user="alice"))
    assert isinstance(error, sdk.ToolFailed)
    assert (error.reason, error.provider_status) == ("object_not_found", 404)


async def test_wrong_arguments_are_named(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    errors = [
        {"field": "limit", "message": "must be at most 100"},
        {"field": "query", "message": "is missing"},
    ]
    httpx_mock.add_response(**problem(422, "invalid_arguments", errors=errors))
    error = await failure(gateway.call_tool("notion_search_pages", {}, user="alice"))
    assert isinstance(error, sdk.InvalidArguments)
    assert error.fields == {"limit": "must be at most 100", "query": "is missing"}
    assert str(error) == "limit: must be at most 100; query: is missing"


async def test_a_call_that_asks_says_where_to_decide(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(**problem(202, "approval_required", **APPROVAL))
    error = await failure(gateway.call_tool("notion_search_pages", {}, user="alice"))
    assert isinstance(error, sdk.ApprovalRequired)
    assert (error.approval_id, error.url) == ("apr_1", APPROVAL["url"])
    assert error.expires_at == datetime(2026, 7, 1, 10, 15, tzinfo=UTC)
    assert APPROVAL["url"] in str(error)


async def test_a_link_that_is_no_address_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    wrong = APPROVAL | {"url": "javascript:alert(1)"}
    httpx_mock.add_response(**problem(202, "approval_required", **wrong))
    call = gateway.call_tool("notion_search_pages", {}, user="alice")
    assert type(await failure(call)) is sdk.UnexpectedAnswer


async def test_a_missing_account_is_the_known_error(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(
        **problem(409, "connector_required", connect_url=CONNECT_URL, connector="notion")
    )
    error = await failure(gateway.for_user("alice").call("notion_search_pages"))
    assert isinstance(error, sdk.ConnectorRequired)
    assert error.connect_url == CONNECT_URL
