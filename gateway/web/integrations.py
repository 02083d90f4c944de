"""The API for integrations: ``/v1/integrations`` (docs/integrations.md)."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from gateway.access.service_keys import Role
from gateway.errors import IntegrationNotFound, NotSignedIn
from gateway.web.callers import administered_tenant, managed_tenant
from gateway.web.inputs import read_json
from gateway.web.integration_models import (
    claims_reply,
    integration_members,
    integration_reply,
    preview_reply,
    refresh_reply,
    removed_reply,
    skipped_replies,
    tools_reply,
)
from gateway.web.integration_replies import (
    AcceptReply,
    AddedReply,
    DetectReply,
    IntegrationListReply,
    IntegrationReply,
    IntegrationToolsReply,
    OfferReply,
    PreviewReply,
    RefreshReply,
    RemovedReply,
)
from gateway.web.integration_requests import (
    AcceptRequest,
    AddRequest,
    ChangeRequest,
    ConfigureRequest,
    DetectRequest,
    EffectRequest,
    OfferRequest,
    PreviewRequest,
    RefreshIntegrationRequest,
    given_of,
    methods_of,
    new_of,
)
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services

PREFIX = "/v1/integrations"
MAX_BODY = 24 * 1024 * 1024
"""A document as text in JSON, with the escapes that this needs."""


async def list_integrations(request: Request) -> Response:
    """List the integrations: added ones, connectors of the catalog, and the gateway itself."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    found = await services(request).integration_service.list_for(tenant)
    return reply(IntegrationListReply(integrations=[integration_reply(each) for each in found]))


async def list_presets(request: Request) -> Response:
    """List the connectors of the catalog, also those that have no app here yet."""
    await managed_tenant(request, Role.INTEGRATIONS)
    found = await services(request).integration_service.presets()
    return reply(IntegrationListReply(integrations=[integration_reply(each) for each in found]))


async def detect_integration(request: Request) -> Response:
    """Ask every kind whether a URL belongs to it."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, DetectRequest)
    found = await services(request).integration_service.detect(tenant, wanted.url)
    return reply(claims_reply(found))


async def preview_integration(request: Request) -> Response:
    """Read a document or ask an endpoint, and store nothing."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, PreviewRequest)
    found = await services(request).integration_service.preview(tenant, given_of(wanted))
    return reply(preview_reply(found))


async def add_integration(request: Request) -> Response:
    """Add an integration; its operations become tools of the organisation."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, AddRequest)
    added = await services(request).integration_service.add(tenant, new_of(wanted))
    members = integration_members(added.integration)
    return reply(AddedReply(**members, skipped=skipped_replies(added.skipped)), 201)


async def show_integration(request: Request) -> Response:
    """Show one integration."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    found = await services(request).integration_service.get(tenant, request.path_params["slug"])
    return reply(integration_reply(found))


async def change_integration(request: Request) -> Response:
    """Change the name or the description of an integration, and nothing else."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, ChangeRequest)
    changed = await services(request).integration_service.change(
        tenant, request.path_params["slug"], name=wanted.name, description=wanted.description
    )
    return reply(integration_reply(changed))


async def remove_integration(request: Request) -> Response:
    """Remove an integration: its connections are revoked and deleted, its tools are gone."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    done = await services(request).integration_service.remove(tenant, request.path_params["slug"])
    return reply(removed_reply(done))


async def refresh_integration(request: Request) -> Response:
    """Read an integration again, or read another document for it; nothing is accepted by that."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, RefreshIntegrationRequest)
    done = await services(request).tool_review.refresh(
        tenant,
        request.path_params["slug"],
        given=given_of(wanted),
        dry_run=wanted.dryRun,
        operations=None if wanted.operations is None else frozenset(wanted.operations),
        digest=wanted.digest or "",
    )
    return reply(refresh_reply(done))


async def configure_integration(request: Request) -> Response:
    """Merge auth templates into those of an integration, or replace them."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, ConfigureRequest)
    changed = await services(request).integration_service.configure(
        tenant, request.path_params["slug"], methods_of(wanted.authMethods), wanted.mode
    )
    return reply(integration_reply(changed))


async def list_integration_tools(request: Request) -> Response:
    """List the tools of an integration, with what changed since somebody accepted them."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    row, tools = await services(request).tool_review.list_for(tenant, request.path_params["slug"])
    return reply(tools_reply(row, tools))


async def accept_integration_tools(request: Request) -> Response:
    """Accept definitions as they are shown, each by its digest."""
    tenant = await reviewing_tenant(request)
    wanted = await read_json(request, AcceptRequest)
    done = await services(request).tool_review.accept(
        tenant, request.path_params["slug"], [(each.name, each.digest) for each in wanted.tools]
    )
    return reply(AcceptReply(accepted=list(done)))


async def offer_integration_tools(request: Request) -> Response:
    """Offer operations of an integration as tools, or offer them no more."""
    tenant = await managed_tenant(request, Role.INTEGRATIONS)
    wanted = await read_json(request, OfferRequest)
    count = await services(request).tool_review.set_enabled(
        tenant, request.path_params["slug"], wanted.operations, enabled=wanted.enabled
    )
    return reply(OfferReply(tools=count))


async def set_integration_tool_effect(request: Request) -> Response:
    """Say what exactly this definition does: of an MCP server's tools, nobody else knows."""
    tenant = await reviewing_tenant(request)
    wanted = await read_json(request, EffectRequest)
    slug, name = request.path_params["slug"], request.path_params["tool"]
    if not await services(request).tool_review.set_effect(
        tenant, slug, name, wanted.digest, wanted.effect
    ):
        raise IntegrationNotFound("it has no tool of this name and digest")
    row, tools = await services(request).tool_review.list_for(tenant, slug)
    return reply(tools_reply(row, [each for each in tools if each.name == name]))


