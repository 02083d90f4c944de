"""The tool that a connect link names, as the connect pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.config import Connector, ConnectorConfig
from connectors.tooling import Needs
from gateway.access.sessions import SessionCaller
from gateway.errors import UnknownTool
from gateway.services.methods import wanted_scopes
from gateway.web.pages import ScopeSetView, added_views


@dataclass(frozen=True, kw_only=True)
class AskedTool:
    """A tool of this gateway that needs the connector: what it does, and what it asks for.

    ``scopes`` are the names of sets or scopes that it needs, ``needs`` the same in words.
    """

    name: str
    description: str
    effect: str
    scopes: tuple[str, ...]
    needs: list[ScopeSetView]


async def asked_tool(
    given: Any, session: SessionCaller, config: Connector, name: str | None
) -> AskedTool | None:
    """Return the tool of that name; ``None`` if a link may have made it up.

    It is one only if it is registered, needs this connector, and is not switched off for the
    person's organisation.
    """
    if name is None:
        return None
    tools = await given.registry.of(session.tenant, session.user)
    try:
        tool = tools.tool(name)
    except UnknownTool:
        return None
    need = next((each for each in tool.needs if each.connector == config.name), None)
    verdicts = await given.policies.decide(session.tenant, session.user, [tool])
    if not isinstance(need, Needs) or not verdicts[tool.name].is_enabled:
        return None
    words: list[ScopeSetView] = []
    if isinstance(config, ConnectorConfig):
        words = added_views(config, list(wanted_scopes(config, need.scopes)))
    return AskedTool(
        name=tool.name,
        description=tool.description,
        effect=tool.effect,
        scopes=need.scopes if isinstance(config, ConnectorConfig) else (),
        needs=words,
    )
