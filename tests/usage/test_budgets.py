"""Budgets: reserved before a call, charged with its event, and never overspent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import BudgetSpent, PriceUnknown, StoreUnavailable
from gateway.store.mongo import Database, Document
from gateway.store.usage_rules import Each, Mode, Period, Selector, Unit, UnknownPrice
from gateway.usage.budgets import CHUNK
from gateway.usage.meter import LOST_AFTER, Outcome, Result
from tests.support.gateway import FakeClock
from tests.support.metering import DONE, Metering, budget, call, price

CENT = 10_000_000
"""In billionths of a dollar."""


@pytest.fixture
def metering(database: Database, clock: FakeClock) -> Metering:
    return Metering(database, clock, [price()])


def charged(events: list[Document]) -> int:
    return sum(charge["amount"] for event in events for charge in event.get("charges", []))


async def test_calls_beyond_the_budget_are_refused_and_named(
    metering: Metering, clock: FakeClock
) -> None:
    await metering.set(budget(2))
    await metering.make()
    await metering.make()
    with pytest.raises(BudgetSpent) as caught:
        await metering.meter.admit(call())
    assert (caught.value.rule, caught.value.rule_name) == ("b", "budget b")
    tomorrow = clock().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert caught.value.retry_after == -((clock() - tomorrow) // timedelta(seconds=1))
    events = await metering.events()
    assert [event["result"] for event in events] == ["answered", "answered", "refused_by_rule"]
    assert (events[2]["rule"], events[2]["error"]) == ("b", "budget_spent")
    (counter,) = await metering.counters()
    assert (counter["spent"], counter["open"], charged(events)) == (2, [], 2)


@pytest.mark.parametrize("period", [*Period])
async def test_the_next_period_begins_anew(
    metering: Metering, clock: FakeClock, period: Period
) -> None:
    await metering.set(budget(1, period=period))
    await metering.make()
    with pytest.raises(BudgetSpent) as caught:
        await metering.meter.admit(call())
    assert caught.value.retry_after is not None
    clock.advance(seconds=caught.value.retry_after)
    await metering.make()


async def test_simultaneous_calls_share_what_is_left(metering: Metering) -> None:
    await metering.set(budget(5))
    admitted = await asyncio.gather(
        *(metering.meter.admit(call()) for _ in range(20)), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in admitted) == 5
    assert sum(isinstance(one, BudgetSpent) for one in admitted) == 15


async def test_each_user_has_a_budget_of_their_own(metering: Metering) -> None:
    await metering.set(budget(1, each=[Each.USER]))
    await metering.make(user="alice")
    await metering.make(user="$bob.x")  # no expression and no path of MongoDB's
    for user in ("alice", "$bob.x"):
        with pytest.raises(BudgetSpent):
            await metering.meter.admit(call(user=user))


async def test_a_rule_counts_only_the_calls_that_it_selects(metering: Metering) -> None:
    chosen = Selector(user="alice", key="k1", connector="notes", operation="GET /v1/pages/{id}")
    await metering.set(budget(1, selector=chosen))
    page: dict[str, Any] = {"path": "/v1/pages/42"}
    await metering.make(**page)
    for other in ({"user": "bob"}, {"key_id": "k2"}, {"connector": "x"}, {"method": "POST"}):
        await metering.make(**page | other)
    await metering.make()
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call(**page))


async def test_every_matching_budget_counts_and_a_refusal_costs_nothing(metering: Metering) -> None:
    await metering.set(budget(5, name="wide"), budget(1, name="narrow", period=Period.HOUR))
    await metering.make()
    with pytest.raises(BudgetSpent) as caught:
        await metering.meter.admit(call())
    assert caught.value.rule == "narrow"
    events = await metering.events()
    spent = {row["rule"]: (row["spent"], row["open"]) for row in await metering.counters()}
    assert spent == {"wide": (1, []), "narrow": (1, [])}
    assert charged(events) == 2


async def test_observed_budgets_note_what_they_would_refuse(metering: Metering) -> None:
    """They decide as if they were enforced: a call that they would refuse costs nothing."""
    await metering.set(budget(1, mode=Mode.OBSERVE))
    for _ in range(3):
        await metering.make()
    events = await metering.events()
    assert [event["observed"] for event in events] == [[], ["b"], ["b"]]
    assert {event["result"] for event in events} == {"answered"}
    assert (await metering.counters())[0]["spent"] == 1


async def test_money_is_reserved_at_the_greatest_price_and_charged_at_the_real_one(
    database: Database, clock: FakeClock
) -> None:
    units = [{"unit": "token", "amount": "0.01", "read": ["usage.tokens"], "most": 100}]
    metering = Metering(database, clock, [price(units=units)])
    await metering.set(budget(150 * CENT, Unit.MONEY))
    search = call(method="POST", path="/v1/search")
    first = await metering.meter.admit(search)
    assert first.wants_answer
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(search)  # the first one may still cost a dollar
    cost = await first.settle(
        Outcome(result=Result.ANSWERED, status=200, answer=b'{"usage":{"tokens":3}}')
    )
    assert cost is not None
    assert (cost.amount, cost.currency) == ("0.03", "USD")
    await metering.writer.flush()
    await metering.meter.admit(search)


async def test_the_price_of_a_call_that_broke_off_is_what_it_reserved(metering: Metering) -> None:
    await metering.set(budget(CENT, Unit.MONEY))
    attempt = await metering.meter.admit(call(method="POST", path="/v1/search"))
    assert await attempt.settle(Outcome(result=Result.TIMEOUT)) is None
    (event,) = await metering.events()
    assert (event["price"], charged([event])) == (None, CENT)


@pytest.mark.parametrize("result", [Result.REFUSED, Result.UNREACHABLE])
async def test_a_call_that_was_not_sent_costs_nothing(metering: Metering, result: Result) -> None:
    await metering.set(budget(1), budget(CENT, Unit.MONEY, name="m"))
    for _ in range(2):
        await metering.make(Outcome(result=result), method="POST", path="/v1/search")
        await metering.writer.flush()
    assert {row["spent"] for row in await metering.counters()} == {0}


async def test_an_unknown_price_is_refused_allowed_or_reserved(metering: Metering) -> None:
    await metering.set(budget(CENT, Unit.MONEY))
    with pytest.raises(PriceUnknown) as caught:
        await metering.meter.admit(call())
    assert caught.value.retry_after is None
    await metering.set(budget(CENT, Unit.MONEY, unknown_price=UnknownPrice.ALLOW))
    await metering.make()
    await metering.set(budget(CENT, Unit.MONEY, reserve=CENT))
    await metering.make()
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call())


async def test_a_price_in_another_currency_is_unknown_to_a_budget(metering: Metering) -> None:
    await metering.set(budget(CENT, Unit.MONEY, currency="EUR"))
    with pytest.raises(PriceUnknown):
        await metering.meter.admit(call(method="POST", path="/v1/search"))


async def test_bytes_are_reserved_as_they_pass(metering: Metering) -> None:
    await metering.set(budget(3 * CHUNK, Unit.BYTES))
    attempt = await metering.meter.admit(call())
    assert attempt.counts_bytes
    for _ in range(3):
        await attempt.use(CHUNK)
    with pytest.raises(BudgetSpent):
        await attempt.use(1)
    await attempt.settle(Outcome(result=Result.ABORTED, status=200, received=3 * CHUNK + 1))
    await metering.writer.flush()
    (counter,) = await metering.counters()
    assert (counter["spent"], counter["open"]) == (3 * CHUNK, [])


async def test_what_a_call_did_not_use_is_given_back(metering: Metering) -> None:
    await metering.set(budget(100, Unit.BYTES))
    await metering.make(DONE)
    await metering.writer.flush()
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call())
    assert (await metering.counters())[0]["spent"] == 100


async def test_the_reservation_of_a_dead_process_is_charged_whole(
    metering: Metering, clock: FakeClock
) -> None:
    await metering.set(budget(2), budget(9, name="other"))
    await metering.meter.admit(call(path="/v1/pages/secret-title"))  # and its process dies
    assert await metering.meter.sweep() == 0
    clock.advance(seconds=LOST_AFTER.total_seconds() + 1)
    assert await metering.meter.sweep() == 2
    assert await metering.meter.sweep() == 0
    (event,) = await metering.events()
    assert (event["result"], event["user"]) == ("lost", "alice")
    assert event["operation"] == "GET /v1/pages/{id}"
    assert sorted(charge["rule"] for charge in event.get("charges", [])) == ["b", "other"]
    assert [(row["spent"], row["open"]) for row in await metering.counters()] == [(1, [])] * 2


async def test_a_call_that_settles_after_it_was_given_up_changes_nothing(
    metering: Metering, clock: FakeClock
) -> None:
    await metering.set(budget(2))
    attempt = await metering.meter.admit(call())
    clock.advance(seconds=LOST_AFTER.total_seconds() + 1)
    await metering.meter.sweep()
    await attempt.settle(DONE)
    (event,) = await metering.events()
    assert event["result"] == "lost"
    assert (await metering.counters())[0]["spent"] == 1


async def test_a_repeated_settlement_changes_nothing(metering: Metering) -> None:
    await metering.set(budget(5))
    await metering.make()
    events = await metering.events()
    for _ in range(2):
        await metering.store.settle(events)
    assert await metering.events() == events
    assert (await metering.counters())[0]["spent"] == 1


async def test_without_its_database_a_budget_lets_nothing_pass(
    metering: Metering, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> tuple[int, int]:
        raise StoreUnavailable

    await metering.set(budget(5))
    monkeypatch.setattr(metering.store, "reserve", away)
    with pytest.raises(StoreUnavailable):
        await metering.meter.admit(call())
    await metering.set(budget(5, mode=Mode.OBSERVE))
    await metering.make()  # an observed one changes no answer


async def test_a_call_without_a_matching_rule_writes_nothing(
    metering: Metering, monkeypatch: pytest.MonkeyPatch
) -> None:
    await metering.set(budget(5, selector=Selector(connector="other")))
    await metering.meter.admit(call())
    monkeypatch.setattr(metering, "store", None)
    await metering.make()
    assert await metering.counters() == []


async def test_a_spent_budget_refuses_from_memory_until_it_is_raised(
    metering: Metering, monkeypatch: pytest.MonkeyPatch
) -> None:
    await metering.set(budget(1), budget(9, name="wide", period=Period.MONTH))
    await metering.make()
    await metering.writer.flush()
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call())
    asked = []
    reserve = metering.store.reserve

    async def counted(counter: Any, *arguments: Any, **facts: Any) -> tuple[int, int]:
        asked.append(counter.rule)
        return await reserve(counter, *arguments, **facts)

    monkeypatch.setattr(metering.store, "reserve", counted)
    for _ in range(3):
        with pytest.raises(BudgetSpent):
            await metering.meter.admit(call())
    assert "b" not in asked
    await metering.set(budget(2), budget(9, name="wide", period=Period.MONTH))
    await metering.make()
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call())


async def test_what_is_only_reserved_is_not_remembered_as_spent(metering: Metering) -> None:
    await metering.set(budget(1))
    attempt = await metering.meter.admit(call())
    with pytest.raises(BudgetSpent):
        await metering.meter.admit(call())
    await attempt.settle(Outcome(result=Result.UNREACHABLE))
    await metering.writer.flush()
    await metering.make()


async def test_processes_that_finish_the_same_work_at_once_do_it_once(
    database: Database, metering: Metering, clock: FakeClock
) -> None:
    await metering.set(budget(50), budget(50, name="other"))
    for _ in range(20):
        await metering.meter.admit(call())  # and its process dies
    clock.advance(seconds=LOST_AFTER.total_seconds() + 1)
    others = [Metering(database.apart(), clock) for _ in range(8)]
    await asyncio.gather(*(one.meter.sweep() for one in others))
    events = await metering.events()
    assert len(events) == 20
    assert charged(events) == 40
    assert [(row["spent"], row["open"], row["outbox"]) for row in await metering.counters()] == [
        (20, [], [])
    ] * 2
