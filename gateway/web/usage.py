"""The API for usage: ``GET /v1/usage`` and ``GET /v1/usage/events`` (docs/usage.md)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest
from gateway.store.usage import By, Event, Result, Sum, Wanted, decimal_text
from gateway.web.callers import require_key
from gateway.web.inputs import limit_in, read_query, text_in, time_in
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services

_FILTERS = (
    *("user", "key", "connector", "connection", "operation", "tool"),
    *("result", "since", "until"),
)
SUMS = (*_FILTERS, "by", "format")
EVENTS = (*_FILTERS, "limit", "cursor", "format")
MOST, USUAL = 500, 100
MOST_EVENTS_OF_CSV = 10_000
MOST_SUMS = 1000
RECENT = timedelta(days=30)
"""The time that sums are made of, without ``since``."""


class CostReply(BaseModel):
    """An amount of money, as decimal text in the currency's unit."""

    currency: str
    amount: str


class SumReply(BaseModel):
    """The sums of some calls, which share the values that are set.

    ``refused`` were refused by a rule. ``cost`` is of the calls whose price is known;
    ``unknown_prices`` counts the others that were sent, ``unconfirmed_prices`` those whose price
    the provider's page did not confirm. Times are means of the sent calls, in milliseconds.
    """

    day: str | None = None
    connector: str | None = None
    user: str | None = None
    key: str | None = None
    operation: str | None = None
    tool: str | None = None
    calls: int
    answered: int
    refused: int
    sent_bytes: int
    received_bytes: int
    gateway_ms: float
    provider_ms: float
    cost: list[CostReply]
    unknown_prices: int
    unconfirmed_prices: int


class UsageReply(BaseModel):
    """Sums, the most calls first. ``is_complete`` is false if there are more than are shown."""

    since: str
    until: str | None
    sums: list[SumReply]
    is_complete: bool


class PriceReply(BaseModel):
    """The price of a call: as decimal text, with the version of the price list.

    ``confirmed`` says whether the provider's own page has it.
    """

    currency: str
    amount: str
    version: str
    confirmed: bool


class EventReply(BaseModel):
    """One attempt to call a provider. ``price`` is null if it is not known, or nothing was sent.

    ``rule`` is the rule that refused the call; ``observed_rules`` would have.
    """

    id: str
    time: str
    user: str
    owner: str
    key: str
    connector: str
    connection: str | None
    operation: str
    tool: str | None
    host: str
    result: str
    status: int | None
    error: str | None
    sent_bytes: int
    received_bytes: int
    gateway_ms: float
    provider_ms: float
    price: PriceReply | None
    rule: str | None
    observed_rules: list[str]
    request_id: str


class UsageEventsReply(BaseModel):
    """Events, newest first. ``next_cursor`` leads to older ones; ``null`` at the end."""

    events: list[EventReply]
    next_cursor: str | None


async def read_usage(request: Request) -> Response:
    """Sum up the calls in the caller's tenant; of the last 30 days, if nothing else is asked."""
    caller = await require_key(request, Role.ADMIN)
    given = read_query(request, *SUMS)
    now = services(request).clock()
    wanted = _wanted({"since": rfc3339(now - RECENT)} | given)
    by = _by(given.get("by"))
    found = await services(request).usage.sums(caller.tenant, wanted, by, limit=MOST_SUMS + 1)
    sums = [sum_reply(one) for one in found[:MOST_SUMS]]
    if _is_csv(given):
        names = [name for name in SumReply.model_fields if name not in set(By) or name in by]
        return _csv("usage", names, (_flat_sum(one) for one in sums))
    return reply(
        UsageReply(
            since=given.get("since") or rfc3339(now - RECENT),
            until=given.get("until"),
            sums=sums,
            is_complete=len(found) <= MOST_SUMS,
        )
    )


async def read_usage_events(request: Request) -> Response:
    """List the calls in the caller's tenant, newest first."""
    caller = await require_key(request, Role.ADMIN)
    given = read_query(request, *EVENTS)
    is_csv = _is_csv(given)
    limit = limit_in(given, usual=USUAL, most=MOST_EVENTS_OF_CSV if is_csv else MOST)
    try:
        found = await services(request).usage.find(
            caller.tenant, _wanted(given), limit=limit + 1, before=given.get("cursor")
        )
    except ValueError:
        raise InvalidRequest("cursor: take it from next_cursor of an earlier answer") from None
    shown = [_event_reply(event) for event in found[:limit]]
    if is_csv:
        return _csv("usage-events", [*EventReply.model_fields], (_flat_event(one) for one in shown))
    following = shown[-1].id if len(found) > limit else None
    return reply(UsageEventsReply(events=shown, next_cursor=following))


