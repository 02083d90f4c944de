"""The web application: routes, middleware, and one way to answer errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from connectors.errors import ConnectorError
from gateway.errors import (
    FlowError,
    GatewayError,
    LoginError,
    NotSignedIn,
    ProxyError,
    RateLimited,
    StoreUnavailable,
    ToolError,
    WrongHost,
)
from gateway.observe.logs import get_logger
from gateway.server.fast_path import Answer
from gateway.settings.environment import Settings
from gateway.web import (
    account_page,
    activity,
    agents,
    app_pages,
    approval_pages,
    approvals,
    audit,
    available,
    budgets,
    client_documents,
    connections,
    connector_rules,
    dashboard,
    developer_page,
    discovery,
    docs,
    events,
    flows,
    handoff_api,
    health,
    integration_add_pages,
    integration_method_pages,
    integration_pages,
    integration_refresh_pages,
    integration_tool_pages,
    integrations,
    key_form,
    limit_pages,
    login,
    mcp,
    mcp_mount,
    metrics,
    oauth,
    oauth_apps,
    organisation,
    policies,
    policy_pages,
    proxy,
    service_keys,
    skills,
    tokens,
    tools,
    usage,
    usage_pages,
    waiting,
    webhooks,
)
from gateway.web.browsers import wants_page
from gateway.web.cached_tokens import CachedTokens, recall
from gateway.web.callers import find_session, note_refusal
from gateway.web.facts import facts_of
from gateway.web.inputs import BODY_SECONDS, MAX_BODY
from gateway.web.integration_request import MAX_BODY as PASTED_BODY
from gateway.web.middleware import BodyLimit, Envelope, headers_of
from gateway.web.openapi import openapi
from gateway.web.pages import HERE, render
from gateway.web.problems import detail_of, problem_of, problem_response
from gateway.web.proxy import PREFIX
from gateway.web.return_to import DASHBOARD, INTEGRATIONS, own_page
from gateway.web.state import State, request_id, services
from gateway.wiring.process import Services

_log = get_logger()


class _Marks(StaticFiles):
    """The brand marks. They hardly ever change: a browser asks once a day, not on each page."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer


OPERATIONS = [
    *health.OPERATIONS,
    *available.OPERATIONS,
    *flows.OPERATIONS,
    *key_form.OPERATIONS,
    *connections.OPERATIONS,
    *tokens.OPERATIONS,
    *service_keys.OPERATIONS,
    *webhooks.OPERATIONS,
    *oauth_apps.OPERATIONS,
    *handoff_api.OPERATIONS,
    *audit.OPERATIONS,
    *proxy.OPERATIONS,
    *tools.OPERATIONS,
    *connector_rules.OPERATIONS,
    *usage.OPERATIONS,
    *budgets.OPERATIONS,
    *policies.OPERATIONS,
    *approvals.OPERATIONS,
    *events.OPERATIONS,
    *skills.OPERATIONS,
    *docs.OPERATIONS,
    *discovery.OPERATIONS,
    *integrations.OPERATIONS,
]

_LARGER = {integrations.PREFIX: integrations.MAX_BODY, INTEGRATIONS: PASTED_BODY}

ROUTES = [
    # Routes are tried in turn: token reads and calls, which are most requests, come first.
    *(
        operation.route()
        for operation in sorted(
            OPERATIONS, key=lambda op: op not in [*tokens.OPERATIONS, *proxy.OPERATIONS]
        )
    ),
    Route("/openapi.json", openapi),
    Route("/llms.txt", skills.llms_txt),
    Route("/llms-full.txt", docs.llms_full_txt),
    *mcp.ROUTES,
    *mcp_mount.ROUTES,
    *metrics.ROUTES,
    *flows.ROUTES,
    *waiting.ROUTES,
    *dashboard.ROUTES,
    *activity.ROUTES,
    *account_page.ROUTES,
    *developer_page.ROUTES,
    *usage_pages.ROUTES,
    *limit_pages.ROUTES,
    *approval_pages.ROUTES,
    *policy_pages.ROUTES,
    *integration_add_pages.ROUTES,
    *integration_pages.ROUTES,
    *integration_method_pages.ROUTES,
    *integration_refresh_pages.ROUTES,
    *integration_tool_pages.ROUTES,
    *agents.ROUTES,
    *oauth.ROUTES,
    *client_documents.ROUTES,
    *organisation.ROUTES,
    *app_pages.ROUTES,
    *login.ROUTES,
    Mount("/static/marks", _Marks(directory=HERE / "static" / "marks")),
    Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
]


