"""Pasted credentials: ``POST /v1/connectors/{name}/connect``, and the form for people."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.added import TEMPLATE, keys_of
from connectors.config import Connector, ConnectorConfig
from connectors.errors import AccountUnfit
from gateway.access.assertions import HEADER
from gateway.access.service_keys import Role
from gateway.access.sessions import SessionCaller
from gateway.engine.pasted import holds_secret
from gateway.errors import (
    AccountMismatch,
    ConnectionNotFound,
    InvalidRequest,
    KeyNotChecked,
    KeyRefused,
    ProviderError,
)
from gateway.outbound.client import host_of
from gateway.services.methods import is_checkable
from gateway.settings.limits import LimitName
from gateway.store.connection import NOT_CHECKED, Connection, Method
from gateway.store.owners import ORG, kind_of
from gateway.web.asked_tool import asked_tool
from gateway.web.available import input_reply
from gateway.web.browsers import check_origin
from gateway.web.callers import bounds_of, require_key, require_session
from gateway.web.inputs import Connecting, Strict, is_json, read_form, read_json
from gateway.web.operation import Operation
from gateway.web.outcomes import hinted, redirect_with
from gateway.web.pages import card_view, render
from gateway.web.problems import detail_of, problem_of
from gateway.web.replies import ConnectionReply, connection_reply, reply
from gateway.web.return_to import (
    RETURN_TO,
    flow_page,
    home_of,
    is_application,
    page_after,
    with_query,
)
from gateway.web.state import services

MAX_INPUTS = 20
MAX_TOOL = 80
_FIELD = "input."
_SHOWN = (InvalidRequest, KeyRefused, KeyNotChecked, AccountMismatch, AccountUnfit, ProviderError)
"""The failures that the form shows."""


class PastedRequest(Strict):
    """The pasted values by their inputs' names, and the person's name for this key.

    ``reconnect`` is the id of the connection whose key is replaced. ``owner`` is ``org`` for a key
    of the organisation, which an administrator or a service key stores.
    """

    inputs: Annotated[dict[str, str], Field(max_length=MAX_INPUTS, repr=False)]
    label: Annotated[str, Field(max_length=200)] = ""
    reconnect: Annotated[str, Field(max_length=64)] | None = None
    owner: Connecting = "user"


async def connect_key(request: Request) -> Response:
    """Check pasted credentials at the provider and store them, or replace stored ones."""
    if "authorization" in request.headers:
        return await _connect_for_org(request)
    check_origin(request)
    session = await require_session(request)
    name, apps = request.path_params["name"], services(request).apps
    if is_json(request):
        session.check_csrf(request.headers.get("x-csrf-token"))
        wanted = await read_json(request, PastedRequest)
        config, _ = await apps.choose(session.tenant, name)
        connection = await _connect(request, session, config, wanted)
        state = await services(request).states.of(connection)
        return reply(connection_reply(connection, state))
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    given = {n.removeprefix(_FIELD): v for n, v in form.items() if n.startswith(_FIELD)}
    if len(given) > MAX_INPUTS:
        raise InvalidRequest("there are too many values")
    wanted = PastedRequest(
        inputs=given,
        label=form.get("label", "")[:200],
        reconnect=form.get("reconnect", "")[:64] or None,
        owner=ORG if form.get("owner") == ORG else "user",
    )
    config, _ = await apps.choose(session.tenant, name)
    origins = services(request).settings.return_origins
    return_to = flow_page(form.get(RETURN_TO), origins)
    tool = form.get("tool", "")[:MAX_TOOL]
    try:
        connection = await _connect(request, session, config, wanted)
    except _SHOWN as error:
        return await key_page(
            request, session, config, wanted=wanted, error=error, return_to=return_to, tool=tool
        )
    outcome = "reconnected" if connection.generation > 1 else "key_stored"
    if wanted.reconnect:
        outcome = "key_replaced"
    if connection.status_reason == NOT_CHECKED:
        is_mute = connection.method is Method.API_KEY and not is_checkable(config, Method.API_KEY)
        outcome = "key_unproven" if is_mute else "key_unchecked"
    if is_application(return_to, origins):
        url = hinted(return_to, outcome, config.name, connection.id)
        # A page, not a redirect, for the reason that _leading_on.html has.
        page = render(
            request,
            "returning.html",
            title="Taking you back",
            session=session,
            posts=False,  # its referrer policy would break them
            url=url,
            host=host_of(url),
        )
        page.headers["Referrer-Policy"] = "no-referrer"
        return page
    return redirect_with(request, session, return_to, outcome, config.name, account=connection.id)


async def _connect(
    request: Request, session: SessionCaller, config: Connector, wanted: PastedRequest
) -> Connection:
    given, old = services(request), None
    if wanted.reconnect is not None:
        old = await given.connections.to_reconnect(session.bounds, wanted.reconnect)
    owner = session.owner_for(wanted.owner, old)
    await given.limits.spend(LimitName.SESSION_STARTS, session.session_id)
    await given.limits.spend(LimitName.USER_STARTS, f"{session.tenant}\0{session.user}")
    return await given.pasted.connect(
        config,
        tenant=session.tenant,
        owner=owner,
        given=wanted.inputs,
        label=wanted.label,
        replaces=wanted.reconnect,
    )


async def _connect_for_org(request: Request) -> Response:
    """Store a key of the organisation for a tool server."""
    caller = await require_key(request, Role.CONNECTIONS)
    given, bounds = services(request), bounds_of(request, caller)
    config, _ = await given.apps.choose(caller.tenant, request.path_params["name"])
    bounds.require_connector(config.name)
    bounds.require_org()
    wanted = await read_json(request, PastedRequest)
    if wanted.owner != ORG:
        problem = 'must be "org": a service key connects for the organisation only'
        raise InvalidRequest(f"owner {problem}", {"owner": problem})
    await given.limits.spend(LimitName.USER_STARTS, f"{caller.tenant}\0\0{caller.key_id}")
    connection = await given.pasted.connect(
        config,
        tenant=caller.tenant,
        owner=ORG,
        given=wanted.inputs,
        label=wanted.label,
        replaces=wanted.reconnect,
    )
    return reply(connection_reply(connection, await given.states.of(connection)))


async def key_page(
    request: Request,
    session: SessionCaller,
    config: Connector,
    *,
    old: Connection | None = None,
    wanted: PastedRequest | None = None,
    error: Exception | None = None,
    return_to: str | None = None,
    tool: str = "",
) -> Response:
    """Show the form. A secret is never filled in again, not even after an error."""
    given = services(request)
    keys = keys_of(config)
    if not keys:
        raise ConnectionNotFound
    if old is None and wanted is not None and wanted.reconnect is not None:
        old = await given.connections.to_reconnect(session.bounds, wanted.reconnect)
    owner = session.owner_for(
        wanted.owner if wanted else request.query_params.get("owner", ""), old
    )
    await given.rules.check(session.tenant, config.name, owner)
    home = home_of(config.name, of_org=owner == ORG, admin=session.admin)
    origins = given.settings.return_origins
    return_to = return_to or page_after(request.query_params, home, origins)
    outside = {RETURN_TO: return_to} if is_application(return_to, origins) else {}
    typed = wanted.inputs if wanted else old.connection_config if old else {}
    errors = getattr(error, "errors", {})
    asked = typed.get(TEMPLATE) or request.query_params.get(TEMPLATE, "")
    template = asked if asked in keys else next(iter(keys))
    inputs = keys[template].inputs
    secrets = [typed.get(name, "") for name, field in inputs.items() if field.secret]

    def shown(text: str) -> str:
        return "" if holds_secret(text, secrets) else text

    tool = tool or request.query_params.get("tool", "")[:MAX_TOOL]
    is_oauth = isinstance(config, ConnectorConfig)
    problem = None if error is None else problem_of(error)
    fields = [
        {
            **input_reply(field).model_dump(),
            # The example of a secret would be taken for the person's own.
            "example": "" if field.secret else field.example,
            "name": name,
            "value": "" if field.secret else shown(typed.get(name, field.default or "")),
            "error": errors.get(name),
        }
        for name, field in inputs.items()
    ]
    here = dict(request.query_params) | outside
    card = await card_view(given, config, [])
    return render(
        request,
        "key.html",
        title=f"Connect {config.display_name}",
        session=session,
        status=200 if problem is None else problem.status,
        card=card,
        user=session.user,
        owner=kind_of(owner),
        tool=tool or None,
        known_tool=await asked_tool(given, session, config, tool),
        fields=fields,
        key_template=template,
        templates=[
            {
                "title": slug.replace("-", " ").replace("_", " "),
                "path": f"/connectors/{config.name}?{urlencode(here | {TEMPLATE: slug})}",
                "is_chosen": slug == template,
            }
            for slug in keys
        ]
        if len(keys) > 1
        else [],
        label=shown(wanted.label) if wanted else "",
        label_error=errors.get("label"),
        form_action=f"/v1/connectors/{config.name}/connect",
        console_url=config.console_url,
        oauth_path=with_query(card.connect_path, outside) if is_oauth else None,
        return_to=return_to,
        reconnect={"id": old.id, "label": old.account_label} if old else None,
        error=None if error is None or errors else _notice(error, config),
        cancel_path=hinted(return_to, "declined", config.name) if outside else return_to,
    )


def _notice(error: Exception, config: Connector) -> dict[str, str]:
    if isinstance(error, ProviderError):  # the key is right, and its account cannot be read
        title = f"{config.display_name} does not say which account this key is of"
        return {"title": title, "text": "Nothing has changed. Try again in a minute."}
    problem = problem_of(error)
    title = problem.title.replace("The provider", config.display_name)
    return {"title": title, "text": detail_of(error, problem)}


OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/connectors/{name}/connect",
        handler=connect_key,
        who="session or key",
        role="connections",
        headers=(HEADER,),
        summary="Store a pasted key, after its provider has checked it",
        request=PastedRequest,
        reply=ConnectionReply,
        errors=(
            "unauthorized",
            "forbidden",
            "assertion_required",
            "assertion_invalid",
            "invalid_request",
            "key_malformed",
            "key_refused",
            "key_not_checked",
            "account_mismatch",
            "account_unfit",
            "provider_unavailable",
            "connector_unknown",
            "connector_off",
            "personal_forbidden",
            "connection_not_found",
            "store_unavailable",
        ),
    )
]
