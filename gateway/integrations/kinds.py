"""The kinds of integrations that this gateway knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.engine.integration import Kind as KindName
from gateway.integrations.graphql import GRAPHQL
from gateway.integrations.kind import Kind
from gateway.integrations.mcp_client import MCP
from gateway.integrations.openapi.kind import OPENAPI


def by_name(kinds: Iterable[Kind]) -> Mapping[KindName, Kind]:
    """Return kinds by their names."""
    return {kind.name: kind for kind in kinds}


KINDS: Mapping[KindName, Kind] = by_name((OPENAPI, GRAPHQL, MCP))
