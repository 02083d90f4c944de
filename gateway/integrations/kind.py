"""What each kind of integration offers: ``openapi``, ``graphql`` and ``mcp`` are written alike.

Everything that a kind reads is hostile until it is checked (design rule 8). A kind does no I/O of
its own: ``fetch`` and ``send`` are given to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.engine.integration import Claim, Description, Fetch
from gateway.engine.integration import Kind as KindName
from gateway.tools.integration_tool import DefinitionChanged, Ran, ScopesWanted, Send

__all__ = ["DefinitionChanged", "Kind", "Kinds", "Ran", "ScopesWanted", "Send", "Source"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a person gives: a URL, or the document itself.

    ``base_url`` is the server that the person picked, if any.
    """

    url: str = ""
    document: bytes = field(default=b"", repr=False)
    base_url: str = ""


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
        ``DefinitionChanged`` where the endpoint tells its definitions anew and ``ScopesWanted``
        where it says which scopes it wants (``mcp``).
        """
        ...


Kinds = Sequence[Kind]
