"""Signing in and out.

Nothing begins by opening a page: a sign-in starts with a form of our own, like a connect flow does
(security A2, A6). So no link, prefetch or picture of another page starts one, signing out does not
end in being signed in again, and a failure does not go round in circles.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connectors.secret import Secret
from gateway.access.identity import DEFAULT_TENANT, Identity
from gateway.access.login import handoff, oidc
from gateway.access.login.attempts import RemoteLogin
from gateway.access.login.dev import DevLogin
from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest, LoginError, NotFound
from gateway.observe.logs import get_logger
from gateway.observe.metrics import word_of
from gateway.outbound.client import host_of
from gateway.settings.limits import LimitName
from gateway.store.audit import Action
from gateway.store.logins import LOGIN_LIFETIME
from gateway.store.sessions import ABSOLUTE
from gateway.web.context import (
    address_of,
    check_host,
    check_origin,
    cookie_name,
    find_session,
    read_form,
    require_session,
    services,
)
from gateway.web.pages import render
from gateway.web.return_to import own_page

_log = get_logger()

SESSION = "gateway_session"
_NO_REFERRER = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def login_page(request: Request) -> Response:
    """Offer this deployment's way to sign in. Begins nothing."""
    check_host(request)
    target = own_page(request.query_params.get("next"))
    if await find_session(request) is not None:
        return RedirectResponse(target, 303)
    return _login_page(request, target)


async def login(request: Request) -> Response:
    """Sign in by the form, or begin to sign in elsewhere."""
    check_origin(request)
    way = services(request).logins.way
    if way is None:
        raise NotFound
    await services(request).limits.spend(LimitName.SIGN_INS, address_of(request))
    form = await read_form(request)
    target = own_page(form.get("next"))
    if not isinstance(way, DevLogin):
        return await _leave(request, way, target)
    try:
        identity = way.identify(form)
    except InvalidRequest as error:
        return _login_page(request, target, str(error))
    return await _enter(request, identity, target)


async def arrive(request: Request) -> Response:
    """The browser comes back from where it was sent to sign in."""
    way = services(request).logins.way
    if way is None or isinstance(way, DevLogin) or request.scope["path"] != way.return_path:
        raise NotFound
    if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
        # Neither is a person arriving: the attempt must still be there for the one who does (A8).
        return Response(status_code=204, headers=_NO_REFERRER)
    check_host(request)
    await services(request).limits.spend(LimitName.SIGN_INS, address_of(request))

    def cookie_of(name: str) -> str | None:
        return request.cookies.get(cookie_name(request, name))

    try:
        arrival = await way.finish(request.scope["query_string"], cookie_of)
    except LoginError as error:
        # Nobody knows who it was, nor of which tenant: a challenge may have been for anybody.
        services(request).audit.note(
            Action.LOGIN_FAILED, tenant=DEFAULT_TENANT, outcome=word_of(error)
        )
        _log.warning("login_failed", kind=type(error).__name__, reason=str(error))
        raise
    answer = await _enter(request, arrival.identity, arrival.return_to)
    answer.headers.update(_NO_REFERRER)  # the address of this request is not for other sites
    _drop_cookie(request, answer, cookie_name(request, arrival.cookie_name))
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
    _drop_cookie(request, answer, cookie_name(request, SESSION))
    return answer


async def _leave(request: Request, way: RemoteLogin, target: str) -> Response:
    departure = await way.begin(target)
    # A page that leads on, not a redirect: Chromium applies form-action to the redirect after a
    # form post, and 'self' would block it (security A6).
    page = render(
        request,
        "login_leaving.html",
        title="Sign in",
        session=None,
        url=departure.url,
        host=host_of(departure.url),
    )
    seconds = int(LOGIN_LIFETIME.total_seconds())
    _set_cookie(request, page, departure.cookie_name, departure.cookie, seconds)
    return page


async def _enter(request: Request, identity: Identity, target: str) -> Response:
    """A new session, whatever the browser had before (G1)."""
    sessions = services(request).sessions
    previous = await find_session(request)
    if previous is not None:
        await sessions.end(previous)
    cookie = await sessions.begin(tenant=identity.tenant, user=identity.user)
    answer = RedirectResponse(target, 303)
    _set_cookie(request, answer, SESSION, cookie, int(ABSOLUTE.total_seconds()))
    return answer


def _set_cookie(request: Request, answer: Response, name: str, value: Secret, seconds: int) -> None:
    answer.set_cookie(
        cookie_name(request, name),
        value.reveal(),
        max_age=seconds,
        path="/",
        secure=services(request).settings.secure,
        httponly=True,
        samesite="lax",  # coming back is a top-level navigation from another site
    )


def _drop_cookie(request: Request, answer: Response, full_name: str) -> None:
    answer.delete_cookie(
        full_name, path="/", secure=services(request).settings.secure, httponly=True, samesite="lax"
    )


def _login_page(request: Request, target: str, error: str | None = None) -> Response:
    way = services(request).logins.way
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
        host=remote.host if remote else None,
        signed_out=signed_out if signed_out in {"here", "everywhere"} else None,
        sign_out_url=remote.sign_out_url if remote else None,
        next=target,
        error=error,
    )


ROUTES = [
    Route("/login", login_page),
    Route("/login", login, methods=["POST"]),
    Route(oidc.RETURN_PATH, arrive),
    Route(handoff.RETURN_PATH, arrive),
    Route("/logout", logout, methods=["POST"]),
    Route("/logout/everywhere", logout_everywhere, methods=["POST"]),
]
