"""The administrators' pages that list integrations, and add one by its URL.

Adding takes two forms and no memory between them: the second one says again what the first one
said, and the digest of what the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.engine.integration import Kind
from gateway.errors import GatewayError, IntegrationExists, InvalidRequest
from gateway.integrations.adding import New
from gateway.integrations.listing import BUILT_IN, CATALOG
from gateway.integrations.reading import Given
from gateway.web.integration_request import SHOWN, administrator, notice_of, posted, typed_url
from gateway.web.integration_views import PICK, preview_view, row_view
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import render
from gateway.web.problems import problem_of
from gateway.web.return_to import INTEGRATIONS
from gateway.web.state import services


async def integrations_page(request: Request) -> Response:
    """List the integrations, with the form that begins to add one."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    return forget_outcome(request, await _list(request, session))


async def look(request: Request) -> Response:
    """Say what is at a URL, or in a pasted document, and what it would become."""
    session, form = await posted(request)
    return await _preview(request, session, form)


async def add(request: Request) -> Response:
    """Add what the person saw, with what they picked."""
    session, form = await posted(request)
    picked = frozenset(name.removeprefix(PICK) for name in form if name.startswith(PICK))
    try:
        if not picked and form.get("of", "0") != "0":
            raise InvalidRequest("pick at least one operation", {})
        new = New(
            given=_given(form),
            slug=form.get("slug", "").strip(),
            name=form.get("name", "").strip(),
            description=form.get("description", "").strip(),
            # All of them: those that come later are offered, too.
            operations=None if str(len(picked)) == form.get("of") else picked or None,
            digest=form.get("digest", ""),
        )
        added = await services(request).integration_service.add(session.tenant, new)
    except SHOWN as error:
        return await _preview(request, session, form, again=error)
    listed = added.integration
    return redirect_with(
        request, session, row_view(listed).path, "integration_added", listed.connector
    )


def _given(form: Mapping[str, str]) -> Given:
    kind, document = form.get("kind", ""), form.get("document", "").strip()
    if kind and kind not in set(Kind):
        raise InvalidRequest("kind: must be openapi, graphql or mcp")
    return Given(
        url="" if document else form.get("url", "").strip(),
        document=document.encode(),
        kind=Kind(kind) if kind else None,
        base_url=form.get("base_url", "").strip(),
    )


async def _list(
    request: Request,
    session: SessionCaller,
    *,
    form: Mapping[str, str] | None = None,
    problem: GatewayError | None = None,
) -> Response:
    found = await services(request).integration_service.list_for(session.tenant)
    typed = form or {}
    return render(
        request,
        "integrations.html",
        title="Integrations",
        session=session,
        status=200 if problem is None else problem_of(problem).status,
        notice=notice_for(request, session),
        problem=None if problem is None else notice_of(problem),
        url=typed_url(typed.get("url", "")),
        kind=typed.get("kind", ""),
        document=typed.get("document", ""),
        rows=[row_view(each) for each in found if each.kind not in {CATALOG, BUILT_IN}],
        catalog=sum(each.kind == CATALOG for each in found),
    )


async def _preview(
    request: Request,
    session: SessionCaller,
    form: Mapping[str, str],
    again: GatewayError | None = None,
) -> Response:
    """Show what would be added; ``again`` is the reason why it was not added."""
    try:
        asked = _given(form)
        preview = await services(request).integration_service.preview(session.tenant, asked)
    except SHOWN as error:
        return await _list(request, session, form=form, problem=again or error)
    errors = dict(getattr(again, "errors", {}))
    if isinstance(again, IntegrationExists):
        errors = {"slug": "There is an integration of this name already: choose another slug."}
    return render(
        request,
        "integration_add.html",
        title=f"Add {preview.description.name}",
        session=session,
        status=200 if again is None else problem_of(again).status,
        problem=None if again is None or errors else notice_of(again),
        url=preview.endpoint or asked.url,
        document=asked.document.decode(),
        claims=preview.claims,
        found=preview_view(preview, form=None if again is None else form, errors=errors),
    )


ROUTES = [
    Route(INTEGRATIONS, integrations_page),
    Route(INTEGRATIONS, add, methods=["POST"]),
    Route(f"{INTEGRATIONS}/add", look, methods=["POST"]),
]
