"""``tools/list``: the tools that a person may call, by policy, whether connected or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, ListToolsResult, PaginatedRequestParams, ToolAnnotations
from mcp_types import Tool as McpTool

from connectors.tooling import Effect
from gateway.encoding import base64url, from_base64url
from gateway.engine.canonical import plain
from gateway.mcp.context import Context, caller_of
from gateway.mcp.control import Control
from gateway.mcp.principal import Principal
from gateway.tools.discovery import Discovery, Wanted
from gateway.tools.registry import Tool
from gateway.tools.schemas import input_schema

PAGE = 100
"""Tools of one page."""
MOST_MADE = 20_000


class Listing:
    """Lists tools in the order of their names, the gateway's own among them."""

    def __init__(self, discovery: Discovery, controls: Sequence[Control]) -> None:
        self._discovery = discovery
        self._controls = {each.name: _control(each) for each in controls}
        self._may = {each.name: each.may for each in controls}
        self._made: dict[str, McpTool] = {}

    async def list_tools(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        """Return one page. A blocked tool is not listed: its call would never run."""
        principal = caller_of(context)
        after = "" if params is None or params.cursor is None else read_cursor(params.cursor)
        view = await self._discovery.look(principal.tenant, principal.user)
        found = await view.find(Wanted(within=principal.connectors))
        tools: dict[str, Tool | None] = {
            each.tool.name: each.tool for each in found if not each.is_blocked
        }
        tools |= dict.fromkeys(await self._controls_of(principal))
        names = sorted(name for name in tools if name > after)
        page = names[:PAGE]
        return ListToolsResult(
            tools=[self._one(name, tools[name]) for name in page],
            next_cursor=cursor_of(page[-1]) if len(names) > len(page) else None,
        )

    async def _controls_of(self, principal: Principal) -> list[str]:
        """Return the names of the gateway's own tools that a principal has."""
        conditions = {may for may in self._may.values() if may is not None}
        met = {may for may in conditions if await may(principal)}  # each is asked once
        return [name for name, may in self._may.items() if may is None or may in met]

    def _one(self, name: str, tool: Tool | None) -> McpTool:
        if tool is None:
            return self._controls[name]
        made = self._made.get(tool.digest)
        if made is None:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            made = self._made[tool.digest] = _mcp_tool(tool)
        return made


def cursor_of(name: str) -> str:
    """Return the cursor of the page after ``name``."""
    return base64url(name.encode())


def read_cursor(cursor: str) -> str:
    """Return the name that a cursor follows; raise ``MCPError`` for another text."""
    try:
        return from_base64url(cursor).decode()
    except ValueError:
        raise MCPError(INVALID_PARAMS, "The cursor is not one of this list") from None


def _mcp_tool(tool: Tool) -> McpTool:
    return McpTool(
        name=tool.name,
        description=tool.description,
        input_schema=plain(tool.input_schema),
        output_schema=_wrapped(plain(tool.output_schema)),
        annotations=annotations_of(tool.effect),
    )


def _control(control: Control) -> McpTool:
    return McpTool(
        name=control.name,
        title=control.title,
        description=control.description,
        input_schema=input_schema(control.args),
        output_schema=dict(control.output),
        annotations=annotations_of(control.effect),
    )


def annotations_of(effect: Effect) -> ToolAnnotations:
    """Return the protocol's hints for an effect: others' data is behind each tool."""
    return ToolAnnotations(
        read_only_hint=effect == "read",
        destructive_hint=effect == "destructive",
        open_world_hint=True,
    )


def _wrapped(output: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a call's answer, whose ``result`` has the tool's own schema."""
    definitions = output.pop("$defs", None)
    whole: dict[str, Any] = {
        "type": "object",
        "properties": {
            "result": output,
            "truncated": {"type": "boolean"},
            "next": {"type": ["string", "null"]},
            "cost": {"type": ["string", "null"]},
        },
        "required": ["result", "truncated", "next", "cost"],
    }
    return whole if definitions is None else whole | {"$defs": definitions}
