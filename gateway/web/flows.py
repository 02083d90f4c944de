"""Connecting: the page behind every ``connect_url``, the start, and the callback."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.added import NAME, keys_of
from connectors.config import Connector, ConnectorConfig
from connectors.errors import AccountUnfit
from gateway.access.sessions import SessionCaller
from gateway.engine.callback import AuthorizationResponse
from gateway.engine.scopes import missing_scopes, named_scopes, scopes_to_ask
from gateway.errors import (
    AppRefused,
    CallbackInvalid,
    ConnectionNotFound,
    FlowFinished,
    GatewayError,
    InvalidRequest,
)
from gateway.observe.logs import get_logger
from gateway.outbound.client import host_of
from gateway.services.connect import StartedFlow, flow_cookie_name
from gateway.services.own_names import own_name
from gateway.settings.limits import LimitName
from gateway.store.connection import Connection, Method
from gateway.store.flows import FLOW_LIFETIME, FlowEnd, flow_id
from gateway.store.owners import ORG, kind_of, user_of
from gateway.web.asked_tool import asked_tool
from gateway.web.available import input_reply
from gateway.web.browsers import check_host, check_origin, is_prefetch
from gateway.web.callers import find_session, require_session
from gateway.web.cookies import drop_cookie, read_cookie, set_cookie
from gateway.web.inputs import (
    MAX_SCOPES,
    Connecting,
    ScopeNames,
    Strict,
    is_json,
    read_form,
    read_json,
)
from gateway.web.key_form import key_page
from gateway.web.operation import Operation
from gateway.web.outcomes import ALREADY, FAULT, hinted, outcome_of
from gateway.web.pages import added_views, card_view, render
from gateway.web.return_to import (
    MAX_RETURN_TO,
    RETURN_TO,
    asked_page,
    flow_page,
    home_of,
    is_application,
    own_page,
    page_after,
    with_query,
)
from gateway.web.scope_words import sentences
from gateway.web.state import request_id, services
from gateway.web.waiting import page_without_account, redirect_to_end, waiting_path

_log = get_logger()

MAX_INPUTS = 20
MAX_TOOL = 80
MARK = "for"
"""The parameter with the mark of a link that was made for one person."""
_KEPT = {"owner", "tool", "reconnect", "display", "scopes", "method", RETURN_TO, MARK}
"""Parameters of a connect link that outlast a sign-in."""


class StartRequest(Strict):
    """The connector's inputs, the page to return to, and the connection to renew.

    ``owner`` is ``org`` for a connection of the organisation, which an administrator makes.
    ``scopes`` names sets or scopes of the connector that are asked for in addition. ``return_to``
    is a page of the gateway, or of an origin in ``GATEWAY_RETURN_ORIGINS``; others are ignored.
    """

    connection_config: Annotated[dict[str, str], Field(max_length=MAX_INPUTS, default_factory=dict)]
    return_to: Annotated[str, Field(max_length=MAX_RETURN_TO)] | None = None
    reconnect: Annotated[str, Field(max_length=64)] | None = None
    tool: Annotated[str, Field(max_length=MAX_TOOL)] | None = None
    scopes: ScopeNames = ()
    owner: Connecting = "user"


class StartReply(BaseModel):
    """The provider's URL for the browser that sent this request: a cookie binds the flow to it."""

    authorization_url: str


async def connect_page(request: Request) -> Response:
    """Show the account and the connector, and ask for its inputs. This starts nothing."""
    check_host(request)
    given = services(request)
    session = await find_session(request)
    if session is None:
        name = request.path_params["name"]
        # Whether a tenant has an integration of that name is nothing for strangers.
        if not NAME.fullmatch(name):
            name = given.catalog.described(name).name
        here = f"/connectors/{name}"
        target, origins = here, given.settings.return_origins
        for each in (m for m in request.query_params.items() if m[0] in _KEPT):
            longer = with_query(target, dict([each]))
            # The name of a tool may have characters that are forbidden here.
            target = longer if own_page(longer, origins) == longer else target
        return RedirectResponse(f"/login?{urlencode({'next': target})}", 303)
    config, _ = await given.apps.choose(session.tenant, request.path_params["name"])
    if (mark := request.query_params.get(MARK)) is not None:
        given.link_marks.check(
            mark, tenant=session.tenant, user=session.user, connector=config.name
        )
    reconnect, old = request.query_params.get("reconnect"), None
    if reconnect:
        old = await _reconnected(request, session, config, reconnect)
    asks_key = request.query_params.get("method") == "key" if old is None else _is_key(old)
    if not isinstance(config, ConnectorConfig) or (asks_key and keys_of(config)):
        return await key_page(request, session, config, old=old)
    return await _connect_page(request, session, config)


def _is_key(connection: Connection) -> bool:
    return connection.method is not Method.OAUTH2


