"""The pages about usage: a person's own, and the administrators', where rules are set."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest, NotFound, RulesChanged
from gateway.services.whole_catalog import read_all
from gateway.store.usage import By, Sum, Wanted, decimal_text
from gateway.store.usage_rules import Rule
from gateway.usage.meter import Forecast
from gateway.web.browsers import check_host, check_origin
from gateway.web.budgets import RuleBody, amount_text, call_to_try, checked, rule_of
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form, read_query
from gateway.web.outcomes import PROVEN, forget_outcome, notice_for, redirect_with
from gateway.web.pages import render
from gateway.web.state import services
from gateway.wiring.process import Services

USAGE = "/dashboard/usage"
ORGANISATION_USAGE = "/dashboard/organisation/usage"
DAYS = 30
MOST_ROWS = 25
BAR, PLOT_HEIGHT = 20, 120
"""The width of a day in a plot, and the plot's height, in its own units."""

CHECK = ("user", "connector", "method", "path")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LIMITS = {"calls": "calls", "bytes": "bytes", "money": "US dollars"}
PERIODS = {"second": 1, "minute": 60, "hour": 0, "day": 0, "month": 0}
"""The periods of the form, with the seconds of those that are rate limits."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day of a plot. ``title`` says its numbers in words."""

    x: int
    height: int
    refused_height: int
    title: str


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule in words. ``spent`` are texts about its fullest counters."""

    id: str
    name: str
    text: str
    observes: bool
    spent: list[tuple[str, int]]


async def usage_page(request: Request) -> Response:
    """Show the signed-in person's own calls of the last 30 days."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': USAGE})}", 303)
    given, wanted = services(request), _recent(services(request).clock(), session.user)
    return render(
        request,
        "usage.html",
        title="Usage",
        session=session,
        **await _sums(given, session.tenant, wanted, [By.CONNECTOR, By.OPERATION]),
    )


