"""The API for a tenant's own OAuth apps: ``/v1/connectors/{name}/apps`` (docs/own-apps.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.secret import Secret
from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.services.apps import MAX_CREDENTIAL
from gateway.web.callers import named_connector, require_key
from gateway.web.inputs import Strict, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services
from gateway.wiring.process import redirect_uri


class AppRequest(Strict):
    """The credentials of an app. Without ``client_secret`` it is a public client."""

    client_id: Annotated[str, Field(min_length=1, max_length=MAX_CREDENTIAL)]
    client_secret: Annotated[str, Field(max_length=MAX_CREDENTIAL)] = ""


class AppReply(BaseModel):
    """An app without its secret.

    ``in_use`` is true for the app of new connections. The others stay for the connections that they
    made. ``updated_by`` set the secret last: ``key:<id>`` or ``session:<user>``.
    """

    id: str
    client_id: str
    in_use: bool
    created_at: str
    updated_at: str
    updated_by: str


class AppsReply(BaseModel):
    """The tenant's own apps for a connector, the newest first.

    Register ``redirect_uri`` in each app, at ``console_url``. ``connects_with`` says whose app new
    connections are made with; it is null if nobody has one. ``issuer`` is the authorization server
    that they are for, where an integration's own one was discovered.
    """

    connector: str
    redirect_uri: str
    console_url: str
    connects_with: Literal["own", "deployment"] | None
    apps: list[AppReply]
    issuer: str | None


async def list_apps(request: Request) -> Response:
    """List the tenant's own apps, and the redirect URI that they need."""
    caller = await require_key(request, Role.ADMIN)
    return await _apps(request, caller.tenant)


async def set_app(request: Request) -> Response:
    """Connect with this app from now on, or give it a new secret."""
    caller = await require_key(request, Role.ADMIN)
    wanted = await read_json(request, AppRequest)
    await services(request).remote_clients.set_app(
        caller.tenant, request.path_params["name"], wanted.client_id, Secret(wanted.client_secret)
    )
    return await _apps(request, caller.tenant)


async def remove_app(request: Request) -> Response:
    """Forget an app; its connections are kept, and cannot be renewed."""
    caller = await require_key(request, Role.ADMIN)
    name, app = request.path_params["name"], request.path_params["id"]
    await services(request).apps.remove(caller.tenant, name, app)
    return Response(status_code=204)


async def _apps(request: Request, tenant: str) -> Response:
    given, name = services(request), request.path_params["name"]
    config, apps = named_connector(request, tenant), await given.apps.list_for(tenant, name)
    connects_with: Literal["own", "deployment"] | None = None
    if any(app.in_use for app in apps):
        connects_with = "own"
    elif given.catalog.is_ready(config.name):
        connects_with = "deployment"
    return reply(
        AppsReply(
            connector=config.name,
            redirect_uri=redirect_uri(given.settings, config.name),
            console_url=config.console_url,
            issuer=await given.remote_clients.issuer_of(tenant, name),
            connects_with=connects_with,
            apps=[
                AppReply(
                    id=app.id,
                    client_id=app.client_id,
                    in_use=app.in_use,
                    created_at=rfc3339(app.created_at),
                    updated_at=rfc3339(app.updated_at),
                    updated_by=app.updated_by,
                )
                for app in apps
            ],
        )
    )


_ERRORS = ("unauthorized", "forbidden", "connector_unknown", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/connectors/{name}/apps",
        handler=list_apps,
        summary="The tenant's own OAuth apps, and the redirect URI to register",
        who="key",
        role="admin",
        reply=AppsReply,
        errors=_ERRORS,
    ),
    Operation(
        method="PUT",
        path="/v1/connectors/{name}/apps",
        handler=set_app,
        summary="Connect people with an OAuth app of the tenant's own",
        who="key",
        role="admin",
        request=AppRequest,
        reply=AppsReply,
        errors=(*_ERRORS, "invalid_request", "integration_refused", "integration_unreachable"),
    ),
    Operation(
        method="DELETE",
        path="/v1/connectors/{name}/apps/{id}",
        handler=remove_app,
        summary="Remove an OAuth app of the tenant's own",
        who="key",
        role="admin",
        status=204,
        errors=(*_ERRORS, "not_found"),
    ),
]
