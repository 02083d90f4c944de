"""Tools as an MCP server tells them, made definitions. Everything in them is hostile."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs
from mcp.shared.inbound import find_invalid_x_mcp_header

from gateway.engine.integration import Definition, Effect, Skipped
from gateway.text import clean_text

MAX_NAME = 39
"""Characters of a definition's name: 64 without a slug of 24."""
MAX_DESCRIPTION = 1024
MAX_SCHEMA = 64 * 1024
"""Bytes of a schema as JSON: a model reads it whole."""
MAX_DEPTH = 40
_NAME = re.compile(r"[A-Za-z0-9_./-]{1,128}")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_NOT_PINNED = frozenset({"_meta", "icons"})
"""What no caller of the tool meets, and what servers fill anew with each answer."""

ANY_RESULT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "What the server answers, as text"},
        "structured": {"description": "The same as JSON, if the server gives it"},
        "other": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Pictures, sounds and links, without their content",
        },
    },
}
"""The output schema of a tool that declares none, and of one whose result is no object."""


class _Unfit(Exception):
    """A tool that is left out: code and reason."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


def read_tools(told: Iterable[Any]) -> tuple[list[Definition], list[Skipped]]:
    """Return the tools that can be used, in the server's order, and why others cannot.

    Of two with one name the first counts: it is the one that a call would reach.
    """
    definitions: list[Definition] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    named: set[str] = set()
    for tool in told:
        given = tool.get("name") if isinstance(tool, Mapping) else None
        name = given if isinstance(given, str) else ""
        try:
            if name in seen:
                raise _Unfit("duplicate_name", "another tool has this name")
            definition = _definition(tool)
            if definition.name in named:
                definition = _definition(tool, distinct=True)
            if definition.name in named:
                raise _Unfit("duplicate_name", "another tool has nearly this name")
        except _Unfit as unfit:
            shown = clean_text(name[:512], 128) or "?"
            skipped.append(Skipped(name=shown, code=unfit.code, reason=unfit.reason))
            continue
        seen.add(name)
        named.add(definition.name)
        definitions.append(definition)
    return definitions, skipped


def pin_of(tool: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that the server says about a tool.

    Raises ``RecursionError`` for what is too deep.
    """
    said = {name: value for name, value in tool.items() if name not in _NOT_PINNED}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _definition(tool: Any, *, distinct: bool = False) -> Definition:
    if not isinstance(tool, Mapping) or not isinstance(name := tool.get("name"), str):
        raise _Unfit("no_name", "it has no name")
    if not _NAME.fullmatch(name) or not any(c.isalnum() for c in name):
        raise _Unfit("bad_name", "its name has characters that none may have, or too many")
    given = tool.get("inputSchema")
    if given is None:
        raise _Unfit("no_schema", "it has no schema for its arguments")
    arguments = _schema(given, "arguments")
    if (problem := find_invalid_x_mcp_header(given)) is not None:
        raise _Unfit("bad_header", f"an argument cannot be sent as a header: {_short(problem)}")
    declared = tool.get("outputSchema")
    output = ANY_RESULT
    if declared is not None:
        output = _schema(declared, "result") if _is_object(declared) else ANY_RESULT
    try:
        pin = pin_of(tool)
    except RecursionError:
        raise _Unfit("too_deep", "its definition has too many levels") from None
    return Definition(
        name=_own_name(name, distinct=distinct),
        description=_described(tool, name),
        effect=_effect(tool.get("annotations")),
        input_schema=arguments,
        output_schema=output,
        call={"tool": name, "pin": pin, "structured": output is not ANY_RESULT},
    )


def _own_name(name: str, *, distinct: bool) -> str:
    """Return the name in small letters and underscores, cut where it is too long.

    ``distinct`` adds a digest of the server's own name.
    """
    own = "_".join(word.lower() for word in _WORDS.split(name) if word)
    if len(own) <= MAX_NAME and not distinct:
        return own
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{own[: MAX_NAME - 7].rstrip('_')}_{digest}"


def _described(tool: Mapping[str, Any], name: str) -> str:
    for key in ("description", "title"):
        text = tool.get(key)
        if isinstance(text, str) and (
            clean := clean_text(text[: 4 * MAX_DESCRIPTION], MAX_DESCRIPTION)
        ):
            return clean
    return name


def _effect(annotations: Any) -> Effect:
    """Annotations are hints of a server that nobody vouches for: they only make stricter."""
    hint = annotations.get("destructiveHint") if isinstance(annotations, Mapping) else None
    return "destructive" if hint is True else "write"


def _is_object(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "object"


def _schema(given: Any, what: str) -> dict[str, Any]:
    """Return a schema of an object that is bounded, valid, and complete in itself."""
    if not isinstance(given, Mapping) or given.get("type", "object") != "object":
        raise _Unfit("bad_schema", f"the schema of its {what} is not one of an object")
    _check_parts(given, what, 0)
    try:
        size = len(json.dumps(given, ensure_ascii=False).encode())
    except (ValueError, RecursionError):
        raise _Unfit("bad_schema", f"the schema of its {what} cannot be read") from None
    if size > MAX_SCHEMA:
        raise _Unfit(
            "schema_too_large", f"the schema of its {what} has more than {MAX_SCHEMA} bytes"
        )
    # Without what names another document: the dialect is 2020-12 for every tool.
    kept = {name: value for name, value in given.items() if name not in {"$schema", "$id"}}
    schema: dict[str, Any] = {"type": "object", **_readable(kept)}
    try:
        jsonschema_rs.Draft202012Validator(schema, offline=True)
    except (ValueError, RecursionError):
        raise _Unfit("bad_schema", f"the schema of its {what} is no JSON Schema") from None
    return schema


def _check_parts(part: Any, what: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _Unfit(
            "schema_too_deep", f"the schema of its {what} has more than {MAX_DEPTH} levels"
        )
    if isinstance(part, Mapping):
        for key in _REFERENCES:
            target = part.get(key)
            if isinstance(target, str) and not target.startswith("#"):
                raise _Unfit("remote_reference", f"the schema of its {what} is in another document")
        for each in part.values():
            _check_parts(each, what, depth + 1)
    elif isinstance(part, list):
        for each in part:
            _check_parts(each, what, depth + 1)


def _readable(part: Any) -> Any:
    """Return the schema with descriptions in which nothing is invisible."""
    if isinstance(part, Mapping):
        return {
            name: clean_text(each, MAX_DESCRIPTION)
            if name in {"description", "title", "$comment"} and isinstance(each, str)
            else _readable(each)
            for name, each in part.items()
        }
    return [_readable(each) for each in part] if isinstance(part, list) else part


def _short(problem: str) -> str:
    return clean_text(problem, 200)
