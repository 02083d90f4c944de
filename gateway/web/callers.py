"""The sender of a request: a signed-in person with a session, or a tool with a service key."""

from __future__ import annotations

from starlette.requests import Request

from connectors.config import Connector
from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.service_keys import KeyCaller, Role
from gateway.access.sessions import SessionCaller
from gateway.audit.context import act_as
from gateway.errors import AssertionInvalid, AssertionRequired, Forbidden, NotSignedIn, Unauthorized
from gateway.services.own_names import own_name
from gateway.settings.limits import LimitName
from gateway.store.audit import Action, Actor, ActorKind
from gateway.web.address import client_address
from gateway.web.browsers import check_origin
from gateway.web.cookies import SESSION, read_cookie
from gateway.web.state import services

_LIMITS = {
    Role.TOKENS: LimitName.TOKEN_READS,
    Role.PROXY: LimitName.PROXY_CALLS,
    Role.TOOLS: LimitName.PROXY_CALLS,
}

CHECKED_KEY = "gateway.checked_key"
"""The place in an ASGI scope for a key that was checked for this request already."""


def address_of(request: Request) -> str:
    """Return the address that rate limits count this request for."""
    return client_address(request, services(request).settings.proxy_hops)


async def find_session(request: Request) -> SessionCaller | None:
    """Return the signed-in person, or ``None``."""
    session = await services(request).sessions.find(read_cookie(request, SESSION))
    if session is not None:
        act_as(Actor(ActorKind.SESSION, user=session.user))
        await services(request).integrations.ready(session.tenant)
    return session


async def require_session(request: Request) -> SessionCaller:
    """Return the signed-in person; raise ``NotSignedIn`` or ``RateLimited``."""
    session = await find_session(request)
    if session is None:
        raise NotSignedIn
    await services(request).limits.spend(LimitName.SESSION_REQUESTS, session.session_id)
    return session


async def require_key(request: Request, role: Role) -> KeyCaller:
    """Return the tool server that calls; raise ``Unauthorized``, ``Forbidden``, ``RateLimited``."""
    caller: KeyCaller = request.scope.get(CHECKED_KEY) or await _authenticate(request)
    act_as(caller.actor)
    request.state["key"] = caller
    await services(request).integrations.ready(caller.tenant)
    limited = _LIMITS.get(role, LimitName.API_CALLS)
    await services(request).limits.spend(limited, caller.key_id)
    caller.require(role)
    return caller


async def administered_tenant(request: Request) -> str:
    """Return the tenant that the caller manages: an administrator, or a key with ``admin``."""
    return await managed_tenant(request, Role.ADMIN)


async def managed_tenant(request: Request, role: Role) -> str:
    """Return the tenant of an administrator, or of a key with ``role``."""
    if "authorization" in request.headers:
        return (await require_key(request, role)).tenant
    session = await require_session(request)
    if request.method != "GET":
        check_origin(request)
        session.check_csrf(request.headers.get("x-csrf-token"))
    session.require_admin()
    return session.tenant


async def _authenticate(request: Request) -> KeyCaller:
    limits = services(request).limits
    try:
        # Throttle clients that guess keys before touching the database. Tools whose keys are valid
        # and cached are served, even if they share the address of a guesser.
        return await services(request).keys.authenticate(
            request.headers.get("authorization"),
            admit=lambda: limits.check(LimitName.KEY_FAILURES, address_of(request)),
        )
    except Unauthorized:
        await limits.spend(LimitName.KEY_FAILURES, address_of(request))
        raise


def named_connector(request: Request, tenant: str, name: str | None = None) -> Connector:
    """Return the connector that a caller of ``tenant`` names: in the path, or by ``name``.

    It may have no app. A slug stands for the tenant's own integration. Raises ``ConnectorError``;
    the integration of another tenant looks unknown.
    """
    catalog = services(request).catalog
    wanted = request.path_params["name"] if name is None else name
    return catalog.described(own_name(catalog, tenant, wanted))


def note_refusal(request: Request, error: Exception, code: str) -> None:
    """Record in the audit that a valid key was used for something that it does not allow."""
    caller: KeyCaller | None = request.scope.get("state", {}).get("key")
    if caller is None or not isinstance(error, (Forbidden, AssertionRequired, AssertionInvalid)):
        return
    given, name = services(request), request.path_params.get("name")
    given.audit.note(
        Action.KEY_REFUSED,
        tenant=caller.tenant,
        subject=caller.key_id,
        outcome=code,
        connector=name if name in given.catalog.names() else None,
    )


def bounds_of(request: Request, caller: KeyCaller) -> Bounds:
    """Return what this call can reach; raise ``AssertionRequired`` or ``AssertionInvalid``."""
    if caller.assertion_keys is None:
        return caller.bounds
    given = services(request)
    return caller.bounds_with(
        request.headers.getlist(HEADER), audience=given.settings.public_url, now=given.clock()
    )
