"""Sums of usage and single calls as people read them: with names and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from gateway.access.sessions import SessionCaller
from gateway.clock import rfc3339
from gateway.store.usage import SENT, Event, Result, Sum
from gateway.usage.operations import words_of
from gateway.web.days import LENT, Entry, because, key_name
from gateway.web.integration_tool_pages import DASHBOARD_KEY
from gateway.web.pages import badge
from gateway.web.usage_words import Row, cost, duration, figures, size
from gateway.wiring.process import Services

RESULTS = {
    Result.REFUSED_BY_RULE: "Not sent: a rule of your organisation refused it",
    Result.REFUSED: "Not sent: the gateway refused it",
    Result.ABORTED: "It broke off before the whole answer had arrived",
    Result.CANCELLED: "The tool left before the whole answer had arrived",
    Result.UNREACHABLE: "Not sent: the provider could not be reached",
    Result.TIMEOUT: "The provider took too long",
    Result.LOST: "The gateway stopped during the call: it may have been done",
}
"""Why a call has no whole answer, in words."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people call the things that events name by id. A missing key or account has no name."""

    given: Services
    keys: Mapping[str, str]
    rules: Mapping[str, str]
    accounts: Mapping[str, str] = field(default_factory=dict)
    shows_user: bool = False
    """Whether the calls are those of several people: then their accounts are nobody else's."""

    def connector(self, name: str) -> str:
        """Return the connector's name for people; of a removed integration the part for them."""
        found = self.given.catalog.display_name(name)
        return name.partition("--")[0] or name if found == name else found

    def key(self, key: str) -> str:
        """Return the name of a service key, or of the agent or page that called without one."""
        if key.startswith("client:"):
            return self.keys.get(key) or f"the agent {key.removeprefix('client:')}"
        return "the dashboard" if key == DASHBOARD_KEY else key_name(key, self.keys.get(key))


async def names_of(given: Services, session: SessionCaller, *, is_own: bool = False) -> Names:
    """Return the names of a tenant's things; ``is_own``: those of the person's own, too."""
    tenant = session.tenant
    keys = {key.id: key.label for key in await given.keys.list_for(tenant)}
    accounts: dict[str, str] = {}
    if is_own:
        mine = await given.connections.list_for(tenant, session.user)
        accounts = {one.id: one.account_label or one.external_account_id for one in mine}
        if given.authorization is not None:
            for grant in await given.authorization.grants.of(tenant, session.user):
                keys[f"client:{grant.client}"] = grant.name
    rules = {rule.id: rule.name for rule in (await given.meter.rules.read(tenant)).rules}
    return Names(given=given, keys=keys, rules=rules, accounts=accounts, shows_user=not is_own)


def row(names: Names, total: Sum) -> Row:
    """Return sums with the names of what they are of."""
    of = total.of
    connector = of.get("connector")
    name = names.connector(connector) if connector else None
    shared: dict[str, Any] = {"figures": figures(total)}
    if connector and name:
        shared["badge"] = badge(connector, name)
    if "operation" in of:
        words = words_of(of["operation"], connector or "", of.get("tool"))
        return Row(title=words, code=of["operation"], connector=name, **shared)
    if "key" in of:
        return Row(title=names.key(of["key"]), **shared)
    return Row(title=of.get("user") or name or "", **shared)


def alike(event: Event) -> tuple[object, ...]:
    """Return what neighbours share that are shown as one entry."""
    return (
        *(event.connector, event.connection, event.operation, event.tool, event.key, event.user),
        *(event.result, event.status, event.error, event.rule),
    )


def entry(names: Names, calls: Sequence[Event]) -> Entry:
    """Return calls that are alike, newest first, as one entry."""
    newest = calls[0]
    name = names.connector(newest.connector)
    account = None if names.shows_user else names.accounts.get(newest.connection or "")
    account = account or LENT.get(newest.owner)
    return Entry(
        title=words_of(newest.operation, newest.connector, newest.tool),
        code=newest.operation,
        problem=_problem(names, newest),
        connector=name,
        badge=badge(newest.connector, name),
        account=account,
        is_gone=newest.connection is not None and account is None and not names.shows_user,
        key=names.key(newest.key),
        user=newest.user if names.shows_user else None,
        facts=_facts(calls),
        count=len(calls),
        at=f"{newest.time:%H:%M:%S}",
        iso=rfc3339(newest.time),
        request_id=newest.request if len(calls) == 1 else None,
    )


def _problem(names: Names, event: Event) -> str | None:
    if event.result is Result.ANSWERED:
        return _status(event.status) if event.status and event.status >= 400 else None
    if event.result is Result.REFUSED_BY_RULE and (rule := names.rules.get(event.rule or "")):
        return f"Not sent: the rule “{rule}” of your organisation refused it"
    if event.result is Result.REFUSED and event.error is not None:
        return f"Not sent: {because(event.error)}"
    return RESULTS[event.result]


def _status(status: int) -> str:
    known = {each.value: f" {each.phrase}" for each in HTTPStatus}
    return f"The provider answered {status}{known.get(status, '')}"


def _facts(calls: Sequence[Event]) -> list[str]:
    found = [size(sum(one.sent + one.received for one in calls))]
    if len(calls) == 1 and calls[0].result in SENT:
        found.append(duration(calls[0].gateway_ms + calls[0].provider_ms))
    total = Sum(of={})
    for one in calls:
        if one.price is not None:
            currency = one.price.currency
            total.cost[currency] = total.cost.get(currency, 0) + one.price.nanos
            total.unconfirmed_prices += not one.price.confirmed
        elif one.result in SENT:
            total.unknown_prices += 1
    if total.cost or total.unknown_prices:
        words = cost(total)
        found.append("price unknown" if words == "unknown" else words)
    return found
