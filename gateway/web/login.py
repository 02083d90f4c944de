"""Signing in and out.

Opening a page starts nothing: a sign-in starts with a form of the gateway, as a connect flow does
(security A2, A6). So no link, prefetch or image of another page starts one, signing out does not
sign the person in again, and a failure causes no redirect loop.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.identity import DEFAULT_TENANT, Identity
from gateway.access.login import handoff, oidc
from gateway.access.login.attempts import RemoteLogin
from gateway.access.login.dev import DevLogin
from gateway.access.sessions import SessionCaller
from gateway.errors import Forbidden, InvalidRequest, LoginError, NotFound, code_of
from gateway.observe.logs import get_logger
from gateway.outbound.client import host_of
from gateway.settings.limits import LimitName
from gateway.store.audit import Action
from gateway.store.logins import LOGIN_LIFETIME
from gateway.store.sessions import ABSOLUTE
from gateway.web.browsers import came_through_a_proxy, check_host, check_origin, is_prefetch
from gateway.web.callers import address_of, find_session, require_session
from gateway.web.cookies import SESSION, drop_cookie, read_cookie, set_cookie
from gateway.web.inputs import read_form
from gateway.web.pages import render
from gateway.web.return_to import own_page
from gateway.web.state import services

_log = get_logger()

_NO_REFERRER = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def login_page(request: Request) -> Response:
    """Offer this deployment's way to sign in. This starts nothing."""
    check_host(request)
    origins = services(request).settings.return_origins
    target = own_page(request.query_params.get("next"), origins)
    if await find_session(request) is not None:
        return RedirectResponse(target, 303)
    return _login_page(request, target)


async def login(request: Request) -> Response:
    """Sign in by the form, or start a sign-in at the identity provider or host."""
    check_origin(request)
    way = services(request).logins.method
    if way is None:
        raise NotFound
    await services(request).limits.spend(LimitName.SIGN_INS, address_of(request))
    began, form = services(request).clock(), await read_form(request)
    target = own_page(form.get("next"), services(request).settings.return_origins)
    if not isinstance(way, DevLogin):
        return await _leave(request, way, target)
    if way.code is None and came_through_a_proxy(request):
        raise Forbidden(
            "this request came through a proxy or tunnel: set GATEWAY_PUBLIC_URL to its address"
        )
    try:
        identity = way.identify(form)
    except InvalidRequest as error:
        return _login_page(request, target, str(error))
    return await _enter(request, identity, target, began)


async def arrive(request: Request) -> Response:
    """Finish a sign-in: the browser comes back from the identity provider or host."""
    way = services(request).logins.method
    if way is None or isinstance(way, DevLogin) or request.scope["path"] != way.return_path:
        raise NotFound
    if is_prefetch(request):
        return Response(status_code=204, headers=_NO_REFERRER)
    check_host(request)
    await services(request).limits.spend(LimitName.SIGN_INS, address_of(request))
    try:
        arrival = await way.finish(request.scope["query_string"], partial(read_cookie, request))
        answer = await _enter(request, arrival.identity, arrival.return_to, arrival.began)
    except LoginError as error:
        # The person and the tenant are unknown: a challenge fits any of them.
        services(request).audit.note(
            Action.LOGIN_FAILED, tenant=DEFAULT_TENANT, outcome=code_of(error)
        )
        _log.warning("login_failed", kind=type(error).__name__, reason=str(error))
        raise
    answer.headers.update(_NO_REFERRER)  # keeps this URL from other sites
    drop_cookie(request, answer, arrival.cookie_name)
    return answer


async def logout(request: Request) -> Response:
    """Sign out of this browser."""
    session = await _posted(request)
    await services(request).sessions.end(session)
    return _signed_out(request, "here")


async def logout_everywhere(request: Request) -> Response:
    """Sign out of every browser."""
    session = await _posted(request)
    await services(request).logins.sign_out_everywhere(tenant=session.tenant, user=session.user)
    return _signed_out(request, "everywhere")


async def _posted(request: Request) -> SessionCaller:
    check_origin(request)
    session = await require_session(request)
    session.check_csrf((await read_form(request)).get("csrf_token"))
    return session


def _signed_out(request: Request, where: Literal["here", "everywhere"]) -> Response:
    answer = RedirectResponse(f"/login?{urlencode({'signed_out': where})}", 303)
    drop_cookie(request, answer, SESSION)
    return answer


async def _leave(request: Request, way: RemoteLogin, target: str) -> Response:
    departure = await way.begin(target)
    # A page with a link, not a redirect: Chromium applies form-action to the redirect after a
    # form post, and 'self' would block it (security A6).
    page = render(
        request,
        "login_leaving.html",
        title="Sign in",
        session=None,
        url=departure.url,
        host=host_of(departure.url),
    )
    set_cookie(request, page, departure.cookie_name, departure.cookie, LOGIN_LIFETIME)
    return page


async def _enter(request: Request, identity: Identity, target: str, began: datetime) -> Response:
    """Start a new session, even if the browser had one (G1)."""
    sessions = services(request).sessions
    previous = await find_session(request)
    if previous is not None:
        await sessions.end(previous)
    cookie = await sessions.begin(
        tenant=identity.tenant, user=identity.user, admin=identity.admin, began=began
    )
    answer = RedirectResponse(target, 303)
    set_cookie(request, answer, SESSION, cookie, ABSOLUTE)
    return answer


def _login_page(request: Request, target: str, error: str | None = None) -> Response:
    way = services(request).logins.method
    remote = None if way is None or isinstance(way, DevLogin) else way
    signed_out = request.query_params.get("signed_out")
    return render(
        request,
        "login.html",
        title="Sign in",
        session=None,
        status=422 if error else 200,
        available=way is not None,
        suggestions=way.suggestions if isinstance(way, DevLogin) else (),
        asks_for_code=isinstance(way, DevLogin) and way.code is not None,
        host=remote.host if remote else None,
        signed_out=signed_out if signed_out in {"here", "everywhere"} else None,
        sign_out_url=remote.sign_out_url if remote else None,
        next=target,
        purpose=_purpose(request, target),
        error=error,
    )


def _purpose(request: Request, target: str) -> dict[str, str] | None:
    """What a person signs in for, in case a connect link brought them here."""
    path, _, query = target.partition("?")
    name, catalog = path.removeprefix("/connectors/"), services(request).catalog
    if name == path or not catalog.knows(name):
        return None
    tool = dict(parse_qsl(query)).get("tool", "")
    return {"connector": catalog.display_name(name), "tool": tool}


ROUTES = [
    Route("/login", login_page),
    Route("/login", login, methods=["POST"]),
    Route(oidc.RETURN_PATH, arrive),
    Route(handoff.RETURN_PATH, arrive),
    Route("/logout", logout, methods=["POST"]),
    Route("/logout/everywhere", logout_everywhere, methods=["POST"]),
]
