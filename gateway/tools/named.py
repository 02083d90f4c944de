"""The path of a tool's request for usage events, which hold nothing of arguments. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any
from urllib.parse import unquote

from connectors.tooling import HttpTool, ToolDefinition
from gateway.tools.integration_tool import IntegrationTool

MIN_PART = 4
"""Characters of an argument that is looked for inside of words: a shorter one is there by chance.
"""


def named_path(
    tool: ToolDefinition | IntegrationTool, path: str, arguments: Mapping[str, Any]
) -> str:
    """Return the template of a path: the tool's own, or ``{id}`` where an argument stands.

    A function puts arguments anywhere, so each segment is searched for them.
    """
    if isinstance(tool, HttpTool):
        return tool.path
    if isinstance(tool, IntegrationTool):
        return tool.named_path
    typed = {text.casefold() for text in _texts(arguments)} - {""}
    return "/".join(
        "{id}" if _holds(unquote(part).casefold(), typed) else part for part in path.split("/")
    )


def _texts(value: Any) -> Iterator[str]:
    left = [value]  # no recursion: a caller may send JSON of any depth
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            left += each.values()
        elif isinstance(each, list):
            left += each


def _holds(part: str, typed: Set[str]) -> bool:
    return any(part == text or (len(text) >= MIN_PART and text in part) for text in typed)
