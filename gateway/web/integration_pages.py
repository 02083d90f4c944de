"""The administrators' pages about one integration: show it, change its words, remove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connectors.errors import ConnectorError
from gateway.access.sessions import SessionCaller
from gateway.engine.integration import Kind
from gateway.integrations.reading import about_tokens
from gateway.store.integrations import Integration
from gateway.web.integration_request import administrator, own_row, posted
from gateway.web.integration_views import matching, method_view, row_view, tool_views
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import card_view, orphan_view, render
from gateway.web.return_to import INTEGRATIONS
from gateway.web.state import services

MOST_WAITING = 20
"""The most changed tools that one form accepts: a person reads all of them."""
MAX_QUERY = 100


async def integration_page(request: Request) -> Response:
    """Show one integration."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    return forget_outcome(request, await one(request, session))


async def edit(request: Request) -> Response:
    """Change name and description."""
    session, form = await posted(request)
    slug = request.path_params["slug"]
    listed = await services(request).integration_service.change(
        session.tenant, slug, name=form.get("name", ""), description=form.get("description", "")
    )
    return redirect_with(
        request, session, row_view(listed).path, "integration_changed", listed.connector
    )


async def confirm_remove(request: Request) -> Response:
    """Ask before an integration is removed."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    row, given = await own_row(request, session), services(request)
    listed = await given.integration_service.get(session.tenant, row.slug)
    return render(
        request,
        "integration_remove.html",
        title=f"Remove {row.name}",
        session=session,
        row=row_view(listed),
        connections=len(await given.integration_service.connections.list_of(row.tenant, row.id)),
        rules=await given.integration_service.removal.rules.naming(row),
    )


async def remove(request: Request) -> Response:
    """Remove an integration."""
    session, _ = await posted(request)
    row = await own_row(request, session)
    await services(request).integration_service.remove(session.tenant, row.slug)
    return redirect_with(request, session, INTEGRATIONS, "integration_removed", row.id)


async def one(
    request: Request,
    session: SessionCaller,
    *,
    problem: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Return the page of the integration of the address, with a problem to show if there is one."""
    given, slug = services(request), request.path_params["slug"]
    row = await own_row(request, session)
    listed = await given.integration_service.get(session.tenant, slug)
    _, found = await given.tool_review.list_for(session.tenant, slug)
    tools = tool_views(row, found)
    waiting = [each for each in tools if each.state]
    query = request.query_params.get("query", "")[:MAX_QUERY]
    return render(
        request,
        "integration.html",
        title=row.name,
        session=session,
        status=status,
        notice=notice_for(request, session),
        problem=problem or _hidden(request, row),
        row=row_view(listed),
        can_refresh=listed.can_refresh,
        takes_other=takes_other(row),
        methods=[method_view(each, row.id, f"{INTEGRATIONS}/{row.slug}") for each in row.methods],
        waiting=waiting[:MOST_WAITING],
        waiting_more=max(0, len(waiting) - MOST_WAITING),
        tools=matching(tools, query),
        query=query,
        tokens=about_tokens(each.stored.definition for each in tools if each.is_offered),
        owners=await _owners(request, session, row),
        app_path=f"/dashboard/apps/{row.id}" if _takes_app(row) else None,
    )


def takes_other(row: Integration) -> bool:
    """Whether something else can be read in the place of what was.

    A server that tells each connection its own tools has no document, and its address stays.
    """
    return row.kind is not Kind.MCP or not row.per_connection


def _takes_app(row: Integration) -> bool:
    """Whether people sign in with an app that an administrator registers there."""
    return any(
        each.oauth is not None
        and each.oauth.flow == "authorization_code"
        and not each.oauth.supports_dynamic_registration
        for each in row.methods
    )


def _hidden(request: Request, row: Integration) -> dict[str, str] | None:
    reason = services(request).integrations.problem_of(row.id)
    return None if reason is None else {"title": "It cannot be used as it is", "text": reason}


async def _owners(
    request: Request, session: SessionCaller, row: Integration
) -> list[dict[str, Any]]:
    """Return the accounts of the organisation, and those of the administrator."""
    given = services(request)
    found = []
    for owner, user, title in (
        ("org", None, "Accounts of your organisation"),
        ("user", session.user, "Your own accounts"),
    ):
        linked = await given.connections.list_for(session.tenant, user)
        mine = [each for each in linked if each.connector == row.id]
        try:
            config = given.catalog.described(row.id)
            card = await card_view(given, config, mine)
        except ConnectorError:
            card = await orphan_view(given, row.id, mine)
        found.append({"owner": owner, "title": title, "card": card})
    return found


ROUTES = [
    Route(f"{INTEGRATIONS}/{{slug}}", integration_page),
    Route(f"{INTEGRATIONS}/{{slug}}/edit", edit, methods=["POST"]),
    Route(f"{INTEGRATIONS}/{{slug}}/remove", confirm_remove),
    Route(f"{INTEGRATIONS}/{{slug}}/remove", remove, methods=["POST"]),
]