async def reviewing_tenant(request: Request) -> str:
    """Return the tenant of the administrator who looked at a definition: never of a key.

    Whatever a tool may do without asking, a person has accepted (design rule 12).
    """
    if "authorization" in request.headers:
        raise NotSignedIn("a signed-in administrator accepts what tools do, and no key")
    return await administered_tenant(request)


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")
_OF_ONE = (*_ERRORS, "integration_not_found")
_ADDED = (*_OF_ONE, "integration_not_removable")
_READING = ("integration_unreachable", "integration_refused", "invalid_request")

_operation = partial(Operation, who="session or key", role="integrations")

OPERATIONS = [
    _operation(
        method="GET",
        path=PREFIX,
        handler=list_integrations,
        summary="List the integrations",
        reply=IntegrationListReply,
        errors=_ERRORS,
    ),
    _operation(
        method="POST",
        path=PREFIX,
        handler=add_integration,
        summary="Add an API by its URL",
        request=AddRequest,
        reply=AddedReply,
        status=201,
        errors=(*_ERRORS, *_READING, "integration_exists"),
    ),
    _operation(
        method="GET",
        path=f"{PREFIX}/presets",
        handler=list_presets,
        summary="List popular APIs that the catalog describes",
        reply=IntegrationListReply,
        errors=_ERRORS,
    ),
    _operation(
        method="POST",
        path=f"{PREFIX}/detect",
        handler=detect_integration,
        summary="Say what a URL is",
        request=DetectRequest,
        reply=DetectReply,
        errors=(*_ERRORS, "invalid_request"),
    ),
    _operation(
        method="POST",
        path=f"{PREFIX}/preview",
        handler=preview_integration,
        summary="Say what would be added",
        request=PreviewRequest,
        reply=PreviewReply,
        errors=(*_ERRORS, *_READING),
    ),
    _operation(
        method="GET",
        path=f"{PREFIX}/{{slug}}",
        handler=show_integration,
        summary="Show one integration",
        reply=IntegrationReply,
        errors=_OF_ONE,
    ),
    _operation(
        method="PATCH",
        path=f"{PREFIX}/{{slug}}",
        handler=change_integration,
        summary="Rename or describe an integration",
        request=ChangeRequest,
        reply=IntegrationReply,
        errors=(*_ADDED, "invalid_request"),
    ),
    _operation(
        method="DELETE",
        path=f"{PREFIX}/{{slug}}",
        handler=remove_integration,
        summary="Remove an integration",
        reply=RemovedReply,
        errors=_ADDED,
    ),
    _operation(
        method="POST",
        path=f"{PREFIX}/{{slug}}/refresh",
        handler=refresh_integration,
        summary="Read an integration again",
        request=RefreshIntegrationRequest,
        reply=RefreshReply,
        errors=(*_ADDED, *_READING),
    ),
    _operation(
        method="POST",
        path=f"{PREFIX}/{{slug}}/methods",
        handler=configure_integration,
        summary="Merge or replace the ways to connect",
        request=ConfigureRequest,
        reply=IntegrationReply,
        errors=(*_ADDED, "invalid_request", "integration_refused"),
    ),
    _operation(
        method="GET",
        path=f"{PREFIX}/{{slug}}/tools",
        handler=list_integration_tools,
        summary="List an integration's tools, and what changed",
        reply=IntegrationToolsReply,
        errors=_ADDED,
    ),
    _operation(
        method="PATCH",
        path=f"{PREFIX}/{{slug}}/tools",
        handler=offer_integration_tools,
        summary="Offer operations as tools, or not",
        request=OfferRequest,
        reply=OfferReply,
        errors=(*_ADDED, "invalid_request"),
    ),
    Operation(
        method="POST",
        path=f"{PREFIX}/{{slug}}/tools/accept",
        handler=accept_integration_tools,
        summary="Accept definitions that are new or different",
        who="session",
        request=AcceptRequest,
        reply=AcceptReply,
        errors=(*_ADDED, "invalid_request"),
    ),
    Operation(
        method="PUT",
        path=f"{PREFIX}/{{slug}}/tools/{{tool}}/effect",
        handler=set_integration_tool_effect,
        summary="Say what a tool does",
        who="session",
        request=EffectRequest,
        reply=IntegrationToolsReply,
        errors=(*_ADDED, "invalid_request"),
    ),
]
