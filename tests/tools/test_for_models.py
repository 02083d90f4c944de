"""Every tool in the shapes that models get, and the size of a list in tokens."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from anthropic.types import ToolParam
from jsonschema_rs import Draft202012Validator, meta
from langchain_core.tools import StructuredTool
from openai.types.chat import ChatCompletionFunctionToolParam
from openai.types.responses import FunctionToolParam
from pydantic import TypeAdapter

from connectors.catalog import Catalog
from gateway import client
from gateway.client import ToolList, ToolResult
from gateway.tools.registry import Registry, Tool

REGISTRY = Registry(Catalog({}))
OPENAI = TypeAdapter(FunctionToolParam)
CHAT = TypeAdapter(ChatCompletionFunctionToolParam)
ANTHROPIC = TypeAdapter(ToolParam)
CHARACTERS_PER_TOKEN = 4
"""An estimate: the vocabularies of the tokenizers are not on this machine. JSON of English texts
takes between three and five characters for a token."""
MOST_TOKENS = 40_000
"""Of the list of somebody with five connectors, so that it leaves a model room for its work."""


def as_listed(tool: Tool) -> client.Tool:
    """The tool as the SDK lists it to somebody who has connected everything."""
    return client.Tool(
        name=tool.name,
        description=tool.description,
        effect=tool.effect,
        policy="auto",
        connectors=tool.connectors,
        input_schema=tool.input_schema,
        available=True,
        reason=None,
        detail=None,
        connector_required=(),
    )


def not_called(name: str, arguments: object) -> ToolResult:
    raise AssertionError(name)


def tokens(shown: object) -> int:
    return len(json.dumps(shown, separators=(",", ":"))) // CHARACTERS_PER_TOKEN


@pytest.mark.parametrize("tool", REGISTRY.tools(), ids=lambda tool: tool.name)
def test_a_tool_fits_the_apis_of_models(tool: Tool) -> None:
    tools = ToolList([as_listed(tool)])
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)
    for strict in (False, True):
        OPENAI.validate_python(tools.for_openai(strict=strict)[0], strict=True)
        CHAT.validate_python(tools.for_openai("chat", strict=strict)[0], strict=True)
    (shown,) = tools.for_anthropic()
    ANTHROPIC.validate_python(shown, strict=True)
    assert isinstance(tools.for_langchain(not_called)[0], StructuredTool)

    schema = shown["input_schema"]
    # What the APIs demand of the schema of arguments.
    assert schema["type"] == "object"
    assert not {"anyOf", "oneOf", "allOf", "not", "enum"} & set(schema)
    assert all(re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", name) for name in schema["properties"])
    assert meta.is_valid(schema)
    judge = Draft202012Validator(schema)
    for example in tool.examples:
        assert judge.is_valid(json.loads(json.dumps(example, default=dict)))


def test_the_size_of_the_list_of_somebody_with_five_connectors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The five with the most tools: a hard case."""
    counted = Counter(tool.connectors[0] for tool in REGISTRY.tools())
    chosen = {name for name, _ in counted.most_common(5)}
    tools = ToolList(as_listed(tool) for tool in REGISTRY.tools() if tool.connectors[0] in chosen)
    sizes = {
        "OpenAI, Responses": tokens(tools.for_openai()),
        "OpenAI, Chat Completions": tokens(tools.for_openai("chat")),
        "OpenAI, strict": tokens(tools.for_openai(strict=True)),
        "Anthropic, Messages": tokens(tools.for_anthropic()),
    }
    with capsys.disabled():
        print(f"\n{len(tools)} tools of {', '.join(sorted(chosen))}; tokens, as characters / 4:")
        for name, size in sizes.items():
            print(f"  {name:<26}{size:>7}")
    assert len(chosen) == 5
    assert max(sizes.values()) < MOST_TOKENS
