"""The administrators' page about rate limits and budgets."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest, NotFound, RulesChanged
from gateway.services.whole_catalog import read_all
from gateway.store.usage_rules import Rule
from gateway.usage.meter import Forecast
from gateway.web.browsers import check_host, check_origin
from gateway.web.budgets import RuleBody, call_to_try, checked, rule_of
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form, read_query
from gateway.web.limit_views import price_words, rule_views
from gateway.web.outcomes import PROVEN, forget_outcome, notice_for, redirect_with
from gateway.web.pages import render
from gateway.web.state import services
from gateway.web.usage_views import names_of
from gateway.wiring.process import Services

LIMITS = "/dashboard/organisation/limits"
CHECK = ("user", "connector", "method", "path")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNITS = {"calls": "Calls", "bytes": "Bytes", "money": "US dollars"}
_NO_NUMBER = "the amount must be a whole number above 0, of at most 15 digits"
_NO_MONEY = "the amount must be US dollars above 0, such as 12.50"
PERIODS = {"second": 1, "minute": 60, "hour": 0, "day": 0, "month": 0}
"""The periods of the form, with the seconds of those that are rate limits."""


async def limits_page(request: Request) -> Response:
    """Show an administrator the rules, and what they would do to a call."""
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
    return redirect_with(request, session, LIMITS, "usage_rule_set", "")


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
    return redirect_with(request, session, LIMITS, "usage_rule_removed", "")


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
    most: int | str
    most = form.get("most", "").strip()
    if unit != "money":
        if not re.fullmatch("[0-9]{1,15}", most):
            raise InvalidRequest(_NO_NUMBER)
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
        if "most" in place:
            raise InvalidRequest(_NO_MONEY if unit == "money" else _NO_NUMBER) from None
        raise InvalidRequest(f"{place.rpartition('.')[2]}: {wrong['msg']}") from None


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
    rules = (await given.meter.rules.read(tenant)).rules
    await read_all(given.catalog)
    return render(
        request,
        "limits.html",
        title="Rate limits and budgets",
        session=session,
        status=status,
        notice=notice_for(request, session),
        problem=problem,
        form=dict(form or {}),
        asked=dict(asked or {}),
        forecast=forecast,
        price=None if forecast is None else price_words(forecast.estimate),
        rules=await rule_views(await names_of(given, session), tenant, rules),
        connectors=sorted((one.name, one.display_name) for one in given.catalog.descriptions()),
        units=UNITS,
        periods=[(name, name.capitalize()) for name in PERIODS],
        methods=[(name, name) for name in METHODS],
    )


ROUTES = [
    Route(LIMITS, limits_page),
    Route("/dashboard/rules", add_rule, methods=["POST"]),
    Route("/dashboard/rules/{id}/remove", remove_rule, methods=["POST"]),
]
