"""The administrators' pages about the ways to connect to an integration: add, change, remove one.

A form says one auth template. Merged, it joins the others or takes the place of the one with its
slug; as the replacement, it is the only one from then on.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.engine.integration import AuthMethod
from gateway.errors import GatewayError, IntegrationNotFound, InvalidRequest
from gateway.integrations.methods import Mode
from gateway.store.integrations import Integration
from gateway.web.integration_request import (
    SHOWN,
    administrator,
    notice_of,
    own_row,
    posted,
    typed_url,
)
from gateway.web.integration_views import method_view, row_view
from gateway.web.method_form import (
    ENDPOINTS,
    WAYS,
    fields_of,
    method_of,
    new_fields,
    places_of,
    way_of,
)
from gateway.web.outcomes import redirect_with
from gateway.web.pages import render
from gateway.web.problems import problem_of
from gateway.web.return_to import INTEGRATIONS
from gateway.web.state import services


async def method_page(request: Request) -> Response:
    """Show the choice of ways, or the form for one: a new one, or one that there is."""
    session = await administrator(request)
    if session is None:
        return RedirectResponse("/login", 303)
    row, asked = await own_row(request, session), request.query_params
    if "template" in asked:
        method = _named(row, asked["template"])
        way = way_of(method)
        if way is None:
            raise IntegrationNotFound("nothing can be said about this way to connect")
        return await _form(request, session, row, way, fields_of(method))
    if asked.get("way") in WAYS:
        return await _form(request, session, row, asked["way"], new_fields(asked["way"]))
    return render(
        request,
        "integration_ways.html",
        title=f"A way to connect to {row.name}",
        session=session,
        row=row_view(await services(request).integration_service.get(session.tenant, row.slug)),
        ways=[{"name": name, "title": way.title, "about": way.about} for name, way in WAYS.items()],
    )


async def set_method(request: Request) -> Response:
    """Add a way to connect, change one, or let one take the place of all."""
    session, form = await posted(request)
    row, way = await own_row(request, session), form.get("way", "")
    if way not in WAYS:
        raise InvalidRequest(f"way: must be one of {', '.join(WAYS)}")
    mode: Mode = "replace" if form.get("mode") == "replace" else "merge"
    try:
        method = method_of(way, form)
        if "is_new" in form and method.slug in {each.slug for each in row.methods}:
            taken = "There is one of this name already: choose another name."
            raise InvalidRequest("template: is taken", {"template": taken})
        await _configure(request, session, (method,), mode)
    except SHOWN as error:
        return await _form(request, session, row, way, form, problem=error)
    return _back(request, session, row, "method_set")


async def remove_method(request: Request) -> Response:
    """Remove a way to connect; the others stay as they are."""
    session, form = await posted(request)
    row = await own_row(request, session)
    gone = _named(row, form.get("template", ""))
    rest = tuple(each for each in row.methods if each != gone)
    try:
        await _configure(request, session, rest, "replace")
    except InvalidRequest as error:
        way = way_of(gone)
        if way is None:
            raise
        return await _form(request, session, row, way, fields_of(gone), problem=error)
    return _back(request, session, row, "method_removed")


async def _configure(
    request: Request, session: SessionCaller, methods: tuple[AuthMethod, ...], mode: Mode
) -> None:
    slug = request.path_params["slug"]
    await services(request).integration_service.configure(session.tenant, slug, methods, mode)


def _named(row: Integration, template: str) -> AuthMethod:
    for each in row.methods:
        if each.slug == template:
            return each
    raise IntegrationNotFound("it has no way to connect of this name")


def _back(request: Request, session: SessionCaller, row: Integration, outcome: str) -> Response:
    return redirect_with(request, session, f"{INTEGRATIONS}/{row.slug}", outcome, row.id)


async def _form(
    request: Request,
    session: SessionCaller,
    row: Integration,
    way: str,
    fields: Mapping[str, str],
    *,
    problem: GatewayError | None = None,
) -> Response:
    """Show the form with what was typed; ``problem`` is the reason why it was not stored."""
    given, template = services(request), fields.get("template", "")
    found = next((each for each in row.methods if each.slug == template), None)
    is_new = "is_new" in fields or found is None
    errors = dict(getattr(problem, "errors", {}))
    return render(
        request,
        "integration_method.html",
        title=WAYS[way].title if is_new else f"Change {template}",
        session=session,
        status=200 if problem is None else problem_of(problem).status,
        problem=None if problem is None or errors else _notice(problem),
        errors=errors,
        row=row_view(await given.integration_service.get(session.tenant, row.slug)),
        way={"name": way, "title": WAYS[way].title, "about": WAYS[way].about},
        method=None if is_new or found is None else method_view(found),
        is_new=is_new,
        others=len(row.methods) - (0 if is_new else 1),
        in_use=bool(await given.integration_service.connections.list_of(row.tenant, row.id)),
        fields=dict(fields) | {name: typed_url(fields.get(name, "")) for name in ENDPOINTS},
        places=places_of(way, fields),
    )


def _notice(problem: GatewayError) -> dict[str, str]:
    """Return an error without the name that the field has in the API."""
    found = notice_of(problem)
    text = found["text"].removeprefix("AuthMethods: ")
    return found | {"text": f"{text[:1].upper()}{text[1:]}"}


ROUTES = [
    Route(f"{INTEGRATIONS}/{{slug}}/methods", method_page),
    Route(f"{INTEGRATIONS}/{{slug}}/methods", set_method, methods=["POST"]),
    Route(f"{INTEGRATIONS}/{{slug}}/methods/remove", remove_method, methods=["POST"]),
]
