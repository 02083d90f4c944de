"""The tool list for OpenAI, Anthropic and LangChain, judged by the types of their packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic.types import ToolParam
from jsonschema_rs import Draft202012Validator
from langchain_core.utils.function_calling import convert_to_openai_tool
from openai.types.chat import ChatCompletionFunctionToolParam
from openai.types.responses import FunctionToolParam
from pydantic import BaseModel, Field, TypeAdapter

from gateway.client import ConnectorRequired, NeededConnector, Tool, ToolList, ToolResult
from gateway.client.tool_shapes import NotStrict, concise, strict_form

URL = "http://gateway.test/connectors/notion"


class Place(BaseModel):
    model_config = {"extra": "forbid"}
    city: str
    zip: str


class Arguments(BaseModel):
    """A bit of everything that arguments are made of."""

    model_config = {"extra": "forbid"}
    title: str = Field(description="The title.", max_length=200)
    limit: int = Field(default=10, ge=1, le=100)
    cursor: str | None = None
    place: Place | None = Field(default=None, description="Where.")
    labels: list[str] = Field(default=[])


class Free(BaseModel):
    model_config = {"extra": "forbid"}
    properties: dict[str, Any]


def tool(name: str = "notion_create_page", **members: Any) -> Tool:
    given: dict[str, Any] = {
        "description": "Create a page.",
        "effect": "write",
        "policy": "auto",
        "connectors": ("notion",),
        "input_schema": Arguments.model_json_schema(),
        "available": True,
        "reason": None,
        "detail": None,
        "connector_required": (),
    }
    return Tool(name=name, **given | members)


MISSING = tool(
    "slack_send_message",
    available=False,
    reason="connector_required",
    connector_required=(
        NeededConnector(
            connector="slack",
            display_name="Slack",
            reason="connector_required",
            detail="Send the user to connect_url.",
            connect_url=URL,
        ),
    ),
)
BLOCKED = tool("slack_delete_channel", available=False, reason="blocked")
TOOLS = ToolList([tool(), MISSING, BLOCKED])


def schemas(schema: object) -> Iterator[dict[str, Any]]:
    """Every object inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from schemas(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from schemas(each)


@pytest.mark.parametrize("strict", [False, True])
def test_openai_takes_the_list(strict: bool) -> None:
    (shown,) = TOOLS.for_openai(strict=strict)
    TypeAdapter(FunctionToolParam).validate_python(shown, strict=True)
    assert shown["strict"] is strict
    (chat,) = TOOLS.for_openai("chat", strict=strict)
    TypeAdapter(ChatCompletionFunctionToolParam).validate_python(chat, strict=True)
    assert chat == {
        "type": "function",
        "function": {name: value for name, value in shown.items() if name != "type"},
    }


def test_openai_has_no_third_api() -> None:
    with pytest.raises(ValueError, match="assistants"):
        TOOLS.for_openai("assistants")  # type: ignore[arg-type]


def test_anthropic_takes_the_list() -> None:
    (shown,) = TOOLS.for_anthropic()
    TypeAdapter(ToolParam).validate_python(shown, strict=True)
    assert shown["input_schema"]["type"] == "object"


def test_langchain_takes_the_list() -> None:
    calls: list[tuple[str, dict[str, Any]]] = []

    def call(name: str, arguments: dict[str, Any]) -> ToolResult:
        calls.append((name, arguments))
        return ToolResult(result={"id": "p1"}, truncated=False, next=None, cost=None)

    (shown,) = TOOLS.for_langchain(call)
    assert shown.invoke({"title": "Roadmap", "limit": 3}) == {"id": "p1"}
    assert calls == [("notion_create_page", {"title": "Roadmap", "limit": 3})]
    function = convert_to_openai_tool(shown)["function"]
    assert set(function["parameters"]["properties"]) == set(Arguments.model_fields)
    assert function["parameters"]["required"] == ["title"]


async def test_langchain_awaits_and_tells_the_model_what_is_missing_or_cut() -> None:
    answers: list[ToolResult | Exception] = [
        ToolResult(result=[1], truncated=True, next="c2", cost=None),
        ConnectorRequired("No.", connect_url=URL, connector="notion"),
    ]

    async def call(name: str, arguments: dict[str, Any]) -> ToolResult:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    (shown,) = TOOLS.for_langchain(call)
    assert await shown.ainvoke({"title": "a"}) == {"result": [1], "truncated": True, "next": "c2"}
    assert URL in await shown.ainvoke({"title": "a"})


def test_tools_that_need_an_account_are_given_on_demand_and_blocked_ones_never() -> None:
    assert [each["name"] for each in TOOLS.for_anthropic(unavailable=True)] == [
        "notion_create_page",
        "slack_send_message",
    ]


def test_a_long_description_is_cut_where_openai_refuses_it() -> None:
    tools = ToolList([tool(description="x" * 2000)])
    assert len(tools.for_openai()[0]["description"]) == 1024
    assert len(tools.for_anthropic()[0]["description"]) == 2000


def test_a_concise_schema_accepts_the_same_and_says_less() -> None:
    whole = Arguments.model_json_schema()
    short = concise(whole)
    assert "title" not in short
    assert short["properties"]["title"] == {
        "type": "string",
        "maxLength": 200,
        "description": "The title.",
    }
    assert short["properties"]["cursor"] == {"type": "string"}
    assert short["properties"]["place"] == {"$ref": "#/$defs/Place", "description": "Where."}
    assert len(str(short)) < 0.75 * len(str(whole))
    for arguments in (
        {"title": "a"},
        {"title": "a", "cursor": "c", "place": {"city": "x", "zip": "y"}, "labels": ["b"]},
        {"title": "a", "limit": 0},
        {"title": "a", "other": 1},
        {"title": "a", "place": {"city": "x"}},
        {},
    ):
        verdicts = [Draft202012Validator(each).is_valid(arguments) for each in (whole, short)]
        assert verdicts[0] == verdicts[1], arguments


def test_a_strict_schema_follows_openais_rules() -> None:
    strict = strict_form(Arguments.model_json_schema())
    for each in schemas(strict):
        if each.get("type") == "object" and isinstance(each.get("properties"), dict):
            assert each["additionalProperties"] is False
            assert set(each["required"]) == set(each["properties"])
    said = {name for each in schemas(strict["properties"]["labels"]) for name in each}
    assert "default" not in said
    arguments = {"title": "a", "limit": None, "cursor": None, "place": None, "labels": None}
    assert Draft202012Validator(strict).is_valid(arguments)
    assert not Draft202012Validator(strict).is_valid({"title": "a"})


@pytest.mark.parametrize(
    "member",
    [
        {"type": "object"},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "array"},
        {"description": "Anything."},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ],
)
def test_a_schema_without_a_strict_form_is_given_as_it_is(member: dict[str, Any]) -> None:
    schema = {
        "type": "object",
        "properties": {"a": member},
        "required": ["a"],
        "additionalProperties": False,
    }
    with pytest.raises(NotStrict):
        strict_form(schema)
    (shown,) = ToolList([tool(input_schema=schema)]).for_openai(strict=True)
    assert (shown["strict"], shown["parameters"]) == (False, schema)


def test_free_members_are_never_called_strict() -> None:
    (shown,) = ToolList([tool(input_schema=Free.model_json_schema())]).for_openai(strict=True)
    assert shown["strict"] is False
