"""Check a tool's description before it is used for the first time.

``connectors.tooling`` imports this module, so a tool is ``Any`` here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from connectors.account import PATH
from connectors.tool_places import places_of, template_names

MAX_NAME, MAX_DESCRIPTION = 64, 300
"""64 characters: the longest name of a function at the big model providers."""
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){2,}")
EFFECTS, POLICIES = ("read", "write", "destructive"), ("auto", "ask", "block")
MAX_REQUESTS = 25
"""Requests of one call of a tool."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = frozenset(
    {"authorization", "cookie", "host", "content-length", "content-type", "transfer-encoding"}
)
"""Headers that no tool sets: the gateway does."""
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def http_tool_problems(tool: Any) -> list[str]:
    """Describe each mistake of an ``HttpTool``."""
    return [*_shared(tool), *_request(tool), *_places(tool), *_answer(tool)]


def function_tool_problems(tool: Any) -> list[str]:
    """Describe each mistake of a ``FunctionTool``."""
    found = list(_shared(tool))
    if not inspect.iscoroutinefunction(tool.function):
        found.append("the function is not async")
    elif len(inspect.signature(tool.function).parameters) != 2:
        found.append("the function does not take (args, ctx)")
    if not 1 <= tool.writes <= MAX_REQUESTS:
        found.append(f"writes is not 1 to {MAX_REQUESTS}")
    if tool.effect == "read" and tool.writes != 1:
        found.append("writes is given, and effect read changes nothing")
    return found


def _shared(tool: Any) -> Iterator[str]:
    if not NAME.fullmatch(tool.name) or len(tool.name) > MAX_NAME:
        yield f"name is not <connector>_<verb>_<object> in at most {MAX_NAME} characters"
    if not 10 <= len(tool.description) <= MAX_DESCRIPTION or not tool.description.isprintable():
        yield f"description is not one line of 10 to {MAX_DESCRIPTION} characters"
    if tool.effect not in EFFECTS:
        yield f"effect is not one of {', '.join(EFFECTS)}"
    if tool.policy not in (None, *POLICIES):
        yield f"policy is not one of {', '.join(POLICIES)}"
    if not tool.needs:
        yield "needs is empty: a tool calls a provider"
    names = [each.connector for each in tool.needs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield f"needs names {', '.join(twice)} twice"
    yield from _fields(tool)
    for number, example in enumerate(tool.examples, 1):
        try:
            tool.args.model_validate(example)
        except ValidationError as error:
            wrong = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
            yield f"example {number} is not valid ({', '.join(wrong)})"


def _fields(tool: Any) -> Iterator[str]:
    for name, each in tool.args.model_fields.items():
        if not each.description:
            yield f"the argument {name} has no description"
        if each.alias is not None:
            yield f'the argument {name} has an alias (use In("…", "name"))'


def _request(tool: Any) -> Iterator[str]:
    if tool.method not in METHODS:
        yield f"method is not one of {', '.join(METHODS)}"
    if tool.effect == "read" and tool.method in ("PUT", "PATCH", "DELETE"):
        yield f"effect read does not go with {tool.method}"
    if tool.effect != "read" and tool.method == "GET":
        # The gateway repeats a GET, and asks nobody before it.
        yield f"effect {tool.effect} does not go with GET"
    if len(tool.needs) != 1 or not hasattr(tool.needs[0], "scopes"):
        yield "needs is not one Needs: a request goes to one connector"
    if not tool.path.startswith("/") or set("?#\\ ") & {*tool.path} or "//" in tool.path:
        yield "path is not a path: it begins with / and has no query"
    if tool.host is not None and not _HOST.fullmatch(tool.host):
        yield "host is not the name of a host"
    if tool.body_format not in ("json", "form"):
        yield "body_format is not json or form"
    for name in tool.headers:
        if name.lower() in OURS:
            yield f"headers sets {name}, which the gateway does"
    for name in ("query", "headers"):
        if not all(isinstance(value, str) for value in getattr(tool, name).values()):
            yield f"{name} has values that are not text"
    if tool.method == "GET" and tool.body:
        yield "a GET has no body"


def _places(tool: Any) -> Iterator[str]:
    named = template_names(tool.path)
    places = places_of(tool)
    in_path = {place.name for place in places.values() if place.place == "path"}
    if odd := sorted(set(named) - in_path):
        yield f"path names {', '.join(odd)}, which is no argument"
    if odd := sorted(in_path - set(named)):
        yield f"path does not name {', '.join(odd)}"
    for name, place in places.items():
        required = tool.args.model_fields[name].is_required()
        if place.place == "path" and not required:
            yield f"the argument {name} is in the path and not required"
        if place.place == "header" and place.name.lower() in OURS:
            yield f"the argument {name} is the header {place.name}, which the gateway sets"
        if place.place == "body" and tool.method == "GET":
            yield f"the argument {name} is in the body of a GET"
        if place.place == "body" and not PATH.fullmatch(place.name):
            yield f"the argument {name} is at {place.name!r}, which is not a path"
    used = [(place.place, place.name) for place in places.values()]
    used += [("query", name) for name in tool.query] + [("header", n) for n in tool.headers]
    if twice := sorted({name for place, name in used if used.count((place, name)) > 1}):
        yield f"{', '.join(twice)} is set twice"


def _answer(tool: Any) -> Iterator[str]:
    if tool.failure is not None:
        paths = (tool.failure.path, tool.failure.code, tool.failure.message)
        if odd := [path for path in paths if path is not None and not PATH.fullmatch(path)]:
            yield f"failure has {', '.join(map(repr, odd))}, which is not a path"
    pages = tool.pages
    if pages is None:
        return
    if pages.argument not in tool.args.model_fields:
        yield f"pages names {pages.argument}, which is no argument"
    elif tool.args.model_fields[pages.argument].is_required():
        yield f"pages names {pages.argument}, which the first call needs, too"
    if pages.link == bool(pages.next):
        yield "pages has not one of next and link"
    if pages.link and not pages.parameter:
        yield "pages has link and no parameter"
