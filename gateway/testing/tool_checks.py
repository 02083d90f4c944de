"""What every tool must do, proven against the simulated provider: one function for each promise.

Each returns what is wrong, in sentences; nothing for a tool that keeps the promise.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.tooling import HttpTool
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
        if tool.definition.output.model_fields and not _is_something(found.result):
            yield f"{tool.name}: the result of example {number} is empty"


async def prove_scopes(bench: ToolBench, tool: Tool) -> AsyncIterator[Proof]:
    """Show for each declared scope that the tool fails without it."""
    for connector, scopes in tool.scopes.items():
        for scope in scopes:
            theirs = await _theirs(bench, tool, connector, scope)
            ours, explained = await _ours(bench, tool, scope)
            yield Proof(tool=tool.name, scope=scope, ours=ours, theirs=theirs, explained=explained)


async def check_pages(bench: ToolBench, tool: Tool) -> AsyncIterator[str]:
    """The pages of a list come to an end, and hold each item once."""
    definition = tool.definition
    if not isinstance(definition, HttpTool) or definition.pages is None:
        return
    user = await bench.person(tool)
    bench.let_hold(tool, user, tool.scopes)
    for example in tool.examples:
        _reset(bench, tool)
        seen: list[str] = []
        arguments = {**example, **_shortest(tool)}
        for number in range(1, MAX_PAGES + 1):
            try:
                page = await bench.call(tool, arguments, user)
            except GatewayError as error:
                yield f"{tool.name}: page {number} fails: {_said(error)}{_refusal(bench)}"
                return
            seen += [json.dumps(item, sort_keys=True) for item in _items(page.result)]
            if page.next is None:
                break
            arguments = {**arguments, definition.pages.argument: _as_given(tool, page.next)}
        else:
            yield f"{tool.name}: the pages do not end"
        if len({*seen}) != len(seen):
            yield f"{tool.name}: an item is on two pages"
        if number > 1:
            return
    yield f"{tool.name}: no example has a second page"


async def check_errors(bench: ToolBench, tool: Tool) -> AsyncIterator[str]:
    """An id that does not exist, and a provider that is busy, are typed errors."""
    user = await bench.person(tool)
    bench.let_hold(tool, user, tool.scopes)
    _reset(bench, tool)
    if (wrong := _without_object(tool)) is not None:
        try:
            await bench.call(tool, wrong, user)
            yield f"{tool.name}: a call about what does not exist succeeds ({sorted(wrong)})"
        except ToolRefused:
            pass
        except GatewayError as error:
            yield f"{tool.name}: what does not exist is told as {_said(error)}"
    if not tool.examples:
        return
    busy = await bench.person(tool, fresh=tool.name)
    bench.let_hold(tool, busy, tool.scopes)
    bench.fail_next(tool.connectors[0])
    try:
        await bench.call(tool, tool.examples[0], busy)
        yield f"{tool.name}: the provider is busy, and the call succeeds"
    except GatewayError as error:
        if code_of(error) not in {"tool_refused", "provider_busy"}:
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
        # What the provider's own file answers is told by the status alone.
        by_scope = by_scope or getattr(error, "status", None) == 403
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


def _shortest(tool: Tool) -> dict[str, int]:
    """The argument that makes pages as short as they can be."""
    properties = tool.input_schema.get("properties", {})
    for name in SIZES:
        if properties.get(name, {}).get("type") == "integer":
            return {name: properties[name].get("minimum", 1)}
    return {}


def _as_given(tool: Tool, value: str) -> Any:
    """``next`` as the argument takes it: a text, or a number."""
    pages = getattr(tool.definition, "pages", None)
    said = tool.input_schema["properties"][pages.argument] if pages else {}
    return int(value) if said.get("type") == "integer" else value


def _without_object(tool: Tool) -> dict[str, Any] | None:
    """The first example with an id that nothing has; ``None`` for a tool without ids."""
    if not tool.examples:
        return None
    example = dict(tool.examples[0])
    for name, value in example.items():
        if re.fullmatch(r"(.+_)?(id|ids|key|sid|name|uri|urn)", name) or name == "id":
            if isinstance(value, str) and name.endswith(("id", "sid", "urn", "uri")):
                return {**example, name: other(value)}
    return None


def other(value: str) -> str:
    """Return another id of the same form: its last digits, or letters, changed."""
    changed = re.sub(r"[0-9]", lambda digit: str((int(digit[0]) + 7) % 10), value[-6:])
    if changed == value[-6:]:
        changed = re.sub(r"[a-yA-Y]", lambda letter: chr(ord(letter[0]) + 1), value[-6:])
    return value[:-6] + changed
