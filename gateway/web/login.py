"""Signing in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.errors import InvalidRequest, NotFound
from gateway.store.sessions import ABSOLUTE
from gateway.web.context import (
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


async def login_page(request: Request) -> Response:
    """Offer this deployment's way to sign in."""
    check_host(request)
    target = own_page(request.query_params.get("next"))
    if await find_session(request) is not None:
        return RedirectResponse(target, 303)
    return _login_page(request, target)


async def login(request: Request) -> Response:
    """Sign in: a new session, whatever the browser had before (G1)."""
    check_origin(request)
    way = services(request).login
    if way is None:
        raise NotFound
    form = await read_form(request)
    target = own_page(form.get("next"))
    try:
        identity = way.identify(form)
    except InvalidRequest as error:
        return _login_page(request, target, str(error))
    previous = await find_session(request)
    if previous is not None:
        await services(request).sessions.end(previous)
    cookie = await services(request).sessions.begin(tenant=identity.tenant, user=identity.user)
    answer = RedirectResponse(target, 303)
    answer.set_cookie(
        cookie_name(request, "gateway_session"),
        cookie.reveal(),
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=services(request).settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


async def logout(request: Request) -> Response:
    """Sign out of this browser."""
    check_origin(request)
    session = await require_session(request)
    session.check_csrf((await read_form(request)).get("csrf_token"))
    await services(request).sessions.end(session)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(
        cookie_name(request, "gateway_session"),
        path="/",
        secure=services(request).settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def _login_page(request: Request, target: str, error: str | None = None) -> Response:
    way = services(request).login
    return render(
        request,
        "login.html",
        title="Sign in",
        session=None,
        status=422 if error else 200,
        available=way is not None,
        suggestions=way.suggestions if way else (),
        next=target,
        error=error,
    )


ROUTES = [
    Route("/login", login_page),
    Route("/login", login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
]
