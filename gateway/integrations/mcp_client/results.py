"""The result of a tool of an MCP server, as JSON for its output schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.tool_context import ToolFailed
from gateway.errors import ToolAnswerUnexpected
from gateway.integrations.kind import Ran
from gateway.text import clean_text

MAX_TEXT = 80_000
"""Characters of text: what a model can read at once, and more."""
MAX_OTHER = 50
MAX_MESSAGE = 300


def ran(result: Mapping[str, Any], *, structured: bool) -> Ran:
    """Return what a ``tools/call`` answered; ``structured``: the tool declares an output schema.

    Raises ``ToolFailed`` for an error that the tool tells, or for a question to the person, and
    ``ToolAnswerUnexpected`` for a result without the structure that was declared.
    """
    if result.get("resultType", "complete") != "complete":
        raise ToolFailed(
            "input_required", "the server asks a person for something, which is not passed on"
        )
    content = result.get("content")
    blocks = (
        [block for block in content if isinstance(block, Mapping)]
        if isinstance(content, list)
        else []
    )
    text = "\n\n".join(t for block in blocks if (t := _text(block)))
    if result.get("isError") is True:
        raise ToolFailed("tool_error", clean_text(text, MAX_MESSAGE) or "the tool gives no reason")
    said = result.get("structuredContent")
    if structured:
        if not isinstance(said, dict):
            raise ToolAnswerUnexpected
        return Ran(result=said)
    other = [found for block in blocks if (found := _without_content(block))]
    whole: dict[str, Any] = {"text": text[:MAX_TEXT]}
    if said is not None:
        whole["structured"] = said
    if other:
        whole["other"] = other[:MAX_OTHER]
    return Ran(result=whole, truncated=len(text) > MAX_TEXT or len(other) > MAX_OTHER)


def _text(block: Mapping[str, Any]) -> str:
    """Return the text of a block, also of a resource that the server put in."""
    inside = block.get("resource") if block.get("type") == "resource" else block
    text = inside.get("text") if isinstance(inside, Mapping) else None
    return text if isinstance(text, str) else ""


def _without_content(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a block that holds no text: its kind and address, no content."""
    inside = block.get("resource") if block.get("type") == "resource" else block
    if not isinstance(inside, Mapping) or isinstance(inside.get("text"), str):
        return {}
    found: dict[str, Any] = {}
    for name, value in (
        ("type", block.get("type")),
        ("mime_type", inside.get("mimeType")),
        ("uri", inside.get("uri")),
        ("name", inside.get("name")),
    ):
        if isinstance(value, str) and (clean := clean_text(value, MAX_MESSAGE)):
            found[name] = clean
    for name in ("data", "blob"):
        if isinstance(value := inside.get(name), str):
            found["bytes"] = len(value) * 3 // 4
    return found
