"""The API for connections, with a user's session or a service key: ``/v1/connections``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.identity import is_user_id
from gateway.access.service_keys import Role
from gateway.errors import InvalidRequest
from gateway.store.connection import Connection
from gateway.store.owners import ORG
from gateway.web.browsers import check_origin
from gateway.web.callers import bounds_of, require_key, require_session
from gateway.web.inputs import Strict, read_json
from gateway.web.operation import Operation
from gateway.web.replies import ConnectionReply, connection_reply, reply
from gateway.web.state import services


class ConnectionListReply(BaseModel):
    """An owner's connections, ordered by connector, with each default first."""

    connections: list[ConnectionReply]


def _true(value: Any) -> Any:
    # Literal[True] alone accepts 1 as well: Python says that they are equal.
    if value is not True:
        raise ValueError("can only be set to true")
    return value


class PatchRequest(Strict):
    """Make this connection the default. To unset it, choose another one."""

    is_default: Annotated[Literal[True], BeforeValidator(_true)]


class DisconnectReply(BaseModel):
    """Whether the grant was revoked: ``yes``, ``no``, ``unsupported`` or ``shared``."""

    revoked: Literal["yes", "no", "unsupported", "shared"]


async def list_connections(request: Request) -> Response:
    """List the connections of a user, or of the organisation."""
    bounds = await _bounds(request)
    found = await services(request).connections.list_for(bounds.tenant, _user(request, bounds))
    state = services(request).states.of
    return reply(
        ConnectionListReply(
            connections=[connection_reply(c, await state(c)) for c in found if bounds.covers(c)]
        )
    )


def _user(request: Request, bounds: Bounds) -> str | None:
    """Read whose connections are asked for: a user's, or ``None`` for the organisation's."""
    given = request.query_params
    if "owner" in given:
        if given["owner"] != ORG or "user" in given:
            raise InvalidRequest("owner: can only be org, and without user")
        bounds.require_org()
        return None
    wanted = given.get("user", bounds.user or "")
    if not is_user_id(wanted):
        raise InvalidRequest("say whose connections: ?user=… or ?owner=org")
    bounds.require_user(wanted)
    return wanted


async def show_connection(request: Request) -> Response:
    """Show one connection."""
    return await _shown(request, await _connection(request, await _bounds(request)))


async def patch_connection(request: Request) -> Response:
    """Make one connection the default of its connector."""
    bounds = await _bounds(request)
    await read_json(request, PatchRequest)  # before any look-up (F4)
    connection = await _connection(request, bounds)
    return await _shown(request, await services(request).connections.set_default(connection))


async def retry_hook(request: Request) -> Response:
    """Run the connector's hook again now, if it failed."""
    connection = await _connection(request, await _bounds(request))
    return await _shown(request, await services(request).hooks.retry(connection))


async def delete_connection(request: Request) -> Response:
    """Delete a connection, and revoke the grant at the provider if possible."""
    connection = await _connection(request, await _bounds(request))
    revoked = await services(request).disconnect.disconnect(connection)
    return reply(DisconnectReply(revoked=revoked.value))


async def _bounds(request: Request) -> Bounds:
    """Return what the caller reaches: their own connections, or those of the key's tenant."""
    if "authorization" in request.headers:
        return bounds_of(request, await require_key(request, Role.CONNECTIONS))
    session = await require_session(request)
    if request.method not in {"GET", "HEAD"}:
        check_origin(request)
        session.check_csrf(request.headers.get("x-csrf-token"))
    return session.bounds


async def _connection(request: Request, bounds: Bounds) -> Connection:
    return await services(request).connections.get(bounds, request.path_params["id"])


async def _shown(request: Request, connection: Connection) -> Response:
    return reply(connection_reply(connection, await services(request).states.of(connection)))


_REFUSALS = ("unauthorized", "forbidden", "assertion_required", "assertion_invalid")
_ERRORS = (*_REFUSALS, "connection_not_found", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/connections",
        handler=list_connections,
        query=("user", "owner"),
        summary="The connections of a user, or of the organisation",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        reply=ConnectionListReply,
        errors=(*_REFUSALS, "invalid_request", "store_unavailable"),
    ),
    Operation(
        method="GET",
        path="/v1/connections/{id}",
        handler=show_connection,
        summary="One connection",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        reply=ConnectionReply,
        errors=_ERRORS,
    ),
    Operation(
        method="PATCH",
        path="/v1/connections/{id}",
        handler=patch_connection,
        summary="Choose the default account",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        request=PatchRequest,
        reply=ConnectionReply,
        errors=(*_ERRORS, "invalid_request"),
    ),
    Operation(
        method="POST",
        path="/v1/connections/{id}/retry",
        handler=retry_hook,
        summary="Run a failed hook again",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        reply=ConnectionReply,
        errors=_ERRORS,
    ),
    Operation(
        method="DELETE",
        path="/v1/connections/{id}",
        handler=delete_connection,
        summary="Disconnect an account",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        reply=DisconnectReply,
        errors=_ERRORS,
    ),
]
