"""``/mcp`` on the web: the metadata of the protected resource, and the checks of its requests."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.access.bounds import Bounds
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.service_keys import KeyCaller, Role
from gateway.authorization.tokens import AccessTokens
from gateway.errors import NotFound, UnknownTool
from gateway.mcp.challenge import METADATA_PATH, Resource
from gateway.mcp.issuer_keys import IssuerKeys
from gateway.mcp.principal import SCOPES, Principal
from gateway.mcp.resource import CallableTool, Checks, ProtectedResource
from gateway.settings.environment import Settings
from gateway.settings.limits import LimitName
from gateway.tools.registry import Registry, Toolset
from gateway.web.callers import bounds_of, require_key
from gateway.web.replies import reply
from gateway.web.state import services
from gateway.wiring.process import Services

PATH = "/mcp"


class ResourceReply(BaseModel):
    """The metadata of the protected resource (RFC 9728 2).

    ``resource`` is its name: the URL that clients use. ``authorization_servers`` has the one whose
    access tokens it accepts.
    """

    resource: str
    resource_name: str
    authorization_servers: list[str]
    scopes_supported: list[str]
    bearer_methods_supported: list[str]


async def metadata(request: Request) -> Response:
    """Describe `/mcp` to clients: where access tokens come from, and which scopes there are."""
    settings = services(request).settings
    resource = resource_of(settings)
    if not settings.mcp_on or resource.issuer is None:
        raise NotFound
    return reply(
        ResourceReply(
            resource=resource.url,
            resource_name="Connector gateway",
            authorization_servers=[resource.issuer],
            scopes_supported=list(SCOPES),
            bearer_methods_supported=["header"],
        )
    )


def resource_of(settings: Settings) -> Resource:
    """Return the protected resource that the settings describe."""
    issuer = settings.public_url if settings.authorization_server_on else settings.mcp_issuer
    return Resource(url=settings.mcp_url, issuer=issuer or None)


def protected(given: Services, app: ASGIApp) -> ProtectedResource:
    """Return ``app`` behind the checks of every request."""
    settings = given.settings

    async def check_key(request: Request) -> tuple[KeyCaller, Bounds]:
        caller = await require_key(request, Role.TOOLS)
        return caller, bounds_of(request, caller)

    async def find(name: str, principal: Principal | None) -> CallableTool | None:
        tools: Toolset | Registry = given.registry
        await given.registry.loaded()
        if principal is not None:
            tools = await given.registry.of(principal.tenant, principal.user)
        try:
            return tools.tool(name)
        except UnknownTool:
            return None

    async def spend(principal: str) -> None:
        await given.limits.spend(LimitName.PROXY_CALLS, principal)

    checks = Checks(
        tokens=_tokens(given),
        audience=settings.mcp_audience or settings.mcp_url,
        key=check_key,
        find=find,
        spend=spend,
    )
    return ProtectedResource(app, resource_of(settings), checks)


def _tokens(given: Services) -> AccessTokens | None:
    settings = given.settings
    if given.authorization is not None:
        return given.authorization.access_tokens
    if not settings.mcp_issuer:
        return None
    return AccessTokens(
        issuer=settings.mcp_issuer,
        keys=IssuerKeys(given.outbound, settings.mcp_jwks_url),
        clock=given.clock,
        user_claim=settings.mcp_user_claim,
        tenant=None if settings.mcp_tenant_claim else DEFAULT_TENANT,
        tenant_claim=settings.mcp_tenant_claim,
        typed=False,
    )


ROUTES = [Route(METADATA_PATH + suffix, metadata) for suffix in (PATH, "")]
