"""Rendering: the frame of every page, and views of connectors and accounts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from connectors.catalog import Catalog
from connectors.config import Connector, ConnectorConfig
from gateway.access.sessions import SessionCaller
from gateway.clock import rfc3339
from gateway.engine.placements import filler_of
from gateway.engine.scopes import missing_scopes
from gateway.engine.templates import sample_url
from gateway.services.methods import is_checkable
from gateway.services.states import Remedy
from gateway.store.connection import NOT_CHECKED, Connection, Method, Status
from gateway.web.available import connect_url, scopes_of
from gateway.web.replies import time_or_none
from gateway.web.state import services
from gateway.wiring.process import Services

HERE = Path(__file__).parent
HUES = 12
MARKS = frozenset(file.stem for file in (HERE / "static" / "marks").glob("*.svg"))
"""The connectors with a brand mark (``scripts/copy_marks.py``)."""

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
)


@lru_cache(maxsize=2048)
def _fragment(macro: str, *given: Hashable) -> Markup:
    """Return what a macro of ``_cards.html`` makes of ``given``: the same for the same values.

    Most of a dashboard is a hundred cards that hardly ever change.
    """
    made: Markup = getattr(_environment.get_template("_cards.html").module, macro)(*given)
    return made


_environment.globals["fragment"] = _fragment

_OPERATOR = "tell the people who run this gateway."
_ADMINISTRATOR = "An administrator of your organisation has to set the right client secret."
_STATUS_TEXTS = {
    Status.ACTIVE: "Working",
    Status.NEEDS_REAUTH: "The provider no longer accepts this connection. "
    "Reconnect to use it again.",
    Status.NEEDS_SCOPES: "Some permissions were not granted. Tools that need them will not work.",
    Status.NOT_RENEWED: "Tools cannot use this account now: its access has expired.",
    Status.UNREADABLE: "The stored access cannot be used here. Reconnect to store it anew, "
    "and " + _OPERATOR,
    Status.INCOMPLETE: "Tools cannot use this account now: the address of its API is not known. "
    "Reconnect to look for it again.",
    Status.UNAVAILABLE: "This connector is not available now. Please " + _OPERATOR,
}
_KEY_TEXTS = {
    Status.NEEDS_REAUTH: "{name} does not accept this key any more. Replace it.",
    Status.UNREADABLE: "The stored key cannot be used here. Paste it again, and " + _OPERATOR,
}
"""The texts that are others for a pasted key."""
_RENEWAL_TEXTS = {
    NOT_CHECKED: "{name} could not check this key. The gateway tries again by itself.",
    "provider_unavailable": "{name} does not answer. The gateway tries again by itself.",
    "rate_limited": "{name} asks for fewer requests. The gateway tries again by itself.",
    "provider_misconfigured": "{name} does not accept this gateway. Please " + _OPERATOR,
    "app_refused": "{name} does not accept the app of your organisation. " + _ADMINISTRATOR,
    "app_removed": "The app of your organisation that made this connection was removed. Reconnect.",
    "provider_refused": "{name} refuses it. Reconnect; if that does not help, " + _OPERATOR,
}
"""For each reason why renewals fail: the cause, and the action that mends it."""
_UNPROVEN = "{name} offers no way to check a key. Whether it works shows when a tool uses it."

_HOOK_TEXTS = _RENEWAL_TEXTS | {
    "hook_error": "This is a fault of the connector.",
    "account_unfit": "{name} does not offer this account what you filled in. Reconnect.",
    "missing_fact": "{name} did not tell all that is needed.",
    "timeout": "It took too long.",
    "unreadable_answer": "{name} did not answer as it should.",
}
"""For each reason why a hook fails: the cause. With others, its token could not be had."""


def render(
    request: Request,
    template: str,
    *,
    title: str,
    session: SessionCaller | None,
    status: int = 200,
    posts: bool = True,
    **context: Any,
) -> HTMLResponse:
    """Render a page, with the name and the navigation of the signed-in person.

    ``posts`` is whether it has the form to sign out: with the policy ``no-referrer`` a browser
    sends a form with "Origin: null", which is refused.
    """
    given = services(request)
    page = {
        "title": title,
        "user": session.user if session else None,
        "admin": session is not None and session.admin,
        "agents": given.authorization is not None,
        "csrf": session.csrf_token if session and posts else None,
        "dev": given.settings.dev,
        "sandbox_url": given.public_addresses.sandbox_url,
    }
    context |= {"page": page, "title": title, "status": status}
    return HTMLResponse(_environment.get_template(template).render(context), status)


@dataclass(frozen=True, kw_only=True)
class ScopeSetView:
    """Scopes that can be asked for together: granted, or with the page that asks for them."""

    title: str
    sentence: str = ""
    granted: bool = False
    add_path: str = ""


def added_views(config: ConnectorConfig, added: list[str]) -> list[ScopeSetView]:
    """Return in words what a connect page asks for in addition: sets, then other scopes."""
    found = [each for each in config.scope_sets.values() if {*each.scopes} & {*added}]
    named = {scope for each in found for scope in each.scopes}
    return [
        *(ScopeSetView(title=each.title, sentence=each.sentence) for each in found),
        *(ScopeSetView(title=scope) for scope in added if scope not in named),
    ]


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """A linked account as pages show it. ``renewal`` says why it is not renewed since ``since``."""

    id: str
    label: str
    external_account_id: str
    status: str
    status_text: str
    method: str
    is_checked: bool
    renewal: str | None
    since: str
    since_iso: str
    hook: str | None
    retry_path: str
    can_check: bool
    can_reconnect: bool
    needs_attention: bool
    scopes: tuple[str, ...]
    scope_sets: list[ScopeSetView]
    last_used: str | None
    last_used_iso: str | None
    connected: str
    connected_iso: str
    is_default: bool
    activity_path: str
    default_path: str
    disconnect_path: str
    check_path: str
    reconnect_path: str


@dataclass(frozen=True, kw_only=True)
class CardView:
    """A connector as pages show it. ``note`` says whose connection tools get, where needed.

    ``mark`` is the address of its brand's mark; without one, its monogram is shown.
    """

    name: str
    display_name: str
    mark: str
    monogram: str
    hue: int
    connect_path: str
    supports_multiple_accounts: bool
    sandboxed: bool
    scopes: tuple[str, ...]
    takes_app: bool
    accounts: tuple[AccountView, ...]
    description: str = ""
    note: str | None = None
    can_connect: bool = True

    @property
    def searched(self) -> str:
        """The text in which a search looks."""
        return f"{self.name} {self.display_name} {self.description}"


_MOST_CARDS = 2000
_CARDS: WeakKeyDictionary[Catalog, dict[int, tuple[Connector, CardView]]] = WeakKeyDictionary()
"""The cards of each catalog, by the identity of a description, which its entry keeps alive.