def sum_reply(total: Sum) -> SumReply:
    """Return the public form of a sum."""
    sent = max(1, total.sent_calls)
    return SumReply(
        **{str(name): total.of.get(str(name)) or None for name in By},
        calls=total.calls,
        answered=total.answered,
        refused=total.refused,
        sent_bytes=total.sent,
        received_bytes=total.received,
        gateway_ms=round(total.gateway_ms / sent, 3),
        provider_ms=round(total.provider_ms / sent, 3),
        cost=[
            CostReply(currency=currency, amount=decimal_text(nanos))
            for currency, nanos in sorted(total.cost.items())
        ],
        unknown_prices=total.unknown_prices,
        unconfirmed_prices=total.unconfirmed_prices,
    )


def _event_reply(event: Event) -> EventReply:
    price = event.price
    return EventReply(
        id=event.id,
        time=rfc3339(event.time),
        user=event.user,
        owner=event.owner,
        key=event.key,
        connector=event.connector,
        connection=event.connection,
        operation=event.operation,
        tool=event.tool,
        host=event.host,
        result=str(event.result),
        status=event.status,
        error=event.error,
        sent_bytes=event.sent,
        received_bytes=event.received,
        gateway_ms=event.gateway_ms,
        provider_ms=event.provider_ms,
        price=price
        and PriceReply(
            currency=price.currency,
            amount=price.amount,
            version=price.version,
            confirmed=price.confirmed,
        ),
        rule=event.rule,
        observed_rules=list(event.observed),
        request_id=event.request,
    )


def _wanted(given: Mapping[str, str]) -> Wanted:
    result = given.get("result")
    if result is not None and result not in set(Result):
        raise InvalidRequest(f"result: must be one of {', '.join(Result)}")
    return Wanted(
        user=text_in(given, "user"),
        key=text_in(given, "key"),
        connector=text_in(given, "connector"),
        connection=text_in(given, "connection"),
        operation=text_in(given, "operation"),
        tool=text_in(given, "tool"),
        result=None if result is None else Result(result),
        since=time_in(given, "since"),
        until=time_in(given, "until"),
    )


def _by(given: str | None) -> list[By]:
    names = given.split(",") if given else []
    if not set(names) <= set(By) or len(set(names)) < len(names):
        raise InvalidRequest(f"by: must be some of {', '.join(By)}, separated by commas")
    return [By(name) for name in names]


def _is_csv(given: Mapping[str, str]) -> bool:
    kind = given.get("format", "json")
    if kind not in {"json", "csv"}:
        raise InvalidRequest("format: must be json or csv")
    return kind == "csv"


def _flat_sum(total: SumReply) -> dict[str, Any]:
    cost = " ".join(f"{one.amount} {one.currency}" for one in total.cost)
    return total.model_dump() | {"cost": cost}


def _flat_event(event: EventReply) -> dict[str, Any]:
    price = event.price and f"{event.price.amount} {event.price.currency}"
    return event.model_dump() | {"price": price, "observed_rules": " ".join(event.observed_rules)}


def _csv(name: str, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return Response(text.getvalue(), headers=headers, media_type="text/csv")


def _cell(value: Any) -> Any:
    # A spreadsheet takes a text that begins so for a formula; a user's id may.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


_ERRORS = ("unauthorized", "forbidden", "invalid_request", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/usage",
        handler=read_usage,
        query=SUMS,
        who="key",
        role="admin",
        summary="How much was called in this tenant, and what it cost",
        reply=UsageReply,
        errors=_ERRORS,
    ),
    Operation(
        method="GET",
        path="/v1/usage/events",
        handler=read_usage_events,
        query=EVENTS,
        who="key",
        role="admin",
        summary="Each call to a provider in this tenant, newest first",
        reply=UsageEventsReply,
        errors=_ERRORS,
    ),
]