def create_app(
    settings: Settings, open_services: Callable[[], AbstractAsyncContextManager[Services]]
) -> Starlette:
    """Return the gateway as an ASGI application, which opens the services when it starts."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with open_services() as opened, mcp_mount.opened_mcp(opened) as protocol:
            yield {"services": opened, "mcp": protocol}

    app = _Gateway(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={
            GatewayError: _answer_error,
            ConnectorError: _answer_error,
            HTTPException: _answer_error,
            Exception: _answer_error,
        },
    )
    app.secure = settings.secure
    # A redirect would use the Host header and repeat a callback's query (A13, A17).
    app.router.redirect_slashes = False
    app.state.operations = OPERATIONS
    return app


class _Gateway(Starlette):
    """Starlette with our middleware outside its own.

    Starlette answers unexpected errors outside all middleware that it is given: those answers would
    have no request id and no security headers.
    """

    secure = False
    _envelope: Envelope | None = None

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap the stack that Starlette builds."""
        inside = CachedTokens(super().build_middleware_stack())
        limited = BodyLimit(
            inside, most=MAX_BODY, seconds=BODY_SECONDS, beside=PREFIX, larger=_LARGER
        )
        self._envelope = Envelope(limited, secure=self.secure)
        return self._envelope

    def respond_sync(self, scope: Scope, body: bytes) -> Answer | None:
        """Answer on the fast path (``gateway.server.fast_path``), or return ``None``."""
        if self._envelope is None or self._envelope.is_traced:
            return None
        headers = headers_of(scope)
        hand_out = recall(scope, headers, body)
        return None if hand_out is None else self._envelope.answer(scope, headers, hand_out)


async def _answer_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        error = HTTPException(405, headers={"Allow": _allowed(request)})
    if isinstance(error, ProxyError | ToolError):
        _log.info("call_failed", code=problem.code)
    elif problem.status >= 500:
        _log.error("request_failed", code=problem.code, exc_info=error)
    note_refusal(request, error, problem.code)
    on_callback = request.scope["path"].endswith(("/callback", "/continue"))
    on_proxy = request.scope["path"].startswith(PREFIX)
    on_mcp = request.scope["path"] == mcp.PATH
    if wants_page(request) and not on_proxy and not on_mcp:
        answer = await _error_page(request, error, on_callback)
    else:
        facts = facts_of(error, problem.code, services(request).settings.public_url)
        answer = problem_response(error, request_id=request_id(request), extra=facts)
    if on_proxy:
        answer.headers["Gateway-Error"] = problem.code
    if on_callback:
        answer.headers["Referrer-Policy"] = "no-referrer"  # its address holds a code (A17)
    return answer


def _allowed(request: Request) -> str:
    """List every method of the path: each has its own route, and the router names only one."""
    path = request.scope["path"]
    return ", ".join(
        sorted(
            {
                method
                for route in ROUTES
                if isinstance(route, Route) and route.path_regex.match(path)
                for method in route.methods or ()
            }
        )
    )


_ELSEWHERE = "Perhaps the link is old or mistyped. Your connectors page has all that are here."
"""For people; the problem of the API names an address that programs read."""


async def _error_page(request: Request, error: Exception, on_callback: bool) -> Response:
    if isinstance(error, NotSignedIn):
        return RedirectResponse("/login", 303)
    problem = problem_of(error)
    # An unavailable database is not asked again: that would take seconds.
    is_down = isinstance(error, StoreUnavailable)
    session = None if is_down else await _session_or_none(request)
    page = render(
        request,
        "error.html",
        title=problem.title,
        session=session,
        status=problem.status,
        posts=not on_callback,  # its referrer policy would break them
        text=_ELSEWHERE if problem.code == "connector_unknown" else detail_of(error, problem),
        request_id=request_id(request),
        **_next_step(request, error),
    )
    if isinstance(error, HTTPException):
        page.headers.update(error.headers or {})  # a 405 must have Allow
    if isinstance(error, RateLimited):
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def _next_step(request: Request, error: Exception) -> dict[str, Any]:
    """Return the connector that an error page names, and its button."""
    action, connector = {"label": "To your connectors", "href": DASHBOARD}, None
    if isinstance(error, LoginError):
        action = {"label": "Sign in", "href": "/login"}
    elif isinstance(error, WrongHost):
        settings = services(request).settings
        public_url = settings.public_url
        asked = request.url.path + (f"?{q}" if (q := request.url.query) else "")
        page = own_page(asked, settings.return_origins)
        action = {"label": f"Open it at {public_url}", "href": public_url + page}
    elif isinstance(error, FlowError) and error.connector in services(request).catalog.names():
        connector = services(request).catalog.display_name(error.connector)
        action = {"label": f"Connect {connector}", "href": f"/connectors/{error.connector}"}
    return {"action": action, "connector": connector}


async def _session_or_none(request: Request) -> Any:
    try:
        return await find_session(request)
    except GatewayError:
        return None  # show the page even without the database
