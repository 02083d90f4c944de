"""The page about a person's own sign-ins."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.clock import rfc3339
from gateway.web.browsers import check_host
from gateway.web.callers import find_session
from gateway.web.pages import ago, render
from gateway.web.state import services

ACCOUNT = "/dashboard/account"


async def account(request: Request) -> Response:
    """Show the browsers in which the person is signed in, and the way out of all of them."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': ACCOUNT})}", 303)
    given, now = services(request), services(request).clock()
    return render(
        request,
        "account.html",
        title="Sign-ins",
        session=session,
        sessions=[
            {
                "started": ago(one.created_at, now),
                "started_iso": rfc3339(one.created_at),
                "seen": ago(one.seen_at, now),
                "seen_iso": rfc3339(one.seen_at),
                "here": one.id == session.session_id,
            }
            for one in await given.sessions.all_of(session)
        ],
    )


ROUTES = [Route(ACCOUNT, account)]