A description never changes: another app, or an integration described anew, is another object.
"""


async def card_view(given: Services, config: Connector, connections: list[Connection]) -> CardView:
    """Return the card of a connector with its user's accounts."""
    card = _empty_card(given, config)
    accounts = [await account_view(given, c, config.display_name, config) for c in connections]
    return replace(card, accounts=tuple(accounts)) if accounts else card


def _empty_card(given: Services, config: Connector) -> CardView:
    """Return a connector's card without accounts: made once for each description."""
    cards = _CARDS.setdefault(given.catalog, {})
    if id(config) not in cards:
        if len(cards) >= _MOST_CARDS:
            cards.clear()
        card = CardView(
            name=config.name,
            display_name=config.display_name,
            **badge(config.name, config.display_name),
            connect_path=f"/connectors/{config.name}",
            supports_multiple_accounts=config.supports_multiple_accounts,
            sandboxed=is_sandboxed(given, config),
            scopes=scopes_of(config),
            takes_app=isinstance(given.catalog.described(config.name), ConnectorConfig),
            accounts=(),
            description=config.description,
        )
        cards[id(config)] = config, card
    return cards[id(config)][1]


def badge(name: str, display_name: str) -> dict[str, Any]:
    """Return the address of a connector's brand mark, its monogram and the hue of that."""
    return {
        "mark": f"/static/marks/{name}.svg" if name in MARKS else "",
        "monogram": monogram(display_name),
        "hue": zlib.adler32(name.encode()) % HUES,
    }


def monogram(name: str) -> str:
    """Return two letters for a name: of two words, of one with a capital inside, or the first."""
    words = re.findall(r"[A-Z]?[^\W_A-Z]+|[A-Z]+", name) or [name]
    if len(words) > 1:
        return f"{words[0][0]}{words[1][0]}".upper()
    return name[:2] if name[:2].isupper() else name[:2].capitalize()


