"""Rate limits of rules: windows and buckets that hold for all processes together."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import RuleRateLimited, StoreUnavailable
from gateway.store.limits import LimitStore
from gateway.store.mongo import Database
from gateway.store.usage_rules import Algorithm, Each, Mode, RateLimit, Rule, Selector
from gateway.usage.rates import SHARE_OF, Rates
from tests.support.gateway import FakeClock
from tests.support.metering import Metering, budget, call
from tests.support.tokens import StoppedClock


@pytest.fixture
def clock() -> FakeClock:
    """It stands still, so that no window ends during a test."""
    return StoppedClock()


@pytest.fixture
def metering(database: Database, clock: FakeClock) -> Metering:
    return Metering(database, clock)


def rate(
    most: int, seconds: int = 60, algorithm: Algorithm = Algorithm.WINDOW, **facts: object
) -> Rule:
    """A rule with a rate limit."""
    limit = RateLimit(most=most, seconds=seconds, algorithm=algorithm)
    return Rule(**{"id": "r", "name": "rate r", "rate": limit} | facts)  # type: ignore[arg-type]


async def refused(metering: Metering, **facts: object) -> RuleRateLimited:
    with pytest.raises(RuleRateLimited) as caught:
        await metering.meter.admit(call(**facts))
    return caught.value


@pytest.mark.parametrize("algorithm", [*Algorithm])
async def test_the_refusal_names_the_rule_and_when_it_passes(
    metering: Metering, clock: FakeClock, algorithm: Algorithm
) -> None:
    await metering.set(rate(2, algorithm=algorithm))
    await metering.make()
    await metering.make()
    error = await refused(metering)
    assert (error.rule, error.rule_name) == ("r", "rate r")
    assert error.retry_after is not None
    assert 0 < error.retry_after <= (60 if algorithm is Algorithm.WINDOW else 30)
    clock.advance(seconds=error.retry_after)
    await metering.make()
    last = (await metering.events())[2]
    assert (last["result"], last["rule"], last["error"]) == (
        "refused_by_rule",
        "r",
        "rule_rate_limited",
    )


async def test_a_bucket_refills_evenly_and_a_window_at_once(
    database: Database, clock: FakeClock
) -> None:
    rates = Rates(LimitStore(database), clock)
    clock.advance(seconds=60 - clock().timestamp() % 60)  # to the begin of a window
    for algorithm, after in ((Algorithm.BUCKET, 3), (Algorithm.WINDOW, 6)):
        limit = RateLimit(most=6, seconds=60, algorithm=algorithm)
        taken = [await rates.take(str(algorithm), limit) for _ in range(7)]
        assert [wait is None for wait in taken] == [True] * 6 + [False]
        start = clock()
        clock.advance(seconds=31)
        if algorithm is Algorithm.WINDOW:
            assert await rates.take(str(algorithm), limit) is not None
            clock.advance(seconds=30)
        passed = 0
        while await rates.take(str(algorithm), limit) is None:
            passed += 1
        assert passed == after, algorithm
        clock.advance(seconds=120 - (clock() - start).total_seconds())


async def test_all_processes_share_a_limit(database: Database, clock: FakeClock) -> None:
    """Frequent calls take several permits at once, and no permit is given twice."""
    processes = [Rates(LimitStore(database), clock) for _ in range(4)]
    limit = RateLimit(most=200, seconds=3600, algorithm=Algorithm.WINDOW)
    taken = await asyncio.gather(*(one.take("k", limit) for one in processes for _ in range(100)))
    got = sum(wait is None for wait in taken)
    assert 200 - len(processes) * (200 // SHARE_OF) <= got <= 200


async def test_frequent_calls_ask_the_database_rarely(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked = LimitStore(database), 0
    take = store.take

    async def counted(*arguments: object, **facts: object) -> object:
        nonlocal asked
        asked += 1
        return await take(*arguments, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "take", counted)
    rates = Rates(store, clock)
    for _ in range(1000):
        await rates.take("k", RateLimit(most=100_000, seconds=60))
    assert asked < 20


async def test_a_refused_call_costs_other_rules_nothing(metering: Metering) -> None:
    wide = rate(3, id="wide")
    await metering.set(wide, rate(1, id="narrow", selector=Selector(user="alice")))
    await metering.make()
    for _ in range(5):
        assert (await refused(metering)).rule == "narrow"
    await metering.make(user="bob")
    await metering.make(user="bob")
    assert (await refused(metering, user="bob")).rule == "wide"


async def test_a_budget_refuses_before_a_permit_is_lost(metering: Metering) -> None:
    await metering.set(rate(2, each=(Each.USER,)), budget(1, selector=Selector(user="alice")))
    await metering.make()
    for _ in range(3):
        with pytest.raises(Exception, match="has too little left"):
            await metering.meter.admit(call())
    await metering.set(rate(2, each=(Each.USER,)))
    await metering.make()
    await refused(metering)


async def test_the_longest_wait_is_named(metering: Metering) -> None:
    await metering.set(rate(1, 60, id="minute"), rate(1, 86_400, id="day"), rate(1, 1, id="second"))
    await metering.make()
    assert (await refused(metering)).rule == "day"


async def test_an_observed_rule_changes_no_answer(metering: Metering) -> None:
    await metering.set(rate(1, mode=Mode.OBSERVE))
    for _ in range(3):
        await metering.make()
    assert [event["observed"] for event in await metering.events()] == [[], ["r"], ["r"]]


async def test_calls_pass_while_the_database_is_away(
    metering: Metering, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    await metering.set(rate(1))
    monkeypatch.setattr(LimitStore, "take_of_window", away)
    for _ in range(3):
        await metering.make()


async def test_a_forecast_takes_nothing(metering: Metering) -> None:
    for algorithm in Algorithm:
        await metering.set(rate(1, algorithm=algorithm, id=str(algorithm)))
        for _ in range(3):
            assert (await metering.meter.forecast(call())).refused_by is None
        await metering.make()
        verdict = (await metering.meter.forecast(call())).refused_by
        assert verdict is not None
        assert verdict.retry_after == (await refused(metering)).retry_after


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    most=st.integers(1, 5),
    seconds=st.sampled_from([1, 7, 60]),
    algorithm=st.sampled_from(Algorithm),
    steps=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 40)), min_size=1, max_size=25),
    number=st.uuids(),
)
async def test_no_schedule_exceeds_a_limit(
    database: Database,
    clock: FakeClock,
    most: int,
    seconds: int,
    algorithm: Algorithm,
    steps: list[tuple[int, float]],
    number: object,
) -> None:
    """Whichever process calls whenever: a window is never overfull, a bucket refills evenly."""
    processes = [Rates(LimitStore(database), clock) for _ in range(3)]
    limit = RateLimit(most=most, seconds=seconds, algorithm=algorithm)
    passed = []
    for process, pause in steps:
        clock.advance(seconds=pause)
        if await processes[process].take(str(number), limit) is None:
            passed.append(clock())
    for start in passed:
        if algorithm is Algorithm.WINDOW:
            window = start.timestamp() // seconds
            assert sum(one.timestamp() // seconds == window for one in passed) <= most
        else:
            for length in (1, seconds, 3 * seconds):
                end = start + timedelta(seconds=length)
                inside = sum(start <= one < end for one in passed)
                assert inside <= most + most * length / seconds + 1
