"""The pauses after consecutive failures of a provider."""

from __future__ import annotations

import itertools

import pytest

from gateway.errors import ProviderError, ProviderMisconfigured, ProviderUnavailable
from gateway.services.back_off import LONGEST_SECONDS, back_off

FAILED = ProviderUnavailable("the provider answered 500", status=500)


@pytest.mark.requirement("D7")
@pytest.mark.parametrize(
    "error", [FAILED, ProviderUnavailable("no response"), ProviderMisconfigured("no")]
)
@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_connection_costs_two_requests_in_ten_seconds_at_most(
    error: ProviderError, jitter: float
) -> None:
    """The second follows soon, because most failures are brief."""
    pauses = [back_off(error, attempts, jitter) for attempts in range(20)]
    assert 0.5 <= pauses[0] <= 1.0
    assert all(10.0 <= pause <= LONGEST_SECONDS for pause in pauses[1:])
    assert all(one <= other for one, other in itertools.pairwise(pauses))


@pytest.mark.requirement("D5", "D7")
def test_a_repeated_request_leaves_no_quick_second_try() -> None:
    """Two requests were sent already."""
    error = ProviderUnavailable("no response", outcome_unknown=True)
    error.requests += 1
    assert back_off(error, 0, 0.0) == 10.0


@pytest.mark.requirement("D6", "D7")
@pytest.mark.parametrize(
    ("said", "attempts", "seconds"), [(7, 0, 7.0), (0, 0, 0.5), (1, 1, 10.0), (300, 1, 300.0)]
)
def test_retry_after_can_only_lengthen_a_pause(said: int, attempts: int, seconds: float) -> None:
    """A provider that always says "in a second" does not get a request every second."""
    error = ProviderUnavailable("429", status=429, retry_after=said, rate_limited=True)
    assert back_off(error, attempts, 0.0) == seconds


@pytest.mark.requirement("L2")
def test_a_request_that_was_not_sent_pauses_as_long_as_the_bulkhead_says() -> None:
    """No request was sent, so the pause does not grow."""
    assert back_off(ProviderUnavailable("no slot", retry_after=1), 9, 1.0) == 1.0
