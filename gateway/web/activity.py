"""The activity page: the audit of the signed-in person's own accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.audit.trail import OK
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest
from gateway.services.whole_catalog import read_all
from gateway.store.audit import Action, Actor, ActorKind, Line, Use, Wanted, cursor
from gateway.store.connection import Connection
from gateway.web.browsers import check_host
from gateway.web.callers import find_session
from gateway.web.days import LENT, Entry, because, days_of, key_name
from gateway.web.inputs import read_query
from gateway.web.pages import ago, badge, render
from gateway.web.state import services
from gateway.wiring.process import Services

ACTIVITY = "/dashboard/activity"
PAGE = 100
"""Lines of one page, before similar ones are merged."""

TITLES = {
    Action.TOKEN_ISSUED: "Access given to a tool",
    Action.TOKEN_REFUSED: "A tool got no access",
    Action.TOOL_CALLED: "A tool was called",
    Action.APPROVAL_ASKED: "A call waits for your approval",
    Action.APPROVAL_DECIDED: "You decided about a call",
    Action.APPROVAL_USED: "An approved call ran",
    Action.APPROVAL_REFUSED: "A call without an approval was refused",
    Action.HOOK_DONE: "Account set up",
    Action.HOOK_FAILED: "Account could not be set up",
    Action.AGENT_ALLOWED: "Agent let in",
    Action.AGENT_DENIED: "Agent not let in",
    Action.AGENT_TOKENS_ISSUED: "Agent signed in",
    Action.AGENT_ENDED: "Access of an agent ended",
    Action.CONNECTION_CREATED: "Account connected",
    Action.CONNECTION_RECONNECTED: "Account connected again",
    Action.CONNECTION_REFUSED: "Connecting did not work",
    Action.CONNECTION_DISCONNECTED: "Account disconnected",
    Action.CONNECTION_NEEDS_REAUTH: "The provider ended the connection",
    Action.CONNECTION_DEFAULT_CHANGED: "Default account chosen",
    Action.REFRESH_DONE: "Access renewed",
    Action.REFRESH_FAILED: "Access could not be renewed",
    Action.LOGIN_ACCEPTED: "Sign-in confirmed",
    Action.LOGIN_SUCCEEDED: "Signed in",
    Action.LOGOUT: "Signed out",
    Action.SESSIONS_ENDED: "Signed out everywhere",
    Action.VAULT_OPEN_FAILED: "Stored access could not be read",
}
"""The titles of a person's lines. Other actions concern no single person."""

_DECISIONS = {"approved": "You approved a call", "denied": "You denied a call"}
"""The titles of decisions, by their outcome: neither of them is a problem."""

_ACTORS = {
    ActorKind.SESSION: "you",
    ActorKind.LOGIN: "you",
    ActorKind.WORKER: "the gateway",
    ActorKind.COMMAND: "an operator",
}


@dataclass(frozen=True, kw_only=True)
class UseView:
    """A key that used an account. ``name`` is its label, and may hold anything."""

    name: str
    ago: str
    iso: str


def use_views(uses: Iterable[Use], now: datetime) -> list[UseView]:
    """Return the keys that used an account, for pages."""
    return [
        UseView(
            name=key_name(use.key, use.label), ago=ago(use.last_at, now), iso=rfc3339(use.last_at)
        )
        for use in uses
    ]


async def activity(request: Request) -> Response:
    """Show the signed-in person's own lines, newest first."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': ACTIVITY})}", 303)
    given = services(request)
    asked = read_query(request, "connection", "cursor")
    connection = asked.get("connection") or None
    shared = {one.id: one for one in await _shared(given, session)}
    try:
        found = await given.audit.find(
            session.tenant,
            Wanted(user=None if connection in shared else session.user, connection=connection),
            limit=PAGE + 1,
            before=asked.get("cursor"),
        )
    except ValueError:
        raise InvalidRequest("there is no such page of your activity") from None
    shown = found[:PAGE]
    mine = [*await given.connections.list_for(session.tenant, session.user), *shared.values()]
    accounts = {one.id: one.account_label or one.external_account_id for one in mine}
    await read_all(given.catalog)
    names = {config.name: config.display_name for config in given.catalog.descriptions()}
    older = None
    if len(found) > PAGE:
        kept = {"connection": connection} if connection else {}
        older = f"{ACTIVITY}?{urlencode(kept | {'cursor': cursor(shown[-1])})}"
    return render(
        request,
        "activity.html",
        title="Activity",
        session=session,
        days=days_of(
            shown, given.clock(), alike=_alike, entry=lambda alike: _entry(alike, accounts, names)
        ),
        accounts=sorted(
            (
                (one.id, f"{names.get(one.connector, one.connector)}: {accounts[one.id]}")
                for one in mine
            ),
            key=lambda choice: choice[1].lower(),
        ),
        chosen=connection,
        older=older,
        all_path=ACTIVITY if asked else None,
        only=accounts.get(connection, connection) if connection else None,
    )


async def _shared(given: Services, session: SessionCaller) -> list[Connection]:
    """The organisation's accounts, for an administrator."""
    return await given.connections.list_for(session.tenant, None) if session.admin else []


def _entry(alike: Sequence[Line], accounts: Mapping[str, str], names: Mapping[str, str]) -> Entry:
    newest = alike[0]
    name = names.get(newest.connector or "", newest.connector)
    account = accounts.get(newest.connection or "", LENT.get(newest.owner or ""))
    is_decision = newest.action == Action.APPROVAL_DECIDED
    decision = _DECISIONS.get(newest.outcome) if is_decision else None
    is_problem = newest.outcome != OK and decision is None
    return Entry(
        title=decision or TITLES.get(newest.action, newest.action),  # type: ignore[call-overload]
        problem=f"Because {because(newest.outcome)}" if is_problem else None,
        connector=name,
        badge=badge(newest.connector, name) if newest.connector and name else None,
        account=account,
        is_gone=newest.connection is not None and account is None,
        key=key_name(newest.actor.key, newest.actor.label) if newest.actor.key else None,
        by=_ACTORS.get(newest.actor.kind, ""),
        count=len(alike),
        at=f"{newest.time:%H:%M:%S}",
        iso=rfc3339(newest.time),
        request_id=newest.request if len(alike) == 1 else None,
    )


def _alike(line: Line) -> tuple[str, str, Actor, str | None, str | None]:
    return line.action, line.outcome, line.actor, line.connector, line.connection


ROUTES = [Route(ACTIVITY, activity)]