async def start(request: Request) -> Response:
    """Start a flow for the signed-in person: a page with a link, or the URL as JSON."""
    check_origin(request)
    session = await require_session(request)
    name = request.path_params["name"]
    if is_json(request):
        session.check_csrf(request.headers.get("x-csrf-token"))
        wanted = await read_json(request, StartRequest)
        config, app = await _chosen(request, session, name)
        started = await _start(request, session, config, app, wanted)
        answer: Response = JSONResponse({"authorization_url": started.authorization_url})
        return _with_flow_cookie(request, answer, started)
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    typed = {
        name.removeprefix("config."): value
        for name, value in form.items()
        if name.startswith("config.")
    }
    if len(typed) > MAX_INPUTS:
        raise InvalidRequest("there are too many values")
    wanted = StartRequest(
        connection_config=typed,
        return_to=asked_page(form.get(RETURN_TO), services(request).settings.return_origins),
        reconnect=form.get("reconnect", "")[:64] or None,
        tool=form.get("tool", "")[:MAX_TOOL] or None,
        scopes=_scope_names(form.get("scopes", "")),
        owner=ORG if form.get("owner") == ORG else "user",
    )
    config, app = await _chosen(request, session, name)
    try:
        started = await _start(request, session, config, app, wanted)
    except InvalidRequest as error:
        return await _connect_page(request, session, config, wanted, error)
    # A page with a link, not a redirect: Chromium applies form-action to the redirect after a
    # form post, and 'self' would block it (security A6).
    page = render(
        request,
        "leaving.html",
        title=f"To {config.display_name}",
        session=session,
        display_name=config.display_name,
        url=started.authorization_url,
        host=host_of(started.authorization_url),
    )
    return _with_flow_cookie(request, page, started)


async def _chosen(
    request: Request, session: SessionCaller, name: str
) -> tuple[ConnectorConfig, str | None]:
    given = services(request)
    await given.remote_clients.prepare(
        session.tenant, own_name(given.catalog, session.tenant, name)
    )
    config, app = await given.apps.choose(session.tenant, name)
    if not isinstance(config, ConnectorConfig):
        raise InvalidRequest(f"{config.name} has no flow: paste its key on the connect page")
    return config, app


async def callback(request: Request) -> Response:
    """Finish a flow: the provider has sent the browser back."""
    if is_prefetch(request):
        return Response(status_code=204, headers=_CALLBACK_HEADERS)
    name = request.path_params["name"]
    check_host(request)
    session = await find_session(request)
    try:
        response = services(request).connect.read_callback(name, request.scope["query_string"])
    except CallbackInvalid as error:
        error.connector = name  # its page has the way to start
        raise
    end = await services(request).flow_ends.run(
        response.state,
        partial(_finish, request, session, name, response),
        lambda flow: FlowEnd(
            page=page_without_account(request, flow.return_to),
            outcome=FAULT,
            reference=request_id(request),
        ),
    )
    if end is None:
        answer = RedirectResponse(waiting_path(name, flow_id(response.state)), 303)
    else:
        answer = redirect_to_end(request, session, name, end)
        if end.outcome != ALREADY:  # the work of an earlier callback may go on: its page needs it
            drop_cookie(request, answer, flow_cookie_name(response.state))
    answer.headers.update(_CALLBACK_HEADERS)
    return answer


async def _finish(
    request: Request,
    session: SessionCaller | None,
    name: str,
    response: AuthorizationResponse,
    on_asking: Callable[[], None],
) -> FlowEnd:
    """Finish the flow of a callback, and store how it ended for a browser that waits."""
    given = services(request)
    try:
        finished = await given.connect.finish(
            name,
            response,
            tenant=session.tenant if session else None,
            user=session.user if session else None,
            admin=session is not None and session.admin,
            cookie=read_cookie(request, flow_cookie_name(response.state)),
            on_asking=on_asking,
        )
    except (GatewayError, AccountUnfit) as error:
        if isinstance(error, AppRefused) and session is not None:
            await given.remote_clients.forget_refused(session.tenant, name)
        outcome = outcome_of(error)
        if outcome is None or session is None:
            raise
        # The person gets a few plain words; the reason is for operators (H6).
        _log.warning("flow_failed", connector=name, error=type(error).__name__, reason=str(error))
        wanted = await given.connect.return_to(
            response.state, tenant=session.tenant, user=session.user
        )
        end = FlowEnd(
            page=page_without_account(request, wanted),
            outcome=outcome,
            reference=request_id(request),
        )
        if isinstance(error, FlowFinished):
            return end  # of this callback: the flow's own end is that of an earlier one
    else:
        outcome = "reconnected" if finished.again else "connected"
        if finished.other_account:
            outcome = "reconnected_other"
        end = FlowEnd(page=finished.return_to, outcome=outcome, account=finished.connection.id)
    await given.flow_ends.store(response.state, end)
    return end


_CALLBACK_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def _start(
    request: Request,
    session: SessionCaller,
    config: ConnectorConfig,
    app: str | None,
    wanted: StartRequest,
) -> StartedFlow:
    old = None
    if wanted.reconnect is not None:
        old = await _reconnected(request, session, config, wanted.reconnect)
    owner = session.owner_for(wanted.owner, old)
    asked = _asked_scopes(config, wanted.scopes, old)
    limits = services(request).limits
    await limits.spend(LimitName.SESSION_STARTS, session.session_id)
    await limits.spend(LimitName.USER_STARTS, f"{session.tenant}\0{session.user}")
    return await services(request).connect.start(
        config,
        tenant=session.tenant,
        user=session.user,
        owner=owner,
        typed=wanted.connection_config,
        return_to=flow_page(wanted.return_to, services(request).settings.return_origins),
        reconnect=wanted.reconnect,
        tool=wanted.tool,
        scopes=asked,
        app=app,
    )


