"""The administrators' pages that read an integration again: first what changes, then the change.

As with adding, there is no memory between the forms: the second one says again what the first one
said, and the digest of what the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.engine.integration import Kind
from gateway.errors import GatewayError, InvalidRequest
from gateway.integrations.reading import Given
from gateway.web.integration_pages import one
from gateway.web.integration_request import (
    SHOWN,
    administrator,
    notice_of,
    own_row,
    posted,
    typed_url,
)
from gateway.web.integration_views import PICK, row_view
from gateway.web.outcomes import redirect_with
from gateway.web.pages import render
from gateway.web.problems import problem_of
from gateway.web.refresh_view import refresh_view
from gateway.web.return_to import INTEGRATIONS
from gateway.web.state import services


async def refresh_page(request: Request) -> Response:
    """Show the form that asks what to read instead."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    return await _form(request, session, {})


async def look_again(request: Request) -> Response:
    """Show what reading it again would change, and store nothing."""
    session, form = await posted(request)
    return await _looked(request, session, form)


async def refresh(request: Request) -> Response:
    """Read an integration again; what is new or different then waits to be accepted.

    Without fields it is read from its own address, as it is offered now. With ``digest`` it is what
    the person saw, with what they picked.
    """
    session, form = await posted(request)
    row = await own_row(request, session)
    picked = frozenset(name.removeprefix(PICK) for name in form if name.startswith(PICK))
    has_seen = "digest" in form
    try:
        if has_seen and not picked:
            raise InvalidRequest("pick at least one operation", {})
        done = await services(request).tool_review.refresh(
            session.tenant,
            row.slug,
            given=_given(form),
            operations=picked if has_seen else None,
            digest=form.get("digest", ""),
        )
    except SHOWN as error:
        if has_seen:
            return await _looked(request, session, form, again=error)
        return await one(request, session, problem=notice_of(error), status=422)
    outcome = "integration_read_later" if done.later else "integration_read"
    return redirect_with(request, session, f"{INTEGRATIONS}/{row.slug}", outcome, row.id)


def _given(form: Mapping[str, str]) -> Given:
    document = form.get("document", "").strip()
    return Given(
        url="" if document else form.get("url", "").strip(),
        document=document.encode(),
        base_url=form.get("base_url", "").strip(),
    )


async def _looked(
    request: Request,
    session: SessionCaller,
    form: Mapping[str, str],
    again: GatewayError | None = None,
) -> Response:
    """Show what would change; ``again`` is the reason why it was not changed."""
    row, given = await own_row(request, session), services(request)
    try:
        found = await given.tool_review.refresh(
            session.tenant, row.slug, given=_given(form), dry_run=True
        )
    except SHOWN as error:
        return await _form(request, session, form, problem=again or error)
    return render(
        request,
        "integration_refresh.html",
        title=f"What changes in {row.name}",
        session=session,
        status=200 if again is None else problem_of(again).status,
        problem=None if again is None else notice_of(again),
        row=row_view(await given.integration_service.get(session.tenant, row.slug)),
        url=form.get("url", ""),
        document=form.get("document", ""),
        asked_base_url=form.get("base_url", ""),
        old_base_url=row.base_url,
        found=refresh_view(found, form=None if again is None else form),
    )


async def _form(
    request: Request,
    session: SessionCaller,
    form: Mapping[str, str],
    *,
    problem: GatewayError | None = None,
) -> Response:
    row, given = await own_row(request, session), services(request)
    return render(
        request,
        "integration_read.html",
        title=f"Read {row.name} again",
        session=session,
        status=200 if problem is None else problem_of(problem).status,
        problem=None if problem is None else notice_of(problem),
        row=row_view(await given.integration_service.get(session.tenant, row.slug)),
        has_url=bool(row.endpoint),
        takes_url=not row.per_connection,
        takes_document=row.kind is not Kind.MCP,
        base_url=row.base_url,
        url=typed_url(form.get("url", "")),
        document=form.get("document", ""),
        asked_base_url=typed_url(form.get("base_url", "")),
    )


ROUTES = [
    Route(f"{INTEGRATIONS}/{{slug}}/refresh", refresh_page),
    Route(f"{INTEGRATIONS}/{{slug}}/refresh", refresh, methods=["POST"]),
    Route(f"{INTEGRATIONS}/{{slug}}/refresh/look", look_again, methods=["POST"]),
]
