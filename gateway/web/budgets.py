"""The API for rules of usage: ``/v1/budgets``, and what would happen to a call (docs/usage.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.errors import ConnectorError
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest, code_of
from gateway.services.own_names import own_name
from gateway.store.usage import NANO, decimal_text
from gateway.store.usage_rules import (
    Algorithm,
    Budget,
    Each,
    Mode,
    Period,
    RateLimit,
    Rule,
    Rules,
    Selector,
    Unit,
    UnknownPrice,
)
from gateway.text import clean_text
from gateway.usage.meter import Call, Forecast, Verdict
from gateway.usage.operations import pattern
from gateway.usage.rules import MOST_RULES
from gateway.web.callers import administered_tenant, named_connector
from gateway.web.inputs import Strict, UserId, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services
from gateway.wiring.process import Services

MOST_BALANCES = 200
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")

Amount = Annotated[str, Field(pattern=f"^{_AMOUNT.pattern}$")]
"""Money, as decimal text in the currency's unit."""
Count = Annotated[int, Field(ge=1, le=10**15)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class RateLimitBody(Strict):
    """At most ``most`` calls in ``seconds``: in fixed windows, or with a token bucket."""

    most: Annotated[int, Field(ge=1, le=10**9)]
    seconds: Annotated[int, Field(ge=1, le=86_400)]
    algorithm: Literal["bucket", "window"] = "bucket"


class BudgetBody(Strict):
    """At most ``most`` calls or bytes, or that amount of money, in each period in UTC.

    For money: ``currency`` is like ``USD``. ``reserve`` is set aside for a call whose greatest
    price is not known; without it, ``unknown_price`` says whether such a call may pass.
    """

    unit: Literal["calls", "bytes", "money"]
    most: Count | Amount
    period: Literal["hour", "day", "month"]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    reserve: Amount | None = None
    unknown_price: Literal["refuse", "allow"] = "refuse"


class RuleBody(Strict):
    """A rate limit or a budget for the calls that have all of the set values.

    ``each`` says what is counted apart: with ``user``, each user has a limit of their own.
    ``observe`` refuses nothing, and notes in events what it would have refused.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    mode: Literal["enforce", "observe"] = "enforce"
    user: UserId | None = None
    key: Text | None = None
    connector: Text | None = None
    operation: Text | None = None
    each: Annotated[
        tuple[Literal["user", "key", "connector", "connection", "operation"], ...],
        Field(max_length=5, strict=False),
    ] = ()
    rate: RateLimitBody | None = None
    budget: BudgetBody | None = None


class RulesRequest(Strict):
    """All rules of the organisation. ``revision`` is that of the rules that they replace."""

    revision: Annotated[int, Field(ge=0)]
    rules: Annotated[tuple[RuleBody, ...], Field(max_length=MOST_RULES, strict=False)]


class BalanceReply(BaseModel):
    """The amounts that a budget has spent and reserved in its current period, in its unit."""

    rule: str
    subject: dict[str, str]
    since: str
    until: str
    spent: str
    reserved: str
    most: str


class RulesReply(BaseModel):
    """The rules of the organisation, and the fullest counters of its budgets."""

    revision: int
    rules: list[RuleBody]
    balances: list[BalanceReply]


class CheckRequest(Strict):
    """A call that is not made. ``path`` is below the base address of the connector's API."""

    user: UserId
    connector: Text
    method: Annotated[str, Field(pattern="^[A-Z]{1,20}$")]
    path: Annotated[str, Field(pattern="^/", max_length=2000)]
    key: Text | None = None
    owner: Literal["user", "org", "platform"] = "user"
    connection: Text | None = None


class VerdictReply(BaseModel):
    """What a rule would do. ``error`` is the code of the refusal, which ``observe`` only notes.

    ``left`` is what a budget has left, in its unit; ``retry_after`` is in seconds.
    """

    rule: str
    name: str
    mode: str
    passes: bool
    error: str | None
    retry_after: int | None
    left: str | None


class CheckReply(BaseModel):
    """What would happen to the call. ``price`` is the header ``Gateway-Price`` of its answer."""

    operation: str
    passes: bool
    refused_by: str | None
    price: str
    rules: list[VerdictReply]


async def list_budgets(request: Request) -> Response:
    """List the organisation's rate limits and budgets, with what is spent."""
    tenant = await administered_tenant(request)
    rules = await services(request).meter.rules.read(tenant)
    return reply(await _rules_reply(services(request), tenant, rules))


async def set_budgets(request: Request) -> Response:
    """Replace the organisation's rate limits and budgets."""
    tenant = await administered_tenant(request)
    wanted = await read_json(request, RulesRequest)
    given = services(request)
    rules = [rule_of(body, given.catalog, tenant) for body in wanted.rules]
    changed = await given.meter.rules.set(tenant, checked(rules), revision=wanted.revision)
    return reply(await _rules_reply(given, tenant, changed))


async def check_budgets(request: Request) -> Response:
    """Say what would happen to a call. Nothing is sent, counted or recorded."""
    tenant = await administered_tenant(request)
    wanted = await read_json(request, CheckRequest)
    given = services(request)
    forecast = await given.meter.forecast(
        call_to_try(
            named_connector(request, tenant, wanted.connector),
            tenant=tenant,
            user=wanted.user,
            owner=wanted.owner,
            key_id=wanted.key or "",
            connection=wanted.connection,
            method=wanted.method,
            path=wanted.path,
        )
    )
    return reply(check_reply(forecast))


def check_reply(forecast: Forecast) -> CheckReply:
    """Return the public form of a forecast."""
    refused_by = forecast.refused_by
    return CheckReply(
        operation=forecast.operation,
        passes=refused_by is None,
        refused_by=refused_by and refused_by.rule.id,
        price=forecast.estimate.header,
        rules=[_verdict_reply(one) for one in forecast.verdicts],
    )


def call_to_try(config: Connector, *, path: str, **facts: Any) -> Call:
    """Return a call that is not made. Its path may repeat that of the API's base address."""
    base = urlsplit(config.api_base_url).path.rstrip("/")
    if base and f"{path}/".startswith(f"{base}/"):
        path = path.removeprefix(base) or "/"
    return Call(connector=config.name, path=path, base=base, host="", request_id="", **facts)


def rule_of(body: RuleBody, catalog: Catalog, tenant: str) -> Rule:
    """Return the rule of a body; raise ``InvalidRequest`` that says what is wrong with it."""
    if (body.rate is None) == (body.budget is None):
        raise _wrong(body, "needs either rate or budget")
    name = clean_text(body.name, 80)
    if not name:
        raise _wrong(body, "name: must be visible text")
    connector = body.connector
    try:
        # An alias is stored as the name: calls are counted by it.
        if connector is not None:
            connector = catalog.described(own_name(catalog, tenant, connector)).name
        if body.operation is not None:
            pattern(body.operation)
    except ConnectorError:
        raise _wrong(body, "connector: there is no such connector") from None
    except ValueError as error:
        raise _wrong(body, f"operation: {error}") from None
    return Rule(
        id=body.id,
        name=name,
        mode=Mode(body.mode),
        selector=Selector(
            user=body.user, key=body.key, connector=connector, operation=body.operation
        ),
        each=tuple(each for each in Each if each in body.each),
        rate=None
        if body.rate is None
        else RateLimit(
            most=body.rate.most, seconds=body.rate.seconds, algorithm=Algorithm(body.rate.algorithm)
        ),
        budget=None if body.budget is None else _budget_of(body, body.budget),
    )


def _budget_of(body: RuleBody, budget: BudgetBody) -> Budget:
    is_money = budget.unit == "money"
    if is_money != (budget.currency is not None):
        raise _wrong(body, "currency: belongs to a budget of money, and to no other")
    if isinstance(budget.most, str) != is_money:
        raise _wrong(body, "most: is text like 12.50 for money, and a whole number otherwise")
    if budget.reserve is not None and not is_money:
        raise _wrong(body, "reserve: belongs to a budget of money")
    most = nanos_of(budget.most) if isinstance(budget.most, str) else budget.most
    reserve = None if budget.reserve is None else nanos_of(budget.reserve)
    if most < 1 or reserve == 0:
        raise _wrong(body, "most and reserve: must be more than nothing")
    return Budget(
        most=most,
        unit=Unit(budget.unit),
        period=Period(budget.period),
        currency=budget.currency,
        reserve=reserve,
        unknown_price=UnknownPrice(budget.unknown_price),
    )


def checked(rules: Sequence[Rule]) -> Sequence[Rule]:
    """Return the rules; raise ``InvalidRequest`` if two have the same id, or there are too many."""
    if len({rule.id for rule in rules}) < len(rules):
        raise InvalidRequest("rules: two have the same id")
    if len(rules) > MOST_RULES:
        raise InvalidRequest(f"rules: there are at most {MOST_RULES}")
    return rules


def nanos_of(amount: str) -> int:
    """Return decimal text as billionths."""
    return int(Decimal(amount) * NANO)


def amount_text(budget: Budget, amount: int) -> str:
    """Return an amount in the budget's unit: a whole number, or money as decimal text."""
    return decimal_text(amount) if budget.unit is Unit.MONEY else str(amount)


def _wrong(body: RuleBody, problem: str) -> InvalidRequest:
    return InvalidRequest(f"rule {body.id}: {problem}", {f"rules.{body.id}": problem})


async def _rules_reply(given: Services, tenant: str, rules: Rules) -> RulesReply:
    budgets = {rule.id: rule.budget for rule in rules.rules if rule.budget is not None}
    found = await given.meter.balances(tenant, rules.rules, limit=MOST_BALANCES)
    return RulesReply(
        revision=rules.revision,
        rules=[_body(rule) for rule in rules.rules],
        balances=[
            BalanceReply(
                rule=one.rule,
                subject=dict(one.subject),
                since=rfc3339(one.since),
                until=rfc3339(one.until),
                spent=amount_text(budgets[one.rule], one.spent),
                reserved=amount_text(budgets[one.rule], one.reserved),
                most=amount_text(budgets[one.rule], budgets[one.rule].most),
            )
            for one in found
        ],
    )


def _body(rule: Rule) -> RuleBody:
    budget, rate = rule.budget, rule.rate
    return RuleBody.model_validate(
        {
            "id": rule.id,
            "name": rule.name,
            "mode": str(rule.mode),
            "user": rule.selector.user,
            "key": rule.selector.key,
            "connector": rule.selector.connector,
            "operation": rule.selector.operation,
            "each": [str(each) for each in rule.each],
            "rate": rate
            and {"most": rate.most, "seconds": rate.seconds, "algorithm": str(rate.algorithm)},
            "budget": budget
            and {
                "unit": str(budget.unit),
                "most": decimal_text(budget.most) if budget.unit is Unit.MONEY else budget.most,
                "period": str(budget.period),
                "currency": budget.currency,
                "reserve": None if budget.reserve is None else decimal_text(budget.reserve),
                "unknown_price": str(budget.unknown_price),
            },
        }
    )


def _verdict_reply(verdict: Verdict) -> VerdictReply:
    rule, refusal = verdict.rule, verdict.refusal
    left = None
    if rule.budget is not None and verdict.left is not None:
        left = amount_text(rule.budget, verdict.left)
    return VerdictReply(
        rule=rule.id,
        name=rule.name,
        mode=str(rule.mode),
        passes=refusal is None,
        error=None if refusal is None else code_of(refusal),
        retry_after=verdict.retry_after,
        left=left,
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/budgets",
        handler=list_budgets,
        summary="The organisation's rate limits and budgets",
        who="session or key",
        role="admin",
        reply=RulesReply,
        errors=_ERRORS,
    ),
    Operation(
        method="PUT",
        path="/v1/budgets",
        handler=set_budgets,
        summary="Set the organisation's rate limits and budgets",
        who="session or key",
        role="admin",
        request=RulesRequest,
        reply=RulesReply,
        errors=(*_ERRORS, "rules_changed", "invalid_request"),
    ),
    Operation(
        method="POST",
        path="/v1/budgets/check",
        handler=check_budgets,
        summary="What would happen to a call, and what it would cost",
        who="session or key",
        role="admin",
        request=CheckRequest,
        reply=CheckReply,
        errors=(*_ERRORS, "connector_unknown", "invalid_request"),
    ),
]