async def organisation_usage(request: Request) -> Response:
    """Show an administrator all calls of the last 30 days, and the rules."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    session.require_admin()
    given, asked = services(request), read_query(request, *CHECK, *PROVEN)
    forecast, problem = None, None
    if "path" in asked:
        try:
            forecast = await _forecast(given, session, asked)
        except InvalidRequest as error:
            problem = str(error)
    return forget_outcome(
        request, await _page(request, session, asked=asked, forecast=forecast, problem=problem)
    )


async def add_rule(request: Request) -> Response:
    """Add the rule of the form."""
    session, form = await _posted(request)
    given = services(request)
    try:
        rule = rule_of(_body(form), given.catalog, session.tenant)
        await _change(given, session.tenant, lambda rules: [*rules, rule])
    except InvalidRequest as error:
        return await _page(request, session, form=form, problem=str(error), status=422)
    return redirect_with(request, session, ORGANISATION_USAGE, "usage_rule_set", "")


async def remove_rule(request: Request) -> Response:
    """Remove a rule."""
    session, _ = await _posted(request)
    gone = request.path_params["id"]

    def without(rules: Sequence[Rule]) -> list[Rule]:
        left = [rule for rule in rules if rule.id != gone]
        if len(left) == len(rules):
            raise NotFound
        return left

    await _change(services(request), session.tenant, without)
    return redirect_with(request, session, ORGANISATION_USAGE, "usage_rule_removed", "")


async def _posted(request: Request) -> tuple[SessionCaller, dict[str, str]]:
    check_origin(request)
    session, form = await require_session(request), await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    session.require_admin()
    return session, form


async def _change(given: Services, tenant: str, change: Any) -> None:
    rules = given.meter.rules
    for attempt in range(3):
        old = await rules.read(tenant)
        try:
            await rules.set(tenant, checked(change(old.rules)), revision=old.revision)
        except RulesChanged:
            if attempt == 2:
                raise
        else:
            return


def _body(form: Mapping[str, str]) -> RuleBody:
    name, unit = form.get("name", "").strip(), form.get("unit", "calls")
    period = form.get("period", "day")
    most: int | str = form.get("most", "").strip()
    if unit != "money" and isinstance(most, str) and re.fullmatch("[0-9]{1,15}", most):
        most = int(most)
    seconds = PERIODS.get(period, 0)
    if seconds and unit != "calls":
        raise InvalidRequest("a limit for each second or minute counts calls")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30]
    each = form.get("each", "")
    values = {
        "id": f"{slug or 'rule'}-{secrets.token_hex(3)}",
        "name": name,
        "mode": form.get("mode", "enforce"),
        "connector": form.get("connector") or None,
        "user": form.get("user", "").strip() or None,
        "each": [each] if each else [],
        "rate": {"most": most, "seconds": seconds} if seconds else None,
        "budget": None
        if seconds
        else {
            "unit": unit,
            "most": most,
            "period": period,
            "currency": "USD" if unit == "money" else None,
            "unknown_price": form.get("unknown_price", "refuse"),
        },
    }
    try:
        return RuleBody.model_validate(values)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in wrong["loc"] if isinstance(part, str))
        field = "amount" if "most" in place else place.rpartition(".")[2]
        raise InvalidRequest(f"{field}: {wrong['msg']}") from None


async def _forecast(given: Services, session: SessionCaller, asked: Mapping[str, str]) -> Forecast:
    values = {name: asked.get(name, "").strip() for name in CHECK}
    await read_all(given.catalog)
    names = {config.name for config in given.catalog.descriptions()}
    if not all(values.values()) or values["connector"] not in names:
        raise InvalidRequest("the call to try needs a user, a connector, a method and a path")
    call = call_to_try(
        given.catalog.described(values["connector"]),
        tenant=session.tenant,
        user=values["user"],
        owner="user",
        key_id="",
        connection=None,
        method=values["method"],
        path="/" + values["path"].lstrip("/"),
    )
    return await given.meter.forecast(call)


async def _page(
    request: Request,
    session: SessionCaller,
    *,
    asked: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    forecast: Forecast | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    given, tenant = services(request), session.tenant
    wanted = _recent(given.clock())
    rules = (await given.meter.rules.read(tenant)).rules
    await read_all(given.catalog)
    return render(
        request,
        "organisation_usage.html",
        title="Usage of your organisation",
        session=session,
        status=status,
        notice=notice_for(request, session),
        problem=problem,
        form=dict(form or {}),
        asked=dict(asked or {}),
        forecast=forecast,
        rules=await _rule_views(given, tenant, rules),
        connectors=sorted((one.name, one.display_name) for one in given.catalog.descriptions()),
        limits=LIMITS,
        periods=[(name, name) for name in PERIODS],
        methods=[(name, name) for name in METHODS],
        **await _sums(given, tenant, wanted, [By.CONNECTOR, By.OPERATION]),
        users=await _rows(given, tenant, wanted, [By.USER]),
        keys=await _rows(given, tenant, wanted, [By.KEY]),
    )


def _recent(now: datetime, user: str | None = None) -> Wanted:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Wanted(user=user, since=today - timedelta(days=DAYS - 1))


async def _sums(given: Services, tenant: str, wanted: Wanted, by: list[By]) -> dict[str, Any]:
    total = await given.usage.sums(tenant, wanted, [], limit=1)
    days = await given.usage.sums(tenant, wanted, [By.DAY], limit=DAYS + 1)
    assert wanted.since is not None  # noqa: S101 - set by _recent
    return {
        "total": _row(given, total[0]) if total else None,
        "bars": bars(wanted.since, days),
        "plot": {"width": DAYS * BAR, "height": PLOT_HEIGHT, "bar": BAR - 4},
        "operations": await _rows(given, tenant, wanted, by),
    }


async def _rows(given: Services, tenant: str, wanted: Wanted, by: list[By]) -> list[dict[str, Any]]:
    found = await given.usage.sums(tenant, wanted, by, limit=MOST_ROWS)
    return [_row(given, one) for one in found]


def _row(given: Services, total: Sum) -> dict[str, Any]:
    connector = total.of.get("connector", "")
    return {
        **total.of,
        "connector": given.catalog.display_name(connector) if connector else "",
        "calls": total.calls,
        "refused": total.refused,
        "failed": total.calls - total.answered - total.refused,
        "bytes": size(total.sent + total.received),
        "cost": cost(total),
    }


def cost(total: Sum) -> str:
    """Return what calls cost, in words: an unknown price is never nothing."""
    known = [f"{decimal_text(nanos)} {name}" for name, nanos in sorted(total.cost.items())]
    if total.unconfirmed_prices and known:
        known[0] = f"about {known[0]}"
    if total.unknown_prices:
        known.append(f"{total.unknown_prices} unknown")
    return " + ".join(known) or "–"  # noqa: RUF001 - a dash for nothing


def size(count: int) -> str:
    """Return bytes in words."""
    amount, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" else f"{amount:.1f} {units[0]}"


def bars(since: datetime, days: Iterable[Sum]) -> list[Bar]:
    """Return the bars of the days from ``since`` on, the highest as high as the plot."""
    by_day = {one.of["day"]: one for one in days}
    highest = max((one.calls for one in by_day.values()), default=0) or 1
    found = []
    for number in range(DAYS):
        day = (since + timedelta(days=number)).date().isoformat()
        one = by_day.get(day, Sum(of={}))
        height = round(PLOT_HEIGHT * one.calls / highest)
        refused = f", {one.refused} refused by a rule" if one.refused else ""
        found.append(
            Bar(
                x=number * BAR + 2,
                height=max(height, 2) if one.calls else 0,
                refused_height=round(PLOT_HEIGHT * one.refused / highest),
                title=f"{day}: {one.calls} calls{refused}",
            )
        )
    return found


async def _rule_views(given: Services, tenant: str, rules: Sequence[Rule]) -> list[RuleView]:
    found = await given.meter.balances(tenant, rules, limit=5 * len(rules) or 1)
    views = []
    for rule in rules:
        spent = []
        for one in [one for one in found if one.rule == rule.id][:5]:
            assert rule.budget is not None  # noqa: S101 - only budgets have counters
            used = amount_text(rule.budget, one.spent + one.reserved)
            who = " ".join(one.subject.values())
            share = min(100, 100 * (one.spent + one.reserved) // rule.budget.most)
            most = amount_text(rule.budget, rule.budget.most)
            until = f"{one.until:%Y-%m-%d %H:%M} UTC"
            spent.append((f"{who + ': ' if who else ''}{used} of {most}, ends {until}", share))
        views.append(
            RuleView(
                id=rule.id,
                name=rule.name,
                text=_text(rule),
                observes=rule.mode == "observe",
                spent=spent,
            )
        )
    return views


def _text(rule: Rule) -> str:
    if rule.rate is not None:
        text = f"{rule.rate.most} calls in {rule.rate.seconds} s"
    else:
        assert rule.budget is not None  # noqa: S101 - a rule has one of them
        unit = rule.budget.currency or rule.budget.unit
        text = f"{amount_text(rule.budget, rule.budget.most)} {unit} a {rule.budget.period}"
    for name in ("user", "key", "connector", "operation"):
        if value := getattr(rule.selector, name):
            text += f", {name} {value}"
    return text + "".join(f", for each {each}" for each in rule.each)


ROUTES = [
    Route(USAGE, usage_page),
    Route(ORGANISATION_USAGE, organisation_usage),
    Route("/dashboard/rules", add_rule, methods=["POST"]),
    Route("/dashboard/rules/{id}/remove", remove_rule, methods=["POST"]),
]
