"""Rules for failed refreshes: whether to retry, and the outcome in metrics and API."""

from __future__ import annotations

import math

from gateway.errors import (
    AppRefused,
    ProviderError,
    ProviderMisconfigured,
    ProviderUnavailable,
    UnreadableResponse,
)
from gateway.observe.metrics import RefreshOutcome


def may_repeat(repeatable_seconds: float, age: float) -> bool:
    """Return whether a request that was sent ``age`` seconds ago may be sent again.

    An age below 0 is unknown: the database's clock jumped back.
    """
    return math.isinf(repeatable_seconds) or 0 <= age < repeatable_seconds


def was_lost(error: ProviderError) -> bool:
    """Return whether the request was sent and no response arrived."""
    unanswered = isinstance(error, ProviderUnavailable) and error.status is None
    return unanswered and error.outcome_unknown


def outcome_of(error: ProviderError) -> RefreshOutcome:
    """Return the metric outcome of a failure that may pass."""
    if isinstance(error, ProviderMisconfigured):
        return RefreshOutcome.MISCONFIGURED
    if isinstance(error, ProviderUnavailable):
        return RefreshOutcome.RATE_LIMITED if error.rate_limited else RefreshOutcome.UNAVAILABLE
    if isinstance(error, UnreadableResponse):
        return RefreshOutcome.UNREADABLE
    return RefreshOutcome.REFUSED


def reason_of(error: ProviderError) -> str:
    """Return the reason that the API shows for a failing connection."""
    if isinstance(error, AppRefused):
        return "app_refused"
    if isinstance(error, ProviderMisconfigured):
        return "provider_misconfigured"
    if isinstance(error, ProviderUnavailable):
        return "rate_limited" if error.rate_limited else "provider_unavailable"
    return "provider_refused"