def _scope_names(text: str) -> tuple[str, ...]:
    """Read the names of a link or a form; raise ``InvalidRequest`` if there are too many."""
    names = tuple(re.findall(r"[^\s,]+", text))
    if len(names) > MAX_SCOPES:
        raise InvalidRequest("there are too many scopes", {"scopes": "are too many"})
    return names


def _asked_scopes(
    config: ConnectorConfig, names: tuple[str, ...], old: Connection | None
) -> tuple[str, ...]:
    return scopes_to_ask(config, named_scopes(config, names), old.granted_scopes if old else ())


async def _reconnected(
    request: Request, session: SessionCaller, config: Connector, connection_id: str
) -> Connection:
    connection = await services(request).connections.to_reconnect(session.bounds, connection_id)
    if connection.connector != config.name:
        raise ConnectionNotFound
    return connection


async def _connect_page(
    request: Request,
    session: SessionCaller,
    config: ConnectorConfig,
    wanted: StartRequest | None = None,
    error: InvalidRequest | None = None,
) -> Response:
    given = services(request)
    reconnect_id = wanted.reconnect if wanted else request.query_params.get("reconnect")
    old = await _reconnected(request, session, config, reconnect_id) if reconnect_id else None
    asked_owner = wanted.owner if wanted else request.query_params.get("owner", "")
    owner = session.owner_for(asked_owner, old)
    await given.rules.check(session.tenant, config.name, owner)
    home = home_of(config.name, of_org=owner == ORG, admin=session.admin)
    origins = given.settings.return_origins
    return_to = page_after(request.query_params, home, origins)
    if wanted:
        return_to = flow_page(wanted.return_to, origins)
    outside = return_to if is_application(return_to, origins) else None
    linked = await given.connections.list_for(session.tenant, user_of(owner))
    typed = wanted.connection_config if wanted else old.connection_config if old else {}
    errors = error.errors if error else {}
    fields = [
        {
            **input_reply(wanted_input).model_dump(),
            "name": name,
            "value": "" if wanted_input.secret else typed.get(name, wanted_input.default or ""),
            "error": errors.get(name),
        }
        for name, wanted_input in config.connection_config.items()
    ]
    names = wanted.scopes if wanted else _scope_names(request.query_params.get("scopes", ""))
    tool = (wanted.tool if wanted else request.query_params.get("tool", "")[:MAX_TOOL]) or None
    known_tool = await asked_tool(given, session, config, tool)
    if known_tool is not None:
        names = tuple(dict.fromkeys([*names, *known_tool.scopes]))
    asked = _asked_scopes(config, names, old)
    held = (*config.scopes, *(old.granted_scopes if old else ()))
    card = await card_view(given, config, [c for c in linked if c.connector == config.name])
    return render(
        request,
        "connect.html",
        title=f"Connect {config.display_name}",
        session=session,
        status=422 if error else 200,
        card=card,
        user=session.user,
        owner=kind_of(owner),
        tool=tool,
        known_tool=known_tool,
        fields=fields,
        scopes=asked,
        sentences=sentences(config, asked),
        added=added_views(config, [s for s in asked if missing_scopes(config, [s], held)]),
        asked_names=" ".join(names),
        accounts=card.accounts,
        form_action=f"/v1/connectors/{config.name}/start",
        key_path=_key_path(config, owner, tool, outside) if config.key and not old else None,
        return_to=return_to,
        reconnect={"id": old.id, "label": old.account_label} if old else None,
        error=None if error is None or errors else str(error),
        cancel_path=hinted(outside, "declined", config.name) if outside else return_to,
    )


def _key_path(config: Connector, owner: str, tool: str | None, outside: str | None) -> str:
    given = {"method": "key", "owner": ORG if owner == ORG else None, "tool": tool}
    given |= {RETURN_TO: outside}
    return f"/connectors/{config.name}?{urlencode({k: v for k, v in given.items() if v})}"


def _with_flow_cookie(request: Request, answer: Response, started: StartedFlow) -> Response:
    set_cookie(request, answer, started.cookie_name, started.cookie_value, FLOW_LIFETIME)
    return answer


OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/connectors/{name}/start",
        handler=start,
        who="session",
        summary="Begin to connect an account, in the signed-in browser",
        request=StartRequest,
        reply=StartReply,
        errors=(
            "unauthorized",
            "forbidden",
            "invalid_request",
            "connector_unknown",
            "connector_off",
            "personal_forbidden",
            "connection_not_found",
            "store_unavailable",
        ),
    )
]

ROUTES = [
    Route("/connectors/{name}", connect_page),
    Route("/v1/connectors/{name}/callback", callback),
]
