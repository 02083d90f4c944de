"""From rounds to figures: medians, ratios within a round, and what counts as a failure."""

from __future__ import annotations

from collections import Counter

from bench.compare import Cell, ratio
from bench.load import Load
from bench.report import Result, speed_of
from bench.storm import StormRound, failures_of, storm_of

SLOW, FAST = [Load(seconds=1.0, times=[1 / count] * count) for count in (10, 100)]
EMPTY = Load(seconds=0.0, times=[])
LOST = Load(seconds=1.0, times=[], failures=Counter({"connection lost": 2}))


def cells(*loads: Load, warm_up: Load = EMPTY) -> list[Cell]:
    return [Cell(load=load, warm_up=warm_up, queries=1.0, rows=2.0) for load in loads]


def test_a_ratio_is_the_median_of_the_ratios_within_the_rounds() -> None:
    found = {("a", 16): cells(SLOW, SLOW, FAST), ("b", 16): cells(FAST, SLOW, FAST)}

    assert ratio(found, "a", "b", 16) == 1  # of 0.1, 1 and 1; the ratio of the medians is 0.1


def test_a_ratio_to_a_server_that_never_answered_is_nothing() -> None:
    assert ratio({("a", 1): cells(FAST), ("b", 1): cells(EMPTY)}, "a", "b", 1) == 0


def test_a_speed_holds_the_medians() -> None:
    speed = speed_of("a", 16, cells(SLOW, FAST, SLOW))

    assert (speed.server, speed.connections, speed.per_second) == ("a", 16, 10)
    assert (speed.p50, speed.p99, speed.errors) == (100, 100, 0)
    assert (speed.queries, speed.rows) == (1, 2)


def test_failures_count_in_the_warm_up_too() -> None:
    result = Result()

    result.add_cells({("a", 16): cells(FAST, LOST, warm_up=LOST)})

    assert result.failures == {"a: connection lost": 2, "a: warm-up: connection lost": 4}
    assert result.speeds[0].errors == 6


def test_a_storm_is_what_callers_waited_beyond_the_provider_s_longest_answer() -> None:
    rounds = [
        StormRound(load=Load(seconds=took, times=[took]), calm=FAST, provider=[0.1, 0.2])
        for took in (0.5, 0.3, 0.6)
    ]

    storm = storm_of(1000, 2, rounds)

    assert (storm.callers, storm.accounts) == (1000, 2)
    assert (storm.served, storm.provider, storm.calm) == (500, 200, 1000)
    assert (round(storm.beyond), round(storm.worst)) == (300, 400)


def test_a_second_refresh_of_one_account_is_a_failure() -> None:
    twice = StormRound(load=FAST, calm=LOST, provider=[0.1, 0.1])

    assert failures_of("storm", 1, twice) == {
        "storm: 2 refreshes": 1,
        "storm: calm: connection lost": 2,
    }
    assert not failures_of("storm", 2, StormRound(load=FAST, calm=FAST, provider=[0.1, 0.1]))
