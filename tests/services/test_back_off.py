"""How long a provider is left alone after failures in a row."""

from __future__ import annotations

import itertools

import pytest

from gateway.errors import ProviderError, ProviderMisconfigured, ProviderUnavailable
from gateway.services.back_off import LONGEST_SECONDS, back_off

FAILED = ProviderUnavailable("the provider answered 500", status=500)


@pytest.mark.requirement("D7")
@pytest.mark.parametrize(
    "error", [FAILED, ProviderUnavailable("nobody answers"), ProviderMisconfigured("no")]
)
@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_connection_costs_two_requests_in_ten_seconds_at_most(
    error: ProviderError, jitter: float
) -> None:
    """The second one soon, for most failures are over after a moment."""
    pauses = [back_off(error, attempts, jitter) for attempts in range(20)]
    assert 0.5 <= pauses[0] <= 1.0
    assert all(10.0 <= pause <= LONGEST_SECONDS for pause in pauses[1:])
    assert all(one <= other for one, other in itertools.pairwise(pauses))


@pytest.mark.requirement("D5", "D7")
def test_where_the_first_request_was_repeated_at_once_there_is_no_quick_second_try() -> None:
    """Two have left already."""
    error = ProviderUnavailable("nobody answers", outcome_unknown=True)
    error.requests += 1
    assert back_off(error, 0, 0.0) == 10.0


@pytest.mark.requirement("D6", "D7")
@pytest.mark.parametrize(
    ("said", "attempts", "seconds"), [(7, 0, 7.0), (0, 0, 0.5), (1, 1, 10.0), (300, 1, 300.0)]
)
def test_what_the_provider_said_can_only_make_it_longer(
    said: int, attempts: int, seconds: float
) -> None:
    """One that says "in a second" again and again is not asked every second."""
    error = ProviderUnavailable("429", status=429, retry_after=said, rate_limited=True)
    assert back_off(error, attempts, 0.0) == seconds


@pytest.mark.requirement("L2")
def test_who_was_turned_away_here_waits_as_long_as_the_lane_says() -> None:
    """Nobody was asked, so there is nothing to grow the pause."""
    assert back_off(ProviderUnavailable("no slot", retry_after=1), 9, 1.0) == 1.0
