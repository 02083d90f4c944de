"""Tools that the gateway carries out for a user: what they are, need and return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

from gateway.client import tool_shapes
from gateway.client.errors import InvalidRequest
from gateway.client.fields import Fields

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededConnector:
    """A connector that the user has to link, or to link again, at ``connect_url``.

    ``reason`` is ``connector_required``, ``scopes_required`` or ``reauthorization_required``;
    ``detail`` says it in a sentence.
    """

    connector: str
    display_name: str
    reason: str
    detail: str
    connect_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedAccount:
    """A linked account that calls of tools can use. ``kind`` is the connector's name.

    ``scope`` are the granted scopes, separated by spaces; ``owner`` says whose it is: ``user``,
    ``org`` or ``platform``. ``id`` names it as ``account`` of a call. ``status`` is as of a
    ``Connection``.
    """

    kind: str
    display_name: str
    account_label: str
    is_default: bool
    scope: str
    id: str
    owner: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that a model can call by name. ``input_schema`` is JSON Schema.

    ``effect`` is ``read``, ``write`` or ``destructive``. If ``available`` is False, ``reason`` says
    why: ``connector_required``, ``scopes_required``, ``reauthorization_required`` (the user mends
    these at the addresses in ``connector_required``) or ``blocked``; ``detail`` says it in a
    sentence. An available tool whose reason is ``approval_required`` asks a person before it acts:
    its ``policy`` is ``ask``.
    """

    name: str
    description: str
    effect: str
    policy: str
    connectors: tuple[str, ...]
    input_schema: Mapping[str, Any] = field(hash=False)
    available: bool
    reason: str | None
    detail: str | None
    connector_required: tuple[NeededConnector, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool returned.

    ``truncated`` says that the result was cut to a bound; ``next`` is the argument that asks for
    the next page, or None; ``cost`` is what is known of the price, such as ``0.01 USD``.
    """

    result: Any = field(hash=False)
    truncated: bool
    next: str | None
    cost: str | None


class ToolList(Sequence[Tool]):
    """The tools of one user, by name or the best first, and the accounts behind them.

    Iterating shows all; the adapters give a model those that it can call now. With
    ``unavailable=True`` they also give those that need an account first: such a call raises
    ``ConnectorRequired``, whose text holds the link for the user.
    """

    def __init__(self, tools: Iterable[Tool], connectors: Iterable[ConnectedAccount] = ()) -> None:
        self._tools = tuple(tools)
        self.connectors = tuple(connectors)

    def __repr__(self) -> str:
        return f"ToolList({', '.join(tool.name for tool in self._tools)})"

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools)

    @overload
    def __getitem__(self, index: int) -> Tool: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Tool]: ...
    def __getitem__(self, index: int | slice) -> Tool | Sequence[Tool]:
        return self._tools[index]

    def for_openai(
        self,
        api: Literal["responses", "chat"] = "responses",
        *,
        strict: bool = False,
        unavailable: bool = False,
    ) -> list[dict[str, Any]]:
        """Return function tools for OpenAI's Responses API, or for Chat Completions (``chat``).

        With ``strict`` the model keeps to the schemas: it names every argument, and gives null for
        one that it does not need. ``call`` leaves such arguments out. A tool whose schema has no
        strict form (an object with free members) is given as not strict.

        Raises ``ValueError`` for another ``api``.
        """
        if api not in ("responses", "chat"):
            raise ValueError(f"no such API of OpenAI: {api!r}; there are 'responses' and 'chat'")
        shape = tool_shapes.responses if api == "responses" else tool_shapes.chat_completions
        return [
            shape(tool.name, tool.description, tool.input_schema, strict=strict)
            for tool in self._chosen(unavailable)
        ]

    def for_anthropic(self, *, unavailable: bool = False) -> list[dict[str, Any]]:
        """Return tools for Anthropic's Messages API."""
        return [
            tool_shapes.messages(tool.name, tool.description, tool.input_schema)
            for tool in self._chosen(unavailable)
        ]

    def for_langchain(
        self, call: Callable[..., Any], *, unavailable: bool = False
    ) -> list[StructuredTool]:
        """Return tools for LangChain that run by ``call``: the ``call`` of the user's context.

        An error of the gateway becomes the tool's answer to the model. Needs ``langchain-core``.
        """
        from gateway.client.langchain import structured_tool

        return [
            structured_tool(tool.name, tool.description, tool.input_schema, call)
            for tool in self._chosen(unavailable)
        ]

    def _chosen(self, unavailable: bool) -> list[Tool]:
        return [
            tool
            for tool in self._tools
            if tool.available or (unavailable and tool.connector_required)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPage:
    """One page of the list; ``next_cursor`` asks for the next one."""

    tools: tuple[Tool, ...]
    connectors: tuple[ConnectedAccount, ...]
    next_cursor: str | None


class Pages:
    """Collects the pages of a list. ``cursor`` is where the next page begins, until ``done``."""

    MOST = 1_000

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.done = False
        self._tools: list[Tool] = []
        self._connectors: tuple[ConnectedAccount, ...] = ()
        self._pages = 0

    def add(self, page: ToolPage) -> None:
        """Add a page. Raises ``InvalidRequest`` if there is no end of them."""
        self._tools += page.tools
        self._connectors = page.connectors
        self._pages += 1
        if self._pages > self.MOST:
            raise InvalidRequest("The list of tools has too many pages: search for less.")
        self.cursor, self.done = page.next_cursor, page.next_cursor is None

    def result(self) -> ToolList:
        """The whole list."""
        return ToolList(self._tools, self._connectors)


def read_page(fields: Fields) -> ToolPage:
    """Read one page of tools; raises ``WrongShape``."""
    return ToolPage(
        tools=tuple(_tool(each) for each in fields.records("tools")),
        connectors=tuple(_account(each) for each in fields.records("connectors")),
        next_cursor=fields.optional("next_cursor", fields.text),
    )


def read_result(fields: Fields) -> ToolResult:
    """Read the envelope of a result; raises ``WrongShape``."""
    return ToolResult(
        result=fields.any("result"),
        truncated=fields.flag("truncated"),
        next=fields.optional("next", fields.text),
        cost=fields.optional("cost", fields.text),
    )


def _tool(fields: Fields) -> Tool:
    needed = fields.optional("connector_required", fields.records) or []
    return Tool(
        name=fields.text("name"),
        description=fields.text("description"),
        effect=fields.text("effect"),
        policy=fields.text("policy"),
        connectors=fields.texts("connectors"),
        input_schema=fields.mapping("input_schema"),
        available=fields.flag("available"),
        reason=fields.optional("reason", fields.text),
        detail=fields.optional("detail", fields.text),
        connector_required=tuple(
            NeededConnector(
                connector=each.text("connector"),
                display_name=each.text("display_name"),
                reason=each.text("reason"),
                detail=each.text("detail"),
                connect_url=each.text("connect_url"),
            )
            for each in needed
        ),
    )


def _account(fields: Fields) -> ConnectedAccount:
    return ConnectedAccount(
        kind=fields.text("kind"),
        display_name=fields.text("displayName"),
        account_label=fields.text("accountLabel"),
        is_default=fields.flag("isDefault"),
        scope=fields.text("scope"),
        id=fields.text("id"),
        owner=fields.text("owner"),
        status=fields.text("status"),
    )
