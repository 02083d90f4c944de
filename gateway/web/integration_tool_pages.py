"""The administrators' pages about one tool of an integration: accept it, try it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.engine.integration import Effect
from gateway.errors import (
    ApprovalRequired,
    ApprovalUnknown,
    GatewayError,
    IntegrationNotFound,
    InvalidRequest,
)
from gateway.settings.limits import LimitName
from gateway.store.approvals import State
from gateway.tools.context import Asked
from gateway.tools.result import ToolResult
from gateway.web.facts import facts_of
from gateway.web.integration_request import administrator, notice_of, own_row, posted
from gateway.web.integration_views import (
    ACCEPT,
    ToolView,
    readable,
    row_view,
    sample_arguments,
    tool_views,
)
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import render
from gateway.web.problems import problem_of
from gateway.web.return_to import INTEGRATIONS
from gateway.web.state import request_id, services

DASHBOARD_KEY = "dashboard"
"""The key of a call that a person makes here, in usage and approvals."""
MAX_ARGUMENTS = 20_000
_APPROVALS = {State.WAITING: "waiting", State.APPROVED: "approved"}


async def tool_page(request: Request) -> Response:
    """Show one tool, and a form that calls it."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    approval = request.query_params.get("approval", "")[:64]
    return forget_outcome(request, await _page(request, session, approval=approval))


async def accept(request: Request) -> Response:
    """Accept definitions, each as the person saw it."""
    session, form = await posted(request)
    row = await own_row(request, session)
    seen = [
        (name.removeprefix(ACCEPT), digest)
        for name, digest in form.items()
        if name.startswith(ACCEPT)
    ]
    done = await services(request).tool_review.accept(session.tenant, row.slug, seen)
    outcome = "tools_accepted" if seen and len(done) == len(seen) else "tools_not_accepted"
    return redirect_with(request, session, f"{INTEGRATIONS}/{row.slug}", outcome, row.id)


async def change_tool(request: Request) -> Response:
    """Say that exactly this definition only reads, or offer the tool, or take that back."""
    session, form = await posted(request)
    row, review = await own_row(request, session), services(request).tool_review
    name, change = request.path_params["tool"], form.get("change", "")
    if change in {"reads", "derived"}:
        effect: Effect | None = "read" if change == "reads" else None
        digest = form.get("digest", "")
        if not await review.set_effect(session.tenant, row.slug, name, digest, effect):
            return _back(request, session, row.slug, name, "tools_not_accepted", row.id)
    elif change in {"offer", "withhold"}:
        await review.set_enabled(session.tenant, row.slug, [name], enabled=change == "offer")
    else:
        raise InvalidRequest("change: must be reads, derived, offer or withhold")
    return _back(request, session, row.slug, name, "tool_changed", row.id)


async def try_tool(request: Request) -> Response:
    """Call the tool as the administrator, and show what comes back."""
    session, form = await posted(request)
    given, tool = services(request), await _tool(request, session)
    text, approval = form.get("arguments", ""), form.get("approval", "")[:64]
    try:
        asked = Asked(
            tool=tool.name,
            arguments=_arguments(text),
            tenant=session.tenant,
            user=session.user,
            key_id=DASHBOARD_KEY,
            request_id=request_id(request),
            approval=approval or None,
        )
        await given.limits.spend(LimitName.PROXY_CALLS, session.session_id)
        result = await given.tool_calls.call(asked)
    except ApprovalRequired as first:
        mark = "&" if "?" in tool.path else "?"
        return RedirectResponse(f"{tool.path}{mark}approval={first.approval_id}", 303)
    except GatewayError as error:
        return await _page(request, session, text=text, problem=error)
    return await _page(request, session, text=text, result=result)


def _arguments(text: str) -> dict[str, Any]:
    if len(text) > MAX_ARGUMENTS:
        raise InvalidRequest(f"arguments: at most {MAX_ARGUMENTS} characters")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidRequest('arguments: must be a JSON object, such as {"limit": 10}')
    return found


def _back(
    request: Request, session: SessionCaller, slug: str, tool: str, outcome: str, connector: str
) -> Response:
    return redirect_with(
        request, session, f"{INTEGRATIONS}/{slug}/tools/{tool}", outcome, connector
    )


async def _tool(request: Request, session: SessionCaller) -> ToolView:
    """Return the tool of the address: with its digest, or the first that is not accepted."""
    row = await own_row(request, session)
    _, found = await services(request).tool_review.list_for(session.tenant, row.slug)
    named = [
        each
        for each in tool_views(row, found)
        if each.stored.name == request.path_params["tool"]
        and request.query_params.get("digest", each.digest) == each.digest
    ]
    if not named:
        raise IntegrationNotFound
    return min(named, key=lambda each: not each.state)


async def _page(
    request: Request,
    session: SessionCaller,
    *,
    text: str | None = None,
    approval: str = "",
    problem: GatewayError | None = None,
    result: ToolResult | None = None,
) -> Response:
    given, tool = services(request), await _tool(request, session)
    row, definition = await own_row(request, session), tool.stored.definition
    waits = await _approval(request, session, tool, approval) if approval else None
    if text is None:
        text = waits["arguments"] if waits else sample_arguments(definition.input_schema)
    return render(
        request,
        "integration_tool.html",
        title=tool.name,
        session=session,
        status=200 if problem is None else problem_of(problem).status,
        notice=notice_for(request, session),
        problem=None if problem is None else _notice(request, problem),
        row=row_view(await given.integration_service.get(session.tenant, row.slug)),
        base_url=row.base_url,
        tool=tool,
        description=definition.description,
        input_schema=readable(definition.input_schema),
        output_schema=readable(definition.output_schema),
        sent=readable(definition.call),
        arguments=text,
        approval=waits,
        result=None
        if result is None
        else {"text": readable(result.result), "truncated": result.truncated},
    )


async def _approval(
    request: Request, session: SessionCaller, tool: ToolView, approval: str
) -> dict[str, str] | None:
    """Return the approval that a call of this tool waits for, if it can still be used."""
    try:
        found = await services(request).approvals.shown(
            session.tenant, approval, user=session.user, admin=session.admin
        )
    except ApprovalUnknown:
        return None
    state, shown = _APPROVALS.get(found.state), found.request
    if state is None or shown is None or shown.tool != tool.name:
        return None
    return {
        "id": approval,
        "path": f"/dashboard/approvals/{approval}",
        "state": state,
        "arguments": shown.arguments_text,
    }


def _notice(request: Request, error: GatewayError) -> Mapping[str, Any]:
    """Return what went wrong with a call, with the page that mends it, if there is one."""
    facts = facts_of(error, problem_of(error).code, services(request).settings.public_url)
    return {**notice_of(error), "href": facts.get("connect_url")}


ROUTES = [
    Route(f"{INTEGRATIONS}/{{slug}}/accept", accept, methods=["POST"]),
    Route(f"{INTEGRATIONS}/{{slug}}/tools/{{tool}}", tool_page),
    Route(f"{INTEGRATIONS}/{{slug}}/tools/{{tool}}", try_tool, methods=["POST"]),
    Route(f"{INTEGRATIONS}/{{slug}}/tools/{{tool}}/change", change_tool, methods=["POST"]),
]
