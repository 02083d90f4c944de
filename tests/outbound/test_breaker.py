"""The circuit breaker with a fake clock: no I/O, no waiting."""

from __future__ import annotations

import pytest

from gateway.outbound.breaker import Admission, Breaker


class Now:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def breaker(now: Now) -> Breaker:
    return Breaker(now, failures=3, first_seconds=4, longest_seconds=10)


def admitted(breaker: Breaker) -> Admission:
    """The leave that a breaker must give now."""
    admission = breaker.admit()
    assert admission is not None
    return admission


def fail(breaker: Breaker, times: int) -> None:
    """So many requests, one after the other, all in vain."""
    for _ in range(times):
        breaker.failed(admitted(breaker))


def test_breaker_opens_at_the_last_of_consecutive_failures(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert not breaker.is_open
    assert breaker.wait == 0
    fail(breaker, 1)
    assert breaker.is_open
    assert breaker.wait == 4
    assert breaker.admit() is None


def test_a_success_in_between_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded(admitted(breaker))
    assert breaker.is_idle
    fail(breaker, 2)
    assert not breaker.is_open


def test_requests_that_taught_nothing_count_neither_way(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.abandoned(admitted(breaker))
    assert not breaker.is_idle
    fail(breaker, 1)
    assert breaker.is_open


def test_breaker_says_how_many_whole_seconds_are_left(breaker: Breaker, now: Now) -> None:
    """Retry-After is whole seconds: rounded up, or the caller would come too early."""
    fail(breaker, 3)
    now.seconds += 0.1
    assert breaker.wait == 4
    now.seconds += 3.8
    assert breaker.wait == 1
    now.seconds += 0.1
    assert breaker.wait == 0


def test_when_its_time_is_over_exactly_one_probe_is_let_through(breaker: Breaker, now: Now) -> None:
    fail(breaker, 3)
    now.seconds += 4
    assert admitted(breaker).probe
    assert breaker.admit() is None
    assert breaker.wait == 1
    assert breaker.is_open


def test_a_probe_that_succeeds_closes_it_for_everybody(breaker: Breaker, now: Now) -> None:
    fail(breaker, 3)
    now.seconds += 4
    breaker.succeeded(admitted(breaker))
    assert breaker.is_idle
    assert not admitted(breaker).probe
    assert not admitted(breaker).probe


def test_every_probe_that_fails_doubles_the_time_up_to_the_longest(
    breaker: Breaker, now: Now
) -> None:
    fail(breaker, 3)
    waits = []
    for _ in range(4):
        waits.append(breaker.wait)
        now.seconds += breaker.wait
        fail(breaker, 1)
    assert waits == [4, 8, 10, 10]


def test_once_closed_it_begins_with_the_first_time_again(breaker: Breaker, now: Now) -> None:
    fail(breaker, 3)
    now.seconds += 4
    fail(breaker, 1)
    now.seconds += 8
    breaker.succeeded(admitted(breaker))
    fail(breaker, 3)
    assert breaker.wait == 4


def test_a_probe_that_was_abandoned_makes_room_for_the_next_one(breaker: Breaker, now: Now) -> None:
    """A caller that goes away must not keep the breaker half open for ever."""
    fail(breaker, 3)
    now.seconds += 4
    breaker.abandoned(admitted(breaker))
    assert breaker.is_open
    assert admitted(breaker).probe


def test_failures_of_requests_that_left_before_it_opened_do_not_lengthen_it(
    breaker: Breaker, now: Now
) -> None:
    """A hundred simultaneous failures are one outage, not a hundred."""
    early = [admitted(breaker) for _ in range(100)]
    for admission in early:
        breaker.failed(admission)
    assert breaker.wait == 4
    now.seconds += 4
    fail(breaker, 1)
    assert breaker.wait == 8


def test_a_late_failure_does_not_take_the_probes_place(breaker: Breaker, now: Now) -> None:
    late = admitted(breaker)
    fail(breaker, 3)
    now.seconds += 4
    probe = admitted(breaker)
    breaker.failed(late)
    breaker.abandoned(late)
    assert breaker.admit() is None  # the probe is still out
    breaker.succeeded(probe)
    assert breaker.is_idle


def test_an_answer_to_a_request_that_left_before_closes_it(breaker: Breaker) -> None:
    """It shows that the host works, whenever the request left."""
    late = admitted(breaker)
    fail(breaker, 3)
    breaker.succeeded(late)
    assert breaker.is_idle


def test_pause_is_bounded_however_often_the_breaker_opens(breaker: Breaker, now: Now) -> None:
    fail(breaker, 3)
    for _ in range(5000):
        now.seconds += breaker.wait
        fail(breaker, 1)
    assert breaker.wait == 10
