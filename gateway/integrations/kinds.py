"""The kinds of integrations that this gateway knows."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.engine.integration import Claim, Description, Fetch
from gateway.engine.integration import Kind as KindName
from gateway.integrations.kind import Kind, Ran, Send, Source
from gateway.integrations.openapi.kind import OPENAPI


@dataclass(slots=True)
class Late:
    """A kind that is imported when it is first used.

    The libraries of GraphQL and MCP take a second to import. A process without integrations of
    their kind saves it, and the others import them in a thread.

    Args:
        module: The module that has the kind, under the kind's name in capitals.
    """

    name: KindName
    module: str

    async def kind(self) -> Kind:
        """Return the kind itself."""
        if self.module not in sys.modules:
            await asyncio.to_thread(importlib.import_module, self.module)
        found: Kind = getattr(importlib.import_module(self.module), self.name.upper())
        return found

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """Say whether a URL belongs to this kind."""
        return await (await self.kind()).detect(url, fetch)

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """Read a document or ask an endpoint."""
        return await (await self.kind()).describe(source, fetch)

    async def discover(self, send: Send) -> Description:
        """Ask the endpoint for its operations with a connection's credential."""
        return await (await self.kind()).discover(send)

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Run an operation."""
        return await (await self.kind()).run(call, arguments, send)


def by_name(kinds: Iterable[Kind]) -> Mapping[KindName, Kind]:
    """Return kinds by their names."""
    return {kind.name: kind for kind in kinds}


KINDS: Mapping[KindName, Kind] = by_name(
    (
        OPENAPI,
        Late(KindName.GRAPHQL, "gateway.integrations.graphql"),
        Late(KindName.MCP, "gateway.integrations.mcp_client.remote"),
    )
)