def is_sandboxed(given: Services, config: Connector) -> bool:
    """Whether the connector's provider is simulated."""
    if given.public_addresses.sandbox_url is None:
        return False
    if isinstance(config, ConnectorConfig):
        url = sample_url(config.authorization_url, config)
    else:
        samples = {name: each.sample for name, each in config.key.inputs.items()}
        url = filler_of(config.key, samples).url(config.api_base_url)
    return given.public_addresses.simulated(url)


async def orphan_view(given: Services, connector: str, connections: list[Connection]) -> CardView:
    """Return the card of a missing or unconfigured connector: its accounts can be deleted."""
    name = connector.capitalize()
    return CardView(
        name=connector,
        display_name=name,
        mark="",
        monogram=monogram(name),
        hue=0,
        connect_path=f"/connectors/{connector}",
        supports_multiple_accounts=False,
        sandboxed=False,
        scopes=(),
        takes_app=True,
        accounts=tuple([await account_view(given, connection, name) for connection in connections]),
    )


async def account_view(
    given: Services, connection: Connection, name: str, config: Connector | None = None
) -> AccountView:
    """Return an account with its state and the paths of its actions.

    Args:
        name: The connector's display name.
    """
    state, now = await given.states.of(connection), given.clock()
    is_key = connection.method is not Method.OAUTH2
    status_text = (is_key and _KEY_TEXTS.get(state.status)) or _STATUS_TEXTS[state.status]
    is_unchecked = state.reason == NOT_CHECKED
    is_unproven = is_unchecked and state.action is None
    renewal = _UNPROVEN if is_unproven else _RENEWAL_TEXTS.get(state.reason or "", "")
    can_check = config is not None and is_checkable(config, connection.method)
    base = f"/dashboard/connections/{connection.id}"
    used = connection.last_used_at
    return AccountView(
        id=connection.id,
        label=connection.account_label,
        external_account_id=connection.external_account_id,
        status=state.status,
        status_text="Not checked" if is_unchecked else status_text.format(name=name),
        method=connection.method,
        is_checked=not is_unchecked,
        renewal=None if state.is_renewed else renewal.format(name=name),
        since=f"{state.since.day} {state.since:%B %Y, %H:%M} UTC",
        since_iso=rfc3339(state.since),
        hook=_hook_text(connection, name),
        retry_path=f"{base}/retry",
        can_check=can_check and state.status is not Status.UNREADABLE,
        can_reconnect=is_key or state.action is Remedy.RECONNECT,
        needs_attention=state.status is not Status.ACTIVE
        or state.action not in {None, Remedy.WAIT},
        scopes=connection.granted_scopes,
        scope_sets=_scope_sets(config, connection) if isinstance(config, ConnectorConfig) else [],
        last_used=None if used is None else ago(used, now),
        last_used_iso=time_or_none(used),
        connected=ago(connection.created_at, now),
        connected_iso=rfc3339(connection.created_at),
        is_default=connection.is_default,
        activity_path=f"/dashboard/activity?{urlencode({'connection': connection.id})}",
        default_path=f"{base}/default",
        disconnect_path=f"{base}/disconnect",
        check_path=f"{base}/check",
        reconnect_path=connect_url("", connection.connector, connection.id),
    )


def _scope_sets(config: ConnectorConfig, connection: Connection) -> list[ScopeSetView]:
    return [
        ScopeSetView(
            title=each.title,
            sentence=each.sentence,
            granted=not missing_scopes(config, each.scopes, connection.granted_scopes),
            add_path=connect_url("", connection.connector, connection.id, [name]),
        )
        for name, each in config.scope_sets.items()
    ]


def _hook_text(connection: Connection, name: str) -> str | None:
    failure = connection.hook_failure
    if failure is None:
        return None
    cause = _HOOK_TEXTS.get(failure.reason, "Its access could not be used.").format(name=name)
    again = " The gateway tries again by itself."
    return cause + (again if failure.retry_at and again.strip() not in cause else "")


def ago(then: datetime, now: datetime) -> str:
    """Say how long ago ``then`` was, such as ``2 days ago``."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "just now"
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
