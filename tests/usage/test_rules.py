"""Rules as properties: which calls they count, when their periods begin, and what they decide."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import RuleRefused, RulesChanged
from gateway.store.mongo import Database
from gateway.store.usage_rules import (
    Algorithm,
    Each,
    Mode,
    Period,
    RateLimit,
    Rule,
    Rules,
    Selector,
    Unit,
)
from gateway.usage.meter import Outcome, Result
from gateway.usage.rules import applying, counter_of, key_of, period_of, subject_of
from tests.support.gateway import FakeClock
from tests.support.metering import Metering, budget, call, price

with_database = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
USERS, KEYS, CONNECTORS = ("alice", "bob"), ("k1", "k2"), ("notes", "mail")
calls = st.fixed_dictionaries(
    {
        "user": st.sampled_from(USERS),
        "key_id": st.sampled_from(KEYS),
        "connector": st.sampled_from(CONNECTORS),
        "path": st.sampled_from(["/v1/pages", "/v1/pages/42", "/v1/search"]),
    }
)
selectors = st.builds(
    Selector,
    user=st.none() | st.sampled_from(USERS),
    key=st.none() | st.sampled_from(KEYS),
    connector=st.none() | st.sampled_from(CONNECTORS),
    operation=st.none() | st.sampled_from(["GET /v1/pages/{id}", "* /v1/**", "POST /v1/search"]),
)
OUTCOMES = [
    Outcome(result=Result.ANSWERED, status=200, sent=5, received=60, answer=b'{"n":2}'),
    Outcome(result=Result.ANSWERED, status=500),
    Outcome(result=Result.ABORTED, status=200, received=30),
    Outcome(result=Result.UNREACHABLE),
    None,  # its process dies
]
numbers = itertools.count()


@given(selectors, calls)
def test_a_rule_counts_the_calls_that_have_all_of_its_values(
    selector: Selector, facts: dict[str, str]
) -> None:
    made = call(**facts)
    found = [*applying(Rules(rules=(budget(1, selector=selector),)), made)]
    operations = {
        None: True,
        "GET /v1/pages/{id}": made.path == "/v1/pages/42",
        "* /v1/**": True,
        "POST /v1/search": False,
    }
    expected = (
        selector.user in {None, made.user}
        and selector.key in {None, made.key_id}
        and selector.connector in {None, made.connector}
        and operations[selector.operation]
    )
    assert bool(found) == expected


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.sampled_from(Period))
def test_periods_follow_each_other_without_gap(naive: datetime, period: Period) -> None:
    now = naive.replace(tzinfo=UTC)
    since, until = period_of(period, now)
    assert since <= now < until
    assert period_of(period, until)[0] == until
    assert period_of(period, since) == (since, until)
    assert period_of(period, until - timedelta(milliseconds=1)) == (since, until)
    assert (since.minute, since.second, since.microsecond) == (0, 0, 0)


@given(
    st.lists(st.text(max_size=8), min_size=2, max_size=2),
    st.lists(st.text(max_size=8), min_size=2, max_size=2),
)
def test_two_subjects_never_share_a_counter(first: list[str], second: list[str]) -> None:
    rule = budget(1, each=[Each.USER, Each.KEY])
    keys = []
    for user, key in (first, second):
        subject = subject_of(rule, call(user=user, key_id=key), "GET /")
        keys.append(key_of("default", rule, subject))
    assert (keys[0] == keys[1]) == (first == second)
    assert key_of("other", rule, {}) != key_of("default", rule, {})


def test_a_change_of_what_a_rule_counts_begins_anew_and_a_change_of_its_limit_does_not() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def counter(**facts: Any) -> str:
        rule = budget(**{"most": 1} | facts)
        assert rule.budget is not None
        return counter_of(rule, rule.budget, call(), "GET /", now).id

    assert counter() == counter(most=99) == counter(mode=Mode.OBSERVE)
    others = [
        counter(name="c"),
        counter(unit=Unit.BYTES),
        counter(period=Period.HOUR),
        counter(each=[Each.USER]),
        counter(selector=Selector(user="alice")),
        counter(unit=Unit.MONEY),
        counter(unit=Unit.MONEY, currency="EUR"),
    ]
    assert len({counter(), *others}) == len(others) + 1


rules_of_one = st.one_of(
    st.builds(
        lambda most, each: ("budget", most, each),
        st.integers(1, 4),
        st.sampled_from([(), (Each.USER,), (Each.CONNECTOR,)]),
    ),
    st.builds(
        lambda most, algorithm: (algorithm, most, ()), st.integers(1, 4), st.sampled_from(Algorithm)
    ),
)


@with_database
@given(rules_of_one, st.lists(st.tuples(calls, st.floats(0, 20_000)), min_size=1, max_size=12))
async def test_an_observed_rule_decides_as_an_enforced_one(
    database: Database,
    clock: FakeClock,
    chosen: tuple[Any, int, Any],
    traffic: list[tuple[dict[str, str], float]],
) -> None:
    metering, number = Metering(database, clock), next(numbers)
    kind, most, each = chosen

    def rule(mode: Mode) -> Rule:
        if kind == "budget":
            return budget(most, each=each, mode=mode)
        limit = RateLimit(most=most, seconds=3600, algorithm=kind)
        return Rule(id="b", name="b", mode=mode, rate=limit)

    tenants = {mode: f"{mode}-{number}" for mode in Mode}
    for mode, tenant in tenants.items():
        await metering.set(rule(mode), tenant=tenant)
    offset = clock.offset
    decisions: dict[Mode, list[bool]] = {mode: [] for mode in Mode}
    for mode, tenant in tenants.items():
        clock.offset = offset
        for facts, pause in traffic:
            clock.advance(seconds=pause)
            try:
                attempt = await metering.meter.admit(call(tenant=tenant, **facts))
            except RuleRefused:
                decisions[mode].append(False)
            else:
                decisions[mode].append(not attempt.observed)
                await attempt.settle(OUTCOMES[0])  # type: ignore[arg-type]
    assert decisions[Mode.OBSERVE] == decisions[Mode.ENFORCE]


UNITS = [{"unit": "thing", "amount": "1", "read": ["n"], "most": 3}]


@with_database
@given(
    st.lists(st.tuples(calls, st.sampled_from(OUTCOMES)), min_size=1, max_size=15),
    st.tuples(st.integers(1, 8), st.integers(1, 300), st.integers(1, 9)),
)
async def test_no_traffic_overspends_and_the_events_add_up(
    database: Database,
    clock: FakeClock,
    traffic: list[tuple[dict[str, str], Outcome | None]],
    limits: tuple[int, int, int],
) -> None:
    tenant = f"t{next(numbers)}"
    metering = Metering(database, clock, [price("GET /v1/**", units=UNITS)])
    rules = [
        budget(limits[0], name="calls"),
        budget(limits[1], Unit.BYTES, name="bytes", each=[Each.USER]),
        budget(limits[2] * 10**9, Unit.MONEY, name="money", selector=Selector(connector="notes")),
    ]
    most = {rule.id: rule.budget.most for rule in rules if rule.budget is not None}
    await metering.set(*rules, tenant=tenant)

    async def counters() -> list[dict[str, Any]]:
        return await database.collection("budgets").find({"tenant": tenant})

    for facts, outcome in traffic:
        try:
            attempt = await metering.meter.admit(call(tenant=tenant, **facts))
        except RuleRefused:
            continue
        for row in await counters():
            used = row["spent"] + sum(one["amount"] for one in row["open"])
            assert used <= most[row["rule"]]
        if outcome is not None:
            await attempt.settle(outcome)
            await metering.writer.flush()
    await metering.writer.flush()
    later = clock() + timedelta(days=1)
    await metering.store.settle_lost(later, later)
    events = await database.collection("usage").find({"tenant": tenant})
    for row in await counters():
        charges = [
            charge["amount"]
            for event in events
            for charge in event.get("charges", [])
            if charge["counter"] == row["_id"]
        ]
        assert (row["open"], row["outbox"]) == ([], [])
        assert row["spent"] == sum(charges) <= most[row["rule"]]


async def test_of_two_changes_at_once_one_is_refused(database: Database, clock: FakeClock) -> None:
    metering = Metering(database, clock)
    await metering.rules.set("default", [budget(1)], revision=0)
    with pytest.raises(RulesChanged):
        await metering.rules.set("default", [budget(2)], revision=0)
    assert await metering.rules.of("default") == Rules(revision=1, rules=(budget(1),))
    await metering.rules.set("default", [budget(3)], revision=1)
    assert (await metering.rules.of("default")).rules == (budget(3),)  # at once in this process
