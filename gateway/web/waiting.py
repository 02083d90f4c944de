"""The page of a browser that waits for the end of its flow, and the way from an end to its page.

It is answered at once, and leads to a request that waits for the end. Until that answers, the
browser goes on showing the page. Nothing is kept in memory: any process can answer each request.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.services.connect import cookie_of_flow
from gateway.services.flow_ends import LOOKS
from gateway.store.flows import FlowEnd
from gateway.web.browsers import check_host, is_prefetch
from gateway.web.callers import require_session
from gateway.web.cookies import drop_cookie, read_cookie
from gateway.web.outcomes import ALREADY, name_of, redirect_with
from gateway.web.pages import render
from gateway.web.return_to import DASHBOARD, DONE, flow_page, is_application
from gateway.web.state import services

WAITS = "wait"
"""The parameter of the request that waits for the end."""


def waiting_path(connector: str, row_id: str) -> str:
    """Return the page that waits for the end of a flow."""
    return f"/connectors/{connector}/waiting/{row_id}"


def redirect_to_end(
    request: Request, session: SessionCaller | None, connector: str, end: FlowEnd
) -> RedirectResponse:
    """Redirect to the page of a flow's end, with its outcome."""
    # The operator may have removed its origin meanwhile.
    page = flow_page(end.page, services(request).settings.return_origins)
    return redirect_with(
        request, session, page, end.outcome, connector, ref=end.reference, account=end.account
    )


def page_without_account(request: Request, return_to: str | None) -> str:
    """Return the page after a flow that connected nothing."""
    is_kept = return_to == DONE or is_application(
        return_to, services(request).settings.return_origins
    )
    return return_to if return_to and is_kept else DASHBOARD


async def waiting_page(request: Request) -> Response:
    """Say that the provider has not answered yet; lead on to the outcome once there is one."""
    if is_prefetch(request):
        return Response(status_code=204)
    check_host(request)
    session = await require_session(request)
    name, row_id = request.path_params["name"], request.path_params["id"]
    cookie = cookie_of_flow(row_id)
    waited = await services(request).flow_ends.look(
        name,
        row_id,
        tenant=session.tenant,
        user=session.user,
        cookie=read_cookie(request, cookie),
        looks=LOOKS if WAITS in request.query_params else 1,
    )
    if waited.goes_on:
        display_name = name_of(request, name)
        return render(
            request,
            "waiting.html",
            title=f"Connecting {display_name}",
            session=session,
            display_name=display_name,
            next_path=f"{waiting_path(name, row_id)}?{WAITS}=1",
        )
    lost = FlowEnd(page=page_without_account(request, waited.return_to), outcome=ALREADY)
    answer = redirect_to_end(request, session, name, waited.end or lost)
    drop_cookie(request, answer, cookie)
    return answer


ROUTES = [Route("/connectors/{name}/waiting/{id}", waiting_page)]
