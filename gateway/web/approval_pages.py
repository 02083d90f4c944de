"""The pages where a person reads the request of a tool, and approves or denies it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest
from gateway.store.approvals import State
from gateway.store.owners import kind_of
from gateway.tools.approvals import Approval
from gateway.web.approvals import deciding_session
from gateway.web.browsers import check_host
from gateway.web.callers import find_session
from gateway.web.inputs import read_form
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import ago, render
from gateway.web.state import services

APPROVALS = "/dashboard/approvals"
MOST = 50

_STATES = {
    State.WAITING: "Waiting for you",
    State.APPROVED: "Approved, and not used yet",
    State.DENIED: "Denied",
    State.EXPIRED: "Expired",
    State.USED: "Approved, and sent",
    State.VOID: "No longer valid: the account, the tool or a policy changed",
}
_EFFECTS = {"read": "reads", "write": "changes something", "destructive": "deletes something"}
_OWNERS = {"user": "yours", "org": "your organisation's", "platform": "of this deployment"}
_WHOSE = {"user": "your", "org": "your organisation's", "platform": "this deployment's"}


async def waiting_approvals(request: Request) -> Response:
    """List what waits for the signed-in person, and what was decided lately."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': APPROVALS})}", 303)
    given, now = services(request), services(request).clock()
    found = await given.approvals.find(session.tenant, user=session.user, limit=MOST)
    rows = [
        {
            "path": f"{APPROVALS}/{each.stored.id}",
            "tool": each.stored.tool,
            "connector": given.catalog.display_name(each.stored.connector),
            "account": each.stored.account_label,
            "state": _STATES[each.state],
            "waits": each.state is State.WAITING,
            "when": ago(each.stored.created_at, now),
            "decide_by": f"{each.stored.decide_by:%H:%M} UTC",
        }
        for each in found
    ]
    page = render(
        request,
        "approvals.html",
        title="Approvals",
        session=session,
        notice=notice_for(request, session),
        waiting=[row for row in rows if row["waits"]],
        past=[row for row in rows if not row["waits"]],
    )
    return forget_outcome(request, page)


async def approval_page(request: Request) -> Response:
    """Show the whole request of one call, and ask for a decision."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': request.url.path})}", 303)
    found = await services(request).approvals.shown(
        session.tenant, request.path_params["id"], user=session.user, admin=session.admin
    )
    return _page(request, session, found)


async def decide(request: Request) -> Response:
    """Store the decision of the form."""
    session = await deciding_session(request)
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    if form.get("decision") not in {"approve", "deny"}:
        raise InvalidRequest("decision: must be approve or deny")
    approve = form["decision"] == "approve"
    found = await services(request).approvals.decide(
        session.tenant,
        request.path_params["id"],
        user=session.user,
        admin=session.admin,
        approve=approve,
    )
    outcome = "call_approved" if approve else "call_denied"
    return redirect_with(request, session, APPROVALS, outcome, found.stored.connector)


def _page(request: Request, session: SessionCaller, approval: Approval) -> Response:
    given, stored, shown = services(request), approval.stored, approval.request
    assert shown is not None  # noqa: S101 - ``shown`` opened it
    return render(
        request,
        "approval.html",
        title="Approve a call",
        session=session,
        approval={
            "path": f"{APPROVALS}/{stored.id}",
            "state": _STATES[approval.state],
            "waits": approval.state is State.WAITING,
            "tool": shown.tool,
            "description": shown.description,
            "effect": _EFFECTS.get(shown.effect, shown.effect),
            "is_destructive": shown.effect == "destructive",
            "connector": given.catalog.display_name(stored.connector),
            "account": stored.account_label,
            "owner": _OWNERS[kind_of(stored.owner)],
            "whose": _WHOSE[kind_of(stored.owner)],
            "asked_for": None if stored.user == session.user else stored.user,
            "decide_by": f"{stored.decide_by:%H:%M} UTC",
            "binding": stored.binding,
        },
        shown=shown,
    )


ROUTES = [
    Route(APPROVALS, waiting_approvals),
    Route(APPROVALS + "/{id}", approval_page),
    Route(APPROVALS + "/{id}", decide, methods=["POST"]),
]
