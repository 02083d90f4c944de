"""What each kind of integration offers: ``openapi``, ``graphql`` and ``mcp`` are written alike.

Everything that a kind reads is hostile until it is checked (design rule 8). A kind does no I/O of
its own: ``fetch`` and ``send`` are given to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest, Claim, Definition, Description, Fetch
from gateway.engine.integration import Kind as KindName

Send = Callable[[ApiRequest], Awaitable[ApiAnswer]]
"""Sends a request below the integration's base URL, with the credential of a connection.

It returns an answer of any status, of at most ``gateway.tools.context.MAX_ANSWER`` bytes; it raises
a ``GatewayError`` where there is none.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a person gives: a URL, or the document itself. ``headers`` are sent when it is fetched.

    ``base_url`` is the server that the person picked, if any.
    """

    url: str = ""
    document: bytes = field(default=b"", repr=False)
    base_url: str = ""


class DefinitionChanged(Exception):
    """``run`` found another definition than the one that was pinned, and sent nothing.

    ``definition`` is the new one; ``None`` if the endpoint has the operation no more, or none that
    can be used. The tool is under ``ask`` until somebody accepts the new one.
    """

    def __init__(self, definition: Definition | None) -> None:
        self.definition = definition
        super().__init__("the operation is not what was accepted")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """The result of an operation, as JSON for its output schema."""

    result: dict[str, Any] = field(repr=False)
    truncated: bool = False


class Kind(Protocol):
    """One kind of integration."""

    name: KindName

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """Say whether a URL belongs to this kind. It raises nothing: a failure is no claim."""
        ...

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """Read a document or ask an endpoint, without a credential.

        Where the endpoint tells its operations to connected people alone, ``definitions`` is empty
        and ``notes`` says so. Raises ``IntegrationRefused`` with a code and a reason.
        """
        ...

    async def discover(self, send: Send) -> Description:
        """Ask the endpoint for its operations with a connection's credential.

        Raises ``IntegrationRefused``. ``openapi`` has everything in its document and never comes
        here (``canRefresh`` means that it is read again from its URL).
        """
        ...

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Run the operation of a definition's ``call``; the arguments fit its input schema.

        Raises ``connectors.tool_context.ToolFailed`` for a refusal, ``ToolAnswerUnexpected``, and
        ``DefinitionChanged`` where the endpoint tells its definitions anew (``mcp``).
        """
        ...


Kinds = Sequence[Kind]
