"""The dashboard: each connector as a card, with the signed-in person's accounts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connectors.config import Category, Connector
from connectors.errors import ConnectorError
from gateway.access.sessions import SessionCaller
from gateway.errors import ConnectionNotFound, ProviderError, ReauthorizationRequired
from gateway.services.disconnect import Revoked
from gateway.services.methods import is_checkable
from gateway.services.resolution import nearest
from gateway.settings.limits import LimitName
from gateway.store.connection import Connection, Method
from gateway.store.connector_rules import ConnectorRule
from gateway.store.owners import ORG, PLATFORM, OwnerKind
from gateway.web.activity import use_views
from gateway.web.browsers import check_host, check_origin
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import CardView, card_view, orphan_view, render
from gateway.web.return_to import DASHBOARD, DONE, home_of
from gateway.web.state import services
from gateway.wiring.process import Services


@dataclass(frozen=True, kw_only=True)
class Group:
    """Cards below one heading."""

    title: str
    cards: list[CardView]


QUERY_LENGTH = 100
"""Characters of a search that are read."""

_TITLES = {"ai": "AI", "crm": "CRM", "devtools": "Developer tools", "hr": "HR"}


async def home(request: Request) -> Response:
    """Redirect to the dashboard."""
    return RedirectResponse(DASHBOARD, 303)


async def dashboard(request: Request) -> Response:
    """Show the connected accounts, and the catalog: ``q`` are words to find in it."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    given, now = services(request), services(request).clock()
    ready = await given.apps.offered(session.tenant)
    mine = await given.connections.list_for(session.tenant, session.user)
    shared = {c.connector for c in await given.connections.list_for(session.tenant, None)}
    rules = await given.rules.all_of(session.tenant)
    used = await given.audit.users_of(session.tenant, [connection.id for connection in mine])
    query = request.query_params.get("q", "")[:QUERY_LENGTH].strip()
    groups = await _groups(request, ready, mine, lambda card: _noted(given, card, rules, shared))
    page = render(
        request,
        "dashboard.html",
        title="Connectors",
        session=session,
        notice=notice_for(request, session),
        labels={one.id: one.account_label or one.external_account_id for one in mine},
        groups=_found(groups, query),
        query=query,
        uses={connection: use_views(uses, now) for connection, uses in used.items()},
        summary={"accounts": len(mine), "total": len(ready)},
        waiting=await given.approvals.count_waiting(session.tenant, session.user),
    )
    return forget_outcome(request, page)


async def done(request: Request) -> Response:
    """Show an outcome in a window that a host application opened, which can be closed."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    page = render(
        request, "done.html", title="Done", session=session, notice=notice_for(request, session)
    )
    return forget_outcome(request, page)


async def make_default(request: Request) -> Response:
    """Make one account the default of its connector."""
    session, connection = await _posted(request)
    await services(request).connections.set_default(connection)
    return redirect_with(
        request,
        session,
        _home(session, connection),
        "made_default",
        connection.connector,
        account=connection.id,
    )


async def retry_hook(request: Request) -> Response:
    """Run the connector's hook again."""
    session, connection = await _posted(request)
    now = await services(request).hooks.retry(connection)
    outcome = "hook_failed" if now.hook_failure else "hook_done"
    return redirect_with(
        request,
        session,
        _home(session, connection),
        outcome,
        connection.connector,
        account=connection.id,
    )


async def confirm_disconnect(request: Request) -> Response:
    """Ask before disconnecting, and say what will happen."""
    check_host(request)
    session = await require_session(request)
    given = services(request)
    connection = await _mine(request, session)
    forecast = await given.disconnect.forecast(connection)
    card = await _card(request, connection)
    revokes = {Revoked.YES: "yes", Revoked.SHARED: "shared"}.get(forecast, "no")
    if connection.method is not Method.OAUTH2:
        revokes = "key"
    return render(
        request,
        "disconnect.html",
        title="Disconnect",
        session=session,
        card=card,
        account=card.accounts[0],
        revokes=revokes,
        form_action=f"/dashboard/connections/{connection.id}/disconnect",
        cancel_path=_home(session, connection),
    )


async def disconnect(request: Request) -> Response:
    """Disconnect, and say whether the grant was revoked."""
    session, connection = await _posted(request)
    revoked = await services(request).disconnect.disconnect(connection)
    is_grant = connection.method is Method.OAUTH2
    outcome = f"disconnected_{revoked.value}" if is_grant else "disconnected_key"
    return redirect_with(
        request, session, _home(session, connection), outcome, connection.connector
    )


