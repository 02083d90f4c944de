"""The request of an ``HttpTool``: its constants, with the arguments put into them. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from connectors.tool_places import body_steps, places_of
from connectors.tooling import Args, HttpTool


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolRequest:
    """One request below a connector's API. ``body`` is ``None`` where nothing goes into one."""

    method: str
    path: str = field(repr=False)
    query: Mapping[str, str | list[str]] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: dict[str, Any] | None = field(repr=False)


def request_of(tool: HttpTool, args: Args) -> ToolRequest:
    """Return the tool's request with these arguments; those that are ``None`` are left out."""
    given = args.model_dump(mode="json", exclude_none=True)
    path: dict[str, str] = {}
    query: dict[str, str | list[str]] = dict(tool.query)
    headers, body = dict(tool.headers), _thawed(tool.body)
    has_body = bool(body)
    for name, place in places_of(tool).items():
        has_body = has_body or place.place == "body"
        if name not in given:
            continue
        value = given[name]
        if place.join is not None and isinstance(value, list):
            value = place.join.join(_text(each) for each in value)
        if place.place == "path":
            path[place.name] = quote(_text(value), safe="")
        elif place.place == "query":
            several = isinstance(value, list)
            query[place.name] = [_text(each) for each in value] if several else _text(value)
        elif place.place == "header":
            headers[place.name] = _text(value)
        else:
            put(body, body_steps(place.name), value)
    filled = tool.path
    for name, text in path.items():
        filled = filled.replace(f"{{{name}}}", text)
    return ToolRequest(
        method=tool.method,
        path=filled,
        query=query,
        headers=headers,
        body=body if has_body and tool.method != "GET" else None,
    )


def put(body: Any, steps: list[str | int], value: Any) -> None:
    """Put ``value`` into nested objects and lists, which are made where they are missing."""
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            while len(body) <= step:
                body.append(None)
            there = body[step]
        else:
            there = body.get(step)
        if after is None:
            body[step] = value
            return
        if there is None:
            there = body[step] = [] if isinstance(after, int) else {}
        body = there


def form_of(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the fields of a form: a list is repeated, a nested object is ``a[b]``."""
    fields: list[tuple[str, str]] = []
    for name, value in body.items():
        _add(fields, name, value)
    return fields


def _add(fields: list[tuple[str, str]], name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            _add(fields, f"{name}[{key}]", each)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            _add(fields, f"{name}[{place}]" if isinstance(each, Mapping) else name, each)
    elif value is not None:
        fields.append((name, _text(value)))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _thawed(each) for name, each in value.items()}
    return (
        [_thawed(each) for each in value] if isinstance(value, (list, tuple)) else deepcopy(value)
    )
