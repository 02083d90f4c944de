"""The administrator's page: the organisation's accounts, and what it allows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.errors import InvalidRequest
from gateway.store.connector_rules import ConnectorRule
from gateway.web.activity import use_views
from gateway.web.browsers import check_host, check_origin
from gateway.web.callers import find_session, named_connector, require_session
from gateway.web.inputs import read_form
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import card_view, orphan_view, render
from gateway.web.return_to import ORGANISATION
from gateway.web.state import services

_RULES = {
    "any": ConnectorRule(),
    "org": ConnectorRule(personal=False),
    "off": ConnectorRule(enabled=False),
}


async def organisation(request: Request) -> Response:
    """Show each connector with the organisation's accounts and its rule."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    session.require_admin()
    given = services(request)
    rules = await given.rules.all_of(session.tenant)
    linked = await given.connections.list_for(session.tenant, None)
    used = await given.audit.users_of(session.tenant, [connection.id for connection in linked])
    offered = {config.name: config for config in await given.apps.offered(session.tenant)}
    rows = []
    for name in sorted(offered.keys() | {connection.connector for connection in linked}):
        mine = [connection for connection in linked if connection.connector == name]
        if name in offered:
            card = await card_view(given, offered[name], mine)
        else:
            card = await orphan_view(given, name, mine)
        rows.append({"card": card, "rule": _kind(rules.get(name, ConnectorRule()))})
    now = given.clock()
    page = render(
        request,
        "organisation.html",
        title="Organisation",
        session=session,
        notice=notice_for(request, session),
        rows=rows,
        uses={connection: use_views(uses, now) for connection, uses in used.items()},
    )
    return forget_outcome(request, page)


def _kind(rule: ConnectorRule) -> str:
    return "off" if not rule.enabled else "any" if rule.personal else "org"


async def set_rule(request: Request) -> Response:
    """Set the rule for one connector."""
    check_origin(request)
    session = await require_session(request)
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    session.require_admin()
    config = named_connector(request, session.tenant)
    rule = _RULES.get(form.get("rule", ""))
    if rule is None:
        raise InvalidRequest("choose one of the rules")
    await services(request).rules.set(session.tenant, config.name, rule)
    return redirect_with(request, session, ORGANISATION, "rule_changed", config.name)


ROUTES = [
    Route(ORGANISATION, organisation),
    Route(ORGANISATION + "/{name}", set_rule, methods=["POST"]),
]