async def check_again(request: Request) -> Response:
    """Ask the provider whether it accepts a stored key."""
    session, connection = await _posted(request)
    given = services(request)
    await given.limits.spend(LimitName.REFRESHES, f"{session.session_id}\0{session.user}")
    config = given.apps.described(connection)
    try:
        if not is_checkable(config, connection.method):
            raise ConnectionNotFound
        await given.pasted.check(config, connection)
        outcome = "key_accepted"
    except ReauthorizationRequired:
        outcome = "key_refused"
    except ProviderError:
        outcome = "key_unchecked"
    return redirect_with(
        request,
        session,
        _home(session, connection),
        outcome,
        connection.connector,
        account=connection.id,
    )


def _home(session: SessionCaller, connection: Connection) -> str:
    return home_of(connection.connector, of_org=connection.user is None, admin=session.admin)


async def _posted(request: Request) -> tuple[SessionCaller, Connection]:
    check_origin(request)
    session = await require_session(request)
    session.check_csrf((await read_form(request)).get("csrf_token"))
    return session, await _mine(request, session)


async def _mine(request: Request, session: SessionCaller) -> Connection:
    return await services(request).connections.get(session.bounds, request.path_params["id"])


async def _card(request: Request, connection: Connection) -> CardView:
    given = services(request)
    try:
        config = given.apps.described(connection)
    except ConnectorError:
        return await orphan_view(given, connection.connector, [connection])
    return await card_view(given, config, [connection])


_GIVES: dict[OwnerKind | None, str] = {
    ORG: "Tools get your organisation's account.",
    PLATFORM: "Tools get an account of this platform.",
}


def _noted(
    given: Services, card: CardView, rules: Mapping[str, ConnectorRule], shared: Collection[str]
) -> CardView:
    """Return the card with a note on whose connection tools get, if it needs one."""
    if not (card.name in rules or card.name in shared or given.platform.has(card.name)):
        return card
    rule = rules.get(card.name, ConnectorRule())
    if not rule.enabled:
        note = "Your organisation has switched this off: tools get no access."
        return replace(card, note=note, can_connect=False)
    owners: dict[OwnerKind, bool] = {
        "user": bool(card.accounts),
        ORG: card.name in shared,
        PLATFORM: given.platform.has(card.name),
    }
    nearest_owner = nearest(rule, [kind for kind, has_one in owners.items() if has_one])
    note = _GIVES.get(nearest_owner, "")
    if nearest_owner == "user" and owners[ORG]:
        note = "Tools get your own account, and not the one that your organisation has, too."
    elif not rule.personal:
        note = f"Your organisation allows its own account only. {note or 'It has none yet.'}"
    if not note and rule.personal:
        return card
    return replace(card, note=note or None, can_connect=rule.personal)


async def _groups(
    request: Request,
    ready: list[Connector],
    mine: list[Connection],
    noted: Callable[[CardView], CardView],
) -> list[Group]:
    """Return the connected connectors, broken ones first, and the others by category."""
    given, order = services(request), {each: n for n, each in enumerate(get_args(Category))}
    held: dict[str, list[Connection]] = {}
    for connection in mine:
        held.setdefault(connection.connector, []).append(connection)
    ready = sorted(ready, key=lambda config: (order[config.category], config.display_name.lower()))
    cards = {c.name: noted(await card_view(given, c, held.get(c.name, []))) for c in ready}
    connected = [card for card in cards.values() if card.accounts]
    orphans = [
        await orphan_view(given, name, held[name]) for name in sorted(held) if name not in cards
    ]
    catalog = [config for config in ready if config.name not in held]
    return [
        Group(title="Connected", cards=sorted(connected, key=_attention)),
        Group(title="Not available now", cards=orphans),
        *(
            Group(title=title_of(category), cards=[cards[config.name] for config in configs])
            for category, configs in groupby(catalog, key=lambda config: config.category)
        ),
    ]


def _attention(card: CardView) -> tuple[bool, str]:
    return not any(each.needs_attention for each in card.accounts), card.display_name.lower()


def title_of(category: Category) -> str:
    """Return the category's name for people."""
    return _TITLES.get(category, category.capitalize())


def _found(groups: Sequence[Group], words: str) -> list[Group]:
    """Return the groups without cards that lack a word, and without empty groups."""
    wanted = words.casefold().split()
    kept = (
        replace(
            group,
            cards=[
                card
                for card in group.cards
                if all(word in f"{card.searched} {group.title}".casefold() for word in wanted)
            ],
        )
        for group in groups
    )
    return [group for group in kept if group.cards]


ROUTES = [
    Route("/", home),
    Route("/dashboard", home),
    Route(DASHBOARD, dashboard),
    Route(DONE, done),
    Route("/dashboard/connections/{id}/default", make_default, methods=["POST"]),
    Route("/dashboard/connections/{id}/retry", retry_hook, methods=["POST"]),
    Route("/dashboard/connections/{id}/check", check_again, methods=["POST"]),
    Route("/dashboard/connections/{id}/disconnect", confirm_disconnect),
    Route("/dashboard/connections/{id}/disconnect", disconnect, methods=["POST"]),
]
