"""The page for people who write tools or set up providers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connectors.config import Connector, ConnectorConfig
from gateway.services.whole_catalog import read_all
from gateway.web.browsers import check_host
from gateway.web.callers import find_session
from gateway.web.pages import is_sandboxed, render
from gateway.web.state import services
from gateway.wiring.process import Services, redirect_uri

DEVELOPERS = "/dashboard/developers"


async def developers(request: Request) -> Response:
    """Show the address for agents, a code example, redirect URIs, and what is not ready."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': DEVELOPERS})}", 303)
    given = services(request)
    ready = {config.name: config for config in await given.apps.offered(session.tenant)}
    await read_all(given.catalog)
    # A connector that is ready with a key alone has its redirect URI all the same.
    known = ready | {config.name: config for config in given.catalog.descriptions()}
    return render(
        request,
        "developers.html",
        title="For developers",
        session=session,
        developer=[
            _facts(given, config, ready)
            for config in sorted(known.values(), key=lambda config: config.display_name.lower())
            if isinstance(config, ConnectorConfig)
        ],
        admin=session.admin,
        hidden=_hidden(given, ready),
        api_base=given.settings.public_url,
        mcp_url=given.settings.mcp_url if _lets_agents_in(given) else None,
    )


def _facts(given: Services, config: ConnectorConfig, ready: dict[str, Connector]) -> dict[str, Any]:
    is_ready = config.name in ready
    return {
        "display_name": config.display_name,
        "name": config.name,
        "redirect_uri": redirect_uri(given.settings, config.name),
        "console_url": config.console_url,
        "docs_url": config.docs_url,
        "ready": is_ready,
        "sandboxed": is_ready and is_sandboxed(given, config),
    }


def _hidden(given: Services, ready: dict[str, Connector]) -> list[dict[str, str]]:
    """The connectors that are not ready, with reasons: those are for operators."""
    is_dev = given.settings.dev
    with_key_alone = {c.name for c in ready.values() if not isinstance(c, ConnectorConfig)}
    return [
        # In production, not everybody is an operator.
        {"name": name, "reason": reason if is_dev else "It is not configured."}
        for name, reason in given.catalog.hidden().items()
        # One that takes a key is offered, and its app is missing all the same.
        if name not in ready or (is_dev and name in with_key_alone)
    ]


def _lets_agents_in(given: Services) -> bool:
    """Whether a person can add the gateway to an agent, which needs an authorization server."""
    settings = given.settings
    return settings.mcp_on and (settings.authorization_server_on or bool(settings.mcp_issuer))


ROUTES = [Route(DEVELOPERS, developers)]
