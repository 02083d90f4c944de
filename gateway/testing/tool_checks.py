"""What every tool must do, proven against the simulated provider: one function for each promise.

Each returns what is wrong, in sentences; nothing for a tool that keeps the promise.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.tool_places import places_of
from connectors.tooling import FunctionTool, HttpTool
from gateway.errors import GatewayError, ToolRefused, code_of
from gateway.testing.tool_bench import ToolBench
from gateway.tools.registry import Tool

MAX_PAGES = 50
SIZES = (
    "page_size",
    "max_results",
    "limit",
    "per_page",
    "first",
    "count",
    "size",
    "max_records",
    "top",
    "rows",
)
"""Names of the argument that says how long a page is."""


ID_NAME = re.compile(
    r"(.+_)?(id|ids|key|sid|uri|uris|urn)"
    r"|base|channel|customer|issue|payment_intent|record|subscription|table|ts"
)
"""Names of arguments that say which object is meant, beside those in a path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What happens to a tool without one of its scopes.

    ``ours`` is the gateway's answer to a person who did not grant it, ``theirs`` the provider's to
    a token without it. ``explained`` says why one of them cannot be shown.
    """

    tool: str
    scope: str
    ours: str
    theirs: str
    explained: str = ""

    @property
    def holds(self) -> bool:
        """Whether the scope is needed: both refuse, or it is explained why one cannot."""
        return self.theirs == "refused" and (self.ours == "scopes_required" or bool(self.explained))


async def check_examples(bench: ToolBench, tool: Tool) -> AsyncIterator[str]:
    """Each example works with exactly the declared scopes, and its result is not empty."""
    if not tool.examples:
        yield f"{tool.name} has no example"
    user = await bench.person(tool)
    bench.let_hold(tool, user, tool.scopes)
    for number, example in enumerate(tool.examples, 1):
        _reset(bench, tool)
        try:
            found = await bench.call(tool, example, user)
        except GatewayError as error:
            yield f"{tool.name}: example {number} fails: {_said(error)}{_refusal(bench)}"
            continue
        if found.truncated:
            yield f"{tool.name}: the result of example {number} is cut"
        definition = tool.definition
        has_members = isinstance(definition, (HttpTool, FunctionTool)) and bool(
            definition.output.model_fields
        )
        if has_members and not _is_something(found.result):
            yield f"{tool.name}: the result of example {number} is empty"


async def prove_scopes(bench: ToolBench, tool: Tool) -> AsyncIterator[Proof]:
    """Show for each declared scope that the tool fails without it."""
    for connector, scopes in tool.scopes.items():
        for scope in scopes:
            theirs = await _theirs(bench, tool, connector, scope)
            ours, explained = await _ours(bench, tool, scope)
            yield Proof(tool=tool.name, scope=scope, ours=ours, theirs=theirs, explained=explained)


async def check_pages(bench: ToolBench, tool: Tool) -> AsyncIterator[str]:
    """The pages of a list come to an end, and hold each item once; short ones hold all of them."""
    if _page_argument(tool) is None:
        return
    user = await bench.person(tool)
    bench.let_hold(tool, user, tool.scopes)
    for example in tool.examples:
        _reset(bench, tool)
        try:
            short, pages = await _walk(bench, tool, {**example, **_size(tool, "minimum")}, user)
            if pages == 1:
                continue
            long, _ = await _walk(bench, tool, {**example, **_size(tool, "maximum")}, user)
        except GatewayError as error:
            yield f"{tool.name}: a page fails: {_said(error)}{_refusal(bench)}"
            return
        if pages > MAX_PAGES:
            yield f"{tool.name}: the pages do not end"
        if len({*short}) != len(short):
            yield f"{tool.name}: an item is on two pages"
        if lost := {*long} - {*short}:
            yield f"{tool.name}: {len(lost)} items are on no page"
        return
    # What a function reads may fit into one page, whose length it does not choose.
    if isinstance(tool.definition, HttpTool):
        yield f"{tool.name}: no example has a second page"


async def _walk(
    bench: ToolBench, tool: Tool, arguments: Mapping[str, Any], user: str
) -> tuple[list[str], int]:
    """Every item, in the order of the pages, and how many pages there are."""
    argument, seen, number = _page_argument(tool), [], 0
    while (number := number + 1) <= MAX_PAGES:
        page = await bench.call(tool, arguments, user)
        seen += [json.dumps(item, sort_keys=True) for item in _items(page.result)]
        goes_on = page.result.get(f"next_{argument}") if page.next is None else page.next
        if goes_on is None or argument is None:
            break
        arguments = {**arguments, argument: _as_given(tool, argument, goes_on)}
    return seen, number


def _page_argument(tool: Tool) -> str | None:
    """The argument that gets what the page before says; a function returns ``next_<argument>``."""
    if isinstance(tool.definition, HttpTool):
        return None if tool.definition.pages is None else tool.definition.pages.argument
    named = (f"next_{name}" for name in tool.input_schema.get("properties", {}))
    found = next((name for name in named if name in tool.output_schema["properties"]), None)
    return found and found.removeprefix("next_")


async def check_errors(bench: ToolBench, tool: Tool) -> AsyncIterator[str]:
    """An id that does not exist, and a provider that is busy, are typed errors."""
    user = await bench.person(tool)
    bench.let_hold(tool, user, tool.scopes)
    _reset(bench, tool)
    for name, right, wrong in _without_objects(tool):
        try:
            found = await bench.call(tool, wrong, user)
        except ToolRefused:
            continue
        except GatewayError as error:
            yield f"{tool.name}: what does not exist is told as {_said(error)}"
            continue
        # Of several that are asked for by their ids, those that are there are told; and a filter
        # by what does not exist finds nothing.
        if isinstance(wrong[name], list):
            is_told = found != await bench.call(tool, right, user)
        else:
            is_filter = name not in tool.input_schema.get("required", ())
            is_told = is_filter and not any(_lists(found.result))
        if not is_told:
            yield f"{tool.name}: a call about what does not exist succeeds ({name})"
    if not tool.examples:
        return
    busy = await bench.person(tool, fresh=tool.name)
    bench.let_hold(tool, busy, tool.scopes)
    bench.fail_next(tool.connectors[0])
    try:
        await bench.call(tool, tool.examples[0], busy)
        yield f"{tool.name}: the provider is busy, and the call succeeds"
    except GatewayError as error:
        if code_of(error) != "tool_refused" or getattr(error, "status", None) != 429:
            yield f"{tool.name}: a busy provider is told as {_said(error)}"
    finally:
        bench.sandbox.faults.clear(tool.connectors[0])


async def _theirs(bench: ToolBench, tool: Tool, connector: str, scope: str) -> str:
    # A person of its own: some providers refuse with 401, which renews the token, and then the
    # connection lacks the scope at the gateway, too.
    user = await bench.person(tool, fresh=f"{tool.name} {scope}")
    rest = {each: [s for s in names if s != scope] for each, names in tool.scopes.items()}
    _reset(bench, tool)
    bench.let_hold(tool, user, rest)
    mark = bench.ledger.logged
    try:
        await bench.call(tool, tool.examples[0], user)
    except GatewayError as error:
        lines = [line for line in bench.ledger.log if line["number"] > mark]
        by_scope = any(
            line.get("reason") == "scope" and line["provider"] == connector for line in lines
        )
        return "refused" if by_scope else f"fails otherwise: {_said(error)}"
    finally:
        bench.let_hold(tool, user, tool.scopes)
    return "works"


async def _ours(bench: ToolBench, tool: Tool, scope: str) -> tuple[str, str]:
    try:
        user = await bench.person(tool, refused=scope)
    except Exception as error:
        # Without it, the provider tells no account: nobody is connected without it.
        return code_of(error), f"nobody can connect without it ({code_of(error)})"
    granted = bench.connection(tool, user).granted_scopes
    try:
        await bench.call(tool, tool.examples[0], user)
    except GatewayError as error:
        code = code_of(error)
        if code != "scopes_required" and scope in granted:
            return code, "the provider does not tell which scopes were granted"
        return code, ""
    return "works", ""


def _reset(bench: ToolBench, tool: Tool) -> None:
    for connector in tool.connectors:
        bench.ledger.reset(connector)


def _said(error: GatewayError) -> str:
    return f"{code_of(error)}: {error}"


def _refusal(bench: ToolBench) -> str:
    line = bench.ledger.log[-1] if bench.ledger.log else {}
    return f" (the provider: {line['description']})" if "description" in line else ""


def _is_something(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_something(each) for each in value.values())
    if isinstance(value, list):
        return any(_is_something(each) for each in value)
    return value not in (None, "")


def _items(result: Mapping[str, Any]) -> list[Any]:
    """The list that the pages are of: the longest one of the result."""
    lists = list(_lists(result))
    return max(lists, key=len, default=[])


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _lists(each)


def _size(tool: Tool, bound: str) -> dict[str, int]:
    """The argument that makes pages as short, or as long, as they can be."""
    properties = tool.input_schema.get("properties", {})
    for name in SIZES:
        if properties.get(name, {}).get("type") == "integer" and bound in properties[name]:
            return {name: properties[name][bound]}
    return {}


def _as_given(tool: Tool, argument: str, value: Any) -> Any:
    """What the page before said as the argument takes it: a text, or a number."""
    said = tool.input_schema["properties"][argument]
    return int(value) if said.get("type") == "integer" else value


def _without_objects(tool: Tool) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any]]]:
    """For each argument with an id: an example that has it, and the same with one of nothing."""
    definition = tool.definition
    places = places_of(definition) if isinstance(definition, HttpTool) else {}
    names = {name for name, place in places.items() if place.place == "path"} - {"range"}
    seen: set[str] = set()
    for example in tool.examples:
        for name, value in example.items():
            if name not in seen and (name in names or ID_NAME.fullmatch(name)):
                seen.add(name)
                yield name, example, {**example, name: other(value)}


def other(value: Any) -> Any:
    """Return another id of the same form: its last digits, or letters, changed."""
    if isinstance(value, list):
        return [other(each) for each in value]
    if isinstance(value, int):
        return value + 7_777
    changed = re.sub(r"[0-9]", lambda digit: str((int(digit[0]) + 7) % 10), value[-6:])
    if changed == value[-6:]:
        changed = re.sub(r"[a-yA-Y]", lambda letter: chr(ord(letter[0]) + 1), value[-6:])
    return value[:-6] + changed
