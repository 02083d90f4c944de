"""Tools for LangChain. The only module of the SDK that needs ``langchain-core``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.tools import StructuredTool, ToolException

from gateway.client.errors import GatewayError
from gateway.client.tool_shapes import concise
from gateway.client.tools import ToolResult


def structured_tool(
    name: str, description: str, schema: Mapping[str, Any], call: Callable[..., Any]
) -> StructuredTool:
    """Return a tool that runs by ``call(name, arguments)``, which may be a coroutine function.

    It gives the model the ``result``, or the text of an error of the gateway.
    """

    def run(**arguments: Any) -> Any:
        try:
            return _answer(call(name, arguments))
        except GatewayError as error:
            raise ToolException(str(error)) from None

    async def run_async(**arguments: Any) -> Any:
        try:
            return _answer(await call(name, arguments))
        except GatewayError as error:
            raise ToolException(str(error)) from None

    is_async = inspect.iscoroutinefunction(call)
    return StructuredTool.from_function(
        func=None if is_async else run,
        coroutine=run_async if is_async else None,
        name=name,
        description=description,
        args_schema=concise(schema),
        infer_schema=False,
        handle_tool_error=True,
    )


def _answer(result: ToolResult) -> Any:
    if result.next is None and not result.truncated:
        return result.result
    return {"result": result.result, "truncated": result.truncated, "next": result.next}
