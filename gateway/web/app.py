"""The web application: routes, middleware, and one way to answer errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypedDict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.errors import ConnectorError
from gateway.errors import GatewayError, NotSignedIn
from gateway.logs import get_logger
from gateway.settings import Settings
from gateway.web import available, connections, dashboard, flows, health, keys, login, tokens
from gateway.web.available import connect_url
from gateway.web.context import MAX_BODY, find_session, request_id, services, wants_page
from gateway.web.middleware import RequestLog, SecurityHeaders
from gateway.web.openapi import openapi
from gateway.web.pages import HERE, render
from gateway.web.problems import detail_of, problem_of, problem_response
from gateway.web.return_to import DASHBOARD
from gateway.wiring import Services

_log = get_logger()

OPERATIONS = [
    *health.OPERATIONS,
    *available.OPERATIONS,
    *flows.OPERATIONS,
    *connections.OPERATIONS,
    *tokens.OPERATIONS,
    *keys.OPERATIONS,
]

ROUTES = [
    *(operation.route() for operation in OPERATIONS),
    Route("/openapi.json", openapi),
    *flows.ROUTES,
    *dashboard.ROUTES,
    *login.ROUTES,
    Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
]


class State(TypedDict):
    """What the lifespan hands to every request."""

    services: Services


def create_app(
    settings: Settings, open_services: Callable[[], AbstractAsyncContextManager[Services]]
) -> Starlette:
    """The gateway as an ASGI application; services are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with open_services() as opened:
            yield {"services": opened}

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[
            Middleware(RequestLog),
            Middleware(SecurityHeaders, secure=settings.secure),
        ],
        exception_handlers={
            GatewayError: _answer_error,
            ConnectorError: _answer_error,
            HTTPException: _answer_error,
            Exception: _answer_error,
        },
        max_body_size=MAX_BODY,
    )
    app.state.operations = OPERATIONS
    return app


async def _answer_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status >= 500:
        _log.error("request_failed", code=problem.code, exc_info=error)
    if wants_page(request):
        return await _error_page(request, error)
    return problem_response(
        error, request_id=request_id(request), extra=_facts(request, error, problem.code)
    )


def _facts(request: Request, error: Exception, code: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    connector = getattr(error, "connector", None)
    if connector is not None:
        facts["connector"] = connector
    if code in {"connector_required", "reauthorization_required"}:
        public_url = services(request).settings.public_url
        facts["connect_url"] = connect_url(public_url, str(connector))
    if problems := getattr(error, "errors", None):
        facts["errors"] = problems
    return facts


async def _error_page(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn):
        return RedirectResponse("/login", 303)
    problem = problem_of(error)
    on_callback = request.url.path.endswith("/callback")
    # The callback's page has no sign-out form: its referrer policy would make the form fail.
    session = None if on_callback else await _session_or_none(request)
    page = render(
        request,
        "error.html",
        title=problem.title,
        session=session,
        status=problem.status,
        text=detail_of(error, problem),
        request_id=request_id(request),
        action={"label": "To your connectors", "href": DASHBOARD},
    )
    if on_callback:
        page.headers["Referrer-Policy"] = "no-referrer"
    return page


async def _session_or_none(request: Request) -> Any:
    try:
        return await find_session(request)
    except GatewayError:
        return None  # the error page must come even while the database is away
