"""The vocabulary in which a tool is described. docs/tools.md explains every field.

A tool file, ``connectors/tools/<connector>.py``, exports ``TOOLS``. Most tools are an ``HttpTool``:
one request of a provider's API, as data. A tool that needs several requests is a function with
``@tool``. Both check themselves when they are made: one ``ConfigError`` names every problem.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from connectors.errors import ConfigError
from connectors.tool_context import ApiAnswer, ToolContext, ToolFailed
from connectors.tool_places import In
from connectors.tool_review import function_tool_problems, http_tool_problems

__all__ = [
    "ApiAnswer",
    "Args",
    "Effect",
    "Failure",
    "FunctionTool",
    "HttpTool",
    "In",
    "Needs",
    "NeedsSecret",
    "Output",
    "Pages",
    "Policy",
    "ToolContext",
    "ToolDefinition",
    "ToolFailed",
    "tool",
]

Effect = Literal["read", "write", "destructive"]
"""What a tool does at the provider. ``destructive``: what is gone cannot be brought back."""
Policy = Literal["auto", "ask", "block"]


@dataclass(frozen=True, slots=True)
class Needs:
    """A connection that a tool needs: of ``connector``, with ``scopes``.

    ``scopes`` are names of the connector's sets of scopes or scopes, as at ``connect_url``.
    """

    connector: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsSecret:
    """A credential of the deployment itself that a tool needs (``PLATFORM_<NAME>_…``)."""

    connector: str


class Args(BaseModel):
    """The arguments of a tool: a field for each, with ``Field(description=…)``. Others are refused.

    An argument that is ``None`` is left out of the request.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """The result of a tool: the members of the provider's answer that a caller needs.

    A member elsewhere is found with ``validation_alias=AliasPath("user", "name")``. An answer that
    is a list is read as the member ``items`` of an object, an empty one as an object without
    members.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """How a failure shows inside a success: at ``path`` is ``equals``, or anything (not empty).

    ``code`` and ``message`` are the paths of what the caller is told.
    """

    path: str
    equals: bool | int | str | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """How a list goes on: the value at ``next`` in the answer is the next call's ``argument``.

    ``next`` is a path, as ``meta.cursor`` or ``data[-1].id`` (the last item). ``more`` is the path
    of a flag that says whether there is more at all. With ``parameter``, the value is a URL, and
    that parameter of its query is passed on; with ``link``, the URL is that of the header ``Link``
    with ``rel="next"``, and ``next`` is empty.
    """

    argument: str
    next: str = ""
    more: str | None = None
    parameter: str | None = None
    link: bool = False


@dataclass(frozen=True, kw_only=True)
class ToolDefinition:
    """What every tool says. ``name`` is ``<connector or product>_<verb>_<object>``.

    ``description`` tells a model what the tool returns and when to use it, in at most 300
    characters. ``examples`` are valid arguments. ``policy`` is for a tool whose effect would lead
    to a wrong default: ``read`` is auto, ``write`` and ``destructive`` are ask.
    """

    name: str
    description: str
    needs: tuple[Needs | NeedsSecret, ...]
    effect: Effect
    args: type[Args]
    output: type[Output]
    examples: tuple[Mapping[str, Any], ...] = ()
    policy: Policy | None = None

    def __post_init__(self) -> None:
        if problems := self.problems():
            raise ConfigError(
                f"{self.name or '(no name)'}: " + "; ".join(problems), tuple(problems)
            )

    def problems(self) -> list[str]:
        """Describe each mistake of this tool."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class HttpTool(ToolDefinition):
    """A tool that is one request. It has one ``Needs``.

    ``path`` is a template below the connector's ``api_base_url``: ``/pages/{page_id}``. ``host`` is
    another host that the connector declares. ``query``, ``headers`` and ``body`` are constants; the
    arguments are put into them.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    host: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    body_format: Literal["json", "form"] = "json"
    failure: Failure | None = None
    pages: Pages | None = None

    def __post_init__(self) -> None:
        for name in ("query", "headers", "body"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        super().__post_init__()

    def problems(self) -> list[str]:
        return http_tool_problems(self)


AnyArgs = TypeVar("AnyArgs", bound=Args)
Function = Callable[[Any, ToolContext], Awaitable[Output]]


@dataclass(frozen=True, kw_only=True)
class FunctionTool(ToolDefinition):
    """A tool that is a function, made with ``@tool``.

    ``writes`` is the most requests of a call that change something; a tool that reads has none.
    """

    function: Function
    writes: int = 1

    def problems(self) -> list[str]:
        return function_tool_problems(self)


class tool(Generic[AnyArgs]):
    """Make a tool of ``async def f(args: A, ctx: ToolContext) -> Output``."""

    def __init__(
        self,
        *,
        name: str,
        description: str,
        needs: tuple[Needs | NeedsSecret, ...],
        effect: Effect,
        args: type[AnyArgs],
        output: type[Output],
        examples: tuple[Mapping[str, Any], ...] = (),
        policy: Policy | None = None,
        writes: int = 1,
    ) -> None:
        self._args = args
        self._fields: dict[str, Any] = {
            "name": name,
            "description": description,
            "needs": needs,
            "effect": effect,
            "output": output,
            "examples": examples,
            "policy": policy,
            "writes": writes,
        }

    def __call__(
        self, function: Callable[[AnyArgs, ToolContext], Awaitable[Output]]
    ) -> FunctionTool:
        return FunctionTool(function=function, args=self._args, **self._fields)
