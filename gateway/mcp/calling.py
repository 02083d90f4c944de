"""``tools/call``: through the same service as ``POST /v1/tools/{name}/call``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    TextContent,
)

from connectors.errors import ConnectorError
from gateway.audit.context import current_request
from gateway.errors import Forbidden, GatewayError, InvalidRequest, UnknownTool
from gateway.mcp.asking import Asking, Question, question_in
from gateway.mcp.context import Context, caller_of
from gateway.mcp.control import Control
from gateway.mcp.principal import Principal, scopes_of
from gateway.mcp.relay import Relay
from gateway.observe.logs import get_logger
from gateway.proxy.stored_answers import check_key
from gateway.tools.call import ToolCalls, arguments_in
from gateway.tools.context import Asked, Told
from gateway.tools.registry import Registry
from gateway.tools.schemas import input_schema

_log = get_logger()

META = "connector-gateway/"
"""The prefix of our members of ``_meta``, which are headers and members in the HTTP API."""
LONGEST_KEY = 200
PATIENCE = 20.0
"""Seconds that an attempt waits for a page which the person has just opened."""


class Calling:
    """Calls tools, and the gateway's own controls."""

    def __init__(
        self,
        *,
        calls: ToolCalls,
        registry: Registry,
        controls: Sequence[Control],
        asking: Asking,
        relay: Relay,
        patience: float = PATIENCE,
    ) -> None:
        self._calls = calls
        self._registry = registry
        self._controls = {each.name: each for each in controls}
        self._schemas = {each.name: input_schema(each.args) for each in controls}
        self._asking = asking
        self._relay = relay
        self._patience = patience

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """Return the schema by which the headers of a call are checked, without any query."""
        try:
            return self._registry.tool(name).input_schema
        except UnknownTool:
            return None

    async def call_tool(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; errors are results, but for a tool that does not exist."""
        principal = caller_of(context)
        try:
            result = await self._result(context, principal, params)
        except UnknownTool:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name[:100]}") from None
        except (GatewayError, ConnectorError) as error:
            return await self._asking.answer(context, params.name, error)
        except Exception as error:
            # Its text may hold what a person wrote.
            _log.error("mcp_call_failed", tool=params.name[:100], error=type(error).__name__)
            return await self._asking.answer(context, params.name, error)
        text = json.dumps(result, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=result)

    async def _result(
        self, context: Context, principal: Principal, params: CallToolRequestParams
    ) -> dict[str, Any]:
        arguments = params.arguments or {}
        if (control := self._controls.get(params.name)) is not None:
            if control.may is not None and not await control.may(principal):
                raise UnknownTool(params.name)
            if not scopes_of(control) <= principal.scopes:
                raise Forbidden(f"this needs the scopes {' '.join(sorted(scopes_of(control)))}")
            checked = arguments_in(control.args, self._schemas[control.name], arguments)
            return await control.run(principal, checked)
        tools = await self._registry.of(principal.tenant, principal.user)
        tool = tools.tool(params.name)
        if not scopes_of(tool) <= principal.scopes:
            raise Forbidden(f"this needs the scopes {' '.join(sorted(scopes_of(tool)))}")
        if not principal.reaches(tool.connectors):
            raise UnknownTool(params.name)
        question = question_in(context)
        if question is not None and question.action == "accept" and question.approval is None:
            await self._relay.answered(
                principal, tool=question.tool, approval=None, seconds=self._patience
            )
        async with _progress(context) as told:
            found = await self._calls.call(self._asked(context, principal, params, question, told))
        return {
            "result": found.result,
            "truncated": found.truncated,
            "next": found.next,
            "cost": found.cost,
        }

    def _asked(
        self,
        context: Context,
        principal: Principal,
        params: CallToolRequestParams,
        question: Question | None,
        told: Told,
    ) -> Asked:
        beside = _beside(context.meta)
        waits = question is not None and question.approval is not None
        return Asked(
            tool=params.name,
            arguments=params.arguments or {},
            tenant=principal.tenant,
            user=principal.user,
            key_id=principal.client if principal.via == "key" else f"client:{principal.client}",
            request_id=current_request() or "",
            account=beside.get("account"),
            project=beside.get("project"),
            key=beside.get("idempotency-key"),
            wait_seconds=self._patience if waits else 0.0,
            told=told,
        )


def _beside(meta: Any) -> dict[str, str]:
    """Return our members of ``_meta``; raise ``InvalidRequest`` for one with a wrong value."""
    found = {}
    for name in ("account", "project", "idempotency-key"):
        value = (meta or {}).get(META + name)
        if value is None:
            continue
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_KEY:
            raise InvalidRequest(f"_meta: {META}{name} is a text of at most {LONGEST_KEY} letters")
        if name == "idempotency-key":
            check_key(value)
        found[name] = value
    return found


@asynccontextmanager
async def _progress(context: Context) -> AsyncIterator[Told]:
    """Give a function that reports progress to the client, in order, without making a tool wait."""
    queue: asyncio.Queue[tuple[float, float | None, str] | None] = asyncio.Queue(100)

    def told(done: float, total: float | None, message: str) -> None:
        if not queue.full():
            queue.put_nowait((done, total, message))

    async def send() -> None:
        while (step := await queue.get()) is not None:
            done, total, message = step
            await context.session.report_progress(done, total, message or None)

    task = asyncio.create_task(send())
    try:
        yield told
        await queue.put(None)
        await task
    finally:
        task.cancel()
