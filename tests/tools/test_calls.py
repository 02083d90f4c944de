"""Calling a tool: what is sent, what comes back, and every way in which it can fail."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.tool_review import MAX_REQUESTS
from gateway.access.service_keys import Role
from gateway.tools.result import MAX_RESULT
from tests.support import provider as providers
from tests.support.provider import Exchange, StrictProvider
from tests.support.proxied import KEY
from tests.tools.conftest import Tools


def answers(
    monkeypatch: pytest.MonkeyPatch, name: str, status: int, body: Any, **headers: str
) -> None:
    """Let the provider answer like this at ``/name``."""

    async def behave(provider: StrictProvider, exchange: Exchange) -> None:
        await exchange.body()
        await exchange.answer(status, body, **headers)

    monkeypatch.setitem(providers.BEHAVIOURS, name, behave)


async def test_arguments_go_to_their_places(tools: Tools) -> None:
    await tools.proxy.connect()
    echo = await tools.result(
        "relay_get_item",
        item_id="a b?c",
        words=["one", "two"],
        tags=["x", "y"],
        trace="t-1",
        exact=True,
    )
    path, _, query = echo["target"].partition("?")
    assert path == "/api/v1/items/a%20b%3Fc"
    assert parse_qsl(query) == [
        ("version", "2"),
        ("words", "one"),
        ("words", "two"),
        ("tag", "x,y"),
        ("exact", "true"),
        ("count", "10"),
    ]
    assert ["x-trace", "t-1"] in echo["headers"]
    assert echo["method"] == "GET"


async def test_a_body_is_made_of_constants_and_paths(tools: Tools) -> None:
    await tools.proxy.connect()
    echo = await tools.result("relay_change_item", title="New", text='"quoted"')
    assert json.loads(echo["body"]) == {
        "query": "mutation",
        "input": {"title": "New"},
        "children": [{"type": "paragraph", "rich": [{"content": '"quoted"'}]}],
    }
    again = await tools.result("relay_change_item", title="Second")
    assert json.loads(again["body"])["children"] == [{"type": "paragraph"}]  # nothing is left over


async def test_a_form_is_sent_as_one(tools: Tools) -> None:
    await tools.proxy.connect()
    echo = await tools.result("relay_post_form", title="a&b", note="ä")
    assert parse_qsl(echo["body"]) == [("kind", "x"), ("input[title]", "a&b"), ("note", "ä")]
    assert ["content-type", "application/x-www-form-urlencoded"] in echo["headers"]


@pytest.mark.parametrize("value", ["../users", "a/../../b", "..", "a\\b", "%2e%2e"])
async def test_an_argument_cannot_lead_to_another_path(tools: Tools, value: str) -> None:
    await tools.proxy.connect()
    answer = await tools.call("relay_get_item", item_id=value)
    if answer.status_code == 200:
        assert answer.json()["result"]["target"].startswith("/api/v1/items/")
        assert "/../" not in answer.json()["result"]["target"]
    else:
        assert answer.json()["code"] == "path_refused"
        assert not tools.provider.calls


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "item_id"),
        ({"item_id": "i", "count": 101}, "count"),
        ({"item_id": "i", "count": "many"}, "count"),
        ({"item_id": "i", "words": ["x"] * 6}, "words"),
        ({"item_id": "i", "words": [7]}, "words.0"),
        ({"item_id": 7}, "item_id"),
        ({"item_id": "i", "gwk_secret": 1}, "(unknown)"),
    ],
)
async def test_wrong_arguments_name_the_field_before_anything_else(
    tools: Tools, arguments: dict[str, Any], field: str
) -> None:
    """Nobody is connected: the schema comes first."""
    answer = await tools.call("relay_get_item", **arguments)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_arguments")
    assert [each["field"] for each in problem["errors"]] == [field]
    assert all(each["message"] for each in problem["errors"])
    assert "gwk_secret" not in answer.text


async def test_an_unknown_tool_is_unknown(tools: Tools) -> None:
    answer = await tools.call("relay_get_nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "tool_unknown")


async def test_without_a_connection_the_user_is_sent_to_connect(tools: Tools) -> None:
    answer = await tools.call("relay_get_item", item_id="i")
    problem = answer.json()
    assert problem["code"] == "connector_required"
    assert problem["tool"] == "relay_get_item"
    assert problem["connect_url"].endswith("/connectors/relay?tool=relay_get_item&scopes=read")


async def test_a_missing_scope_sends_the_user_to_grant_it(tools: Tools) -> None:
    connection = await tools.proxy.connect()
    store: Any = tools.proxy.harness.services.tokens._connections
    await store._rows.update_one({"_id": connection.id}, {"$set": {"scopes.granted": ["read"]}})
    answer = await tools.call("relay_get_wide_scope")
    problem = answer.json()
    assert problem["code"] == "scopes_required"
    assert f"reconnect={connection.id}" in problem["connect_url"]
    assert "tool=relay_get_wide_scope" in problem["connect_url"]
    assert "scopes=write" in problem["connect_url"]


async def test_a_secret_is_the_platforms(tools: Tools) -> None:
    echo = await tools.result("relay_ask_platform")
    assert echo["target"] == "/api/v1/whoami"
    assert [value for name, value in echo["headers"] if name == "x-api-key"] == ["*" * len(KEY)]


async def test_a_refusal_is_the_providers_in_short(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tools.proxy.connect()
    body = {"error": {"code": "no_such_item", "message": "There is none.\n" + "x" * 5000}}
    answers(monkeypatch, "refusal", 404, body)
    answer = await tools.call("relay_get_refusal")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (502, "tool_failed")
    assert (problem["reason"], problem["provider_status"]) == ("no_such_item", 404)
    assert problem["detail"].startswith("404: There is none. x")
    assert len(problem["detail"]) <= 300


@pytest.mark.parametrize("body", [[], "text", None, {"error": ["x"]}, {"code": 7}])
async def test_any_refusal_can_be_read(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    await tools.proxy.connect()
    answers(monkeypatch, "refusal", 403, body)
    problem = (await tools.call("relay_get_refusal")).json()
    assert (problem["code"], problem["provider_status"]) == ("tool_failed", 403)
    assert problem["reason"]


async def test_a_failure_inside_a_success_is_one(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tools.proxy.connect()
    answers(monkeypatch, "hidden", 200, {"ok": False, "error": "channel_not_found"})
    problem = (await tools.call("relay_get_hidden_failure")).json()
    assert (problem["code"], problem["reason"]) == ("tool_failed", "channel_not_found")
    answers(monkeypatch, "hidden", 200, {"ok": True, "method": "GET", "target": "/"})
    assert (await tools.result("relay_get_hidden_failure"))["target"] == "/"


@pytest.mark.parametrize("body", [{"method": 1}, [], "text", 5])
async def test_an_answer_of_another_form_is_unexpected(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    await tools.proxy.connect()
    answers(monkeypatch, "refusal", 200, body)
    problem = (await tools.call("relay_get_refusal")).json()
    assert problem["code"] == "tool_answer_unexpected"


async def test_pages_go_on(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    await tools.proxy.connect()
    answers(monkeypatch, "names", 200, {"items": ["a"], "meta": {"next": "c-2", "total": 2}})
    first = (await tools.call("relay_list_names")).json()
    assert first == {
        "result": {"items": ["a"], "total": 2},
        "truncated": False,
        "next": "c-2",
        "cost": None,
    }
    await tools.result("relay_list_names", cursor="c-2")
    assert tools.provider.calls[-1].query == {"cursor": "c-2"}
    answers(monkeypatch, "names", 200, {"items": [], "meta": {}})
    assert (await tools.call("relay_list_names")).json()["next"] is None


async def test_a_list_is_wrapped_and_its_link_is_followed(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tools.proxy.connect()
    there = "https://acme.relay.example/api/v1/rows?page_info=p%2F2"
    answers(monkeypatch, "rows", 200, ["a", "b"], Link=f'<{there}>; rel="next"')
    found = (await tools.call("relay_list_rows")).json()
    assert (found["result"]["items"], found["next"]) == (["a", "b"], "p/2")


async def test_a_large_result_is_cut_and_says_so(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tools.proxy.connect()
    names = [f"{n:06}" + "ü" * 500 for n in range(1000)]
    answers(monkeypatch, "names", 200, {"items": names, "meta": {"next": "n"}})
    answer = await tools.call("relay_list_names")
    found = answer.json()
    kept = found["result"]["items"]
    assert found["truncated"] is True
    assert kept == names[: len(kept)]
    assert 50 < len(kept) < 100
    assert len(answer.content) < MAX_RESULT + 200


async def test_a_tool_reaches_only_what_it_declares(tools: Tools) -> None:
    await tools.proxy.connect()
    problem = (await tools.call("relay_change_often", times=0, then="other")).json()
    assert (problem["code"], problem["reason"]) == ("tool_failed", "connector_not_declared")
    assert not tools.provider.calls


@pytest.mark.parametrize(
    ("then", "code", "reason"),
    [
        ("break", "tool_failed", "tool_broken"),
        ("stop", "tool_failed", "had_enough"),
        ("key", "tool_answer_unexpected", None),
    ],
)
async def test_a_functions_failures_are_problems(
    tools: Tools, then: str, code: str, reason: str | None
) -> None:
    await tools.proxy.connect()
    answer = await tools.call("relay_change_often", times=1, then=then)
    problem = answer.json()
    assert (problem["code"], problem.get("reason")) == (code, reason)
    assert "a bug" not in answer.text


async def test_the_requests_of_a_call_are_bounded(tools: Tools) -> None:
    await tools.proxy.connect()
    problem = (await tools.call("relay_change_often", times=30)).json()
    assert problem["reason"] == "too_many_requests"
    assert tools.provider.effects == MAX_REQUESTS


async def test_a_repeat_changes_nothing_again(tools: Tools) -> None:
    await tools.proxy.connect()
    first = await tools.call("relay_post_effect", key="order-1", title="x")
    second = await tools.call("relay_post_effect", key="order-1", title="x")
    assert first.json() == second.json()
    assert tools.provider.effects == 1
    other = await tools.call("relay_post_effect", key="order-1", title="y")
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_repeat_of_several_requests_goes_on_where_it_ended(tools: Tools) -> None:
    """The first call ends in the middle: its repeat sends only what was not sent."""
    await tools.proxy.connect()
    broken = await tools.call("relay_change_often", key="order-2", times=2, then="stop")
    assert broken.json()["code"] == "tool_failed"
    assert tools.provider.effects == 2
    done = await tools.call("relay_change_often", key="order-2", times=3)
    assert done.json()["result"] == {"effects": 3}
    again = await tools.call("relay_change_often", key="order-2", times=3)
    assert again.json()["result"] == {"effects": 3}
    assert tools.provider.effects == 3


async def test_a_long_or_doubled_idempotency_key_is_refused(tools: Tools) -> None:
    answer = await tools.call("relay_post_effect", key="k" * 201, title="x")
    assert answer.json()["code"] == "invalid_request"
    twice = await tools.client.post(
        "/v1/tools/relay_post_effect/call",
        headers=[("Idempotency-Key", "a"), ("Idempotency-Key", "b")],
        json={"user": "alice", "arguments": {}},
    )
    assert twice.json()["code"] == "invalid_request"


async def test_a_key_without_the_role_calls_nothing(tools: Tools) -> None:
    for role in (Role.TOKENS, Role.PROXY, Role.CONNECTIONS):
        other = await tools.proxy.harness.api(role)
        answer = await other.post("/v1/tools/relay_get_item/call", json={"user": "alice"})
        assert answer.json()["code"] == "forbidden"


async def test_another_tenants_user_is_somebody_else(tools: Tools) -> None:
    await tools.proxy.connect()
    other = await tools.proxy.harness.api(Role.TOOLS, tenant="other")
    answer = await other.post(
        "/v1/tools/relay_get_item/call", json={"user": "alice", "arguments": {"item_id": "i"}}
    )
    assert answer.json()["code"] == "connector_required"
    assert not tools.provider.calls
