"""The page on which an administrator sets the own apps of a connector (docs/own-apps.md)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connectors.secret import Secret
from gateway.access.sessions import SessionCaller
from gateway.clock import rfc3339
from gateway.errors import IntegrationRefused, IntegrationUnreachable, InvalidRequest
from gateway.web.browsers import check_host, check_origin
from gateway.web.callers import find_session, named_connector, require_session
from gateway.web.inputs import read_form
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import ago, card_view, render
from gateway.web.return_to import ORGANISATION
from gateway.web.state import services
from gateway.wiring.process import redirect_uri


async def apps_page(request: Request) -> Response:
    """Show the apps of a connector to an administrator."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    session.require_admin()
    return forget_outcome(request, await _page(request, session))


async def set_app(request: Request) -> Response:
    """Connect with this app from now on, or give it a new secret."""
    session, form, name = await _posted(request)
    client_id = form.get("app.client_id", "").strip()
    secret = Secret(form.get("app.client_secret", "").strip())
    try:
        await services(request).remote_clients.set_app(session.tenant, name, client_id, secret)
    except (InvalidRequest, IntegrationRefused, IntegrationUnreachable) as error:
        return await _page(request, session, client_id, error)
    return redirect_with(request, session, request.url.path, "app_set", name)


async def remove_app(request: Request) -> Response:
    """Forget an app."""
    session, _, name = await _posted(request)
    await services(request).apps.remove(session.tenant, name, request.path_params["id"])
    return redirect_with(request, session, f"/dashboard/apps/{name}", "app_forgotten", name)


async def _posted(request: Request) -> tuple[SessionCaller, dict[str, str], str]:
    check_origin(request)
    session, form = await require_session(request), await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    session.require_admin()
    return session, form, named_connector(request, session.tenant).name


async def _page(
    request: Request,
    session: SessionCaller,
    client_id: str = "",
    error: InvalidRequest | IntegrationRefused | IntegrationUnreachable | None = None,
) -> Response:
    given, now = services(request), services(request).clock()
    config = named_connector(request, session.tenant)
    errors = error.errors if isinstance(error, InvalidRequest) else {}
    is_public = getattr(config, "authorization_method", "none") == "none"
    fields = [
        {
            **{"name": name, "title": title, "value": value, "secret": name == "client_secret"},
            **{
                "required": name == "client_id" or not is_public,
                "error": errors.get(name),
                "choices": {},
            },
            **{"description": "", "example": "", "where": "", "suffix": "", "default": None},
        }
        for name, title, value in (
            ("client_id", "Client id", client_id),
            ("client_secret", "Client secret", ""),
        )
    ]
    apps = [
        {
            "client_id": app.client_id,
            "in_use": app.in_use,
            "updated": ago(app.updated_at, now),
            "updated_iso": rfc3339(app.updated_at),
            "remove_path": f"/dashboard/apps/{config.name}/{app.id}/remove",
        }
        for app in await given.apps.list_for(session.tenant, config.name)
    ]
    return render(
        request,
        "apps.html",
        title=f"Apps of {config.display_name}",
        session=session,
        status=200 if error is None else 422,
        notice=notice_for(request, session),
        error=None if error is None or errors else str(error),
        card=await card_view(given, config, []),
        console_url=config.console_url,
        issuer=await given.remote_clients.issuer_of(session.tenant, config.name),
        redirect_uri=redirect_uri(given.settings, config.name),
        has_deployments=given.catalog.is_ready(config.name),
        fields=fields,
        apps=apps,
        form_action=f"/dashboard/apps/{config.name}",
        cancel_path=ORGANISATION,
    )


ROUTES = [
    Route("/dashboard/apps/{name}", apps_page),
    Route("/dashboard/apps/{name}", set_app, methods=["POST"]),
    Route("/dashboard/apps/{name}/{id}/remove", remove_app, methods=["POST"]),
]
