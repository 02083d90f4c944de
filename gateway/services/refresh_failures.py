"""What a failed refresh means: for a second try, for the counters, and for who looks at the connection."""

from __future__ import annotations

from connectors.config import ConnectorConfig
from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderUnavailable,
    UnreadableResponse,
)
from gateway.observe.metrics import RefreshOutcome


def may_repeat(config: ConnectorConfig, age: float) -> bool:
    """Whether a refresh token that was sent ``age`` seconds ago may be sent again."""
    return config.refresh_rotation == "none" or age < config.refresh_grace_seconds


def was_lost(error: ProviderError) -> bool:
    """Whether the request left, and no answer of any kind arrived."""
    unanswered = isinstance(error, ProviderUnavailable) and error.status is None
    return unanswered and error.outcome_unknown


def outcome_of(error: ProviderError) -> RefreshOutcome:
    """A failure that may pass, as it is counted."""
    if isinstance(error, ProviderMisconfigured):
        return RefreshOutcome.MISCONFIGURED
    if isinstance(error, ProviderUnavailable):
        return RefreshOutcome.RATE_LIMITED if error.rate_limited else RefreshOutcome.UNAVAILABLE
    if isinstance(error, UnreadableResponse):
        return RefreshOutcome.UNREADABLE
    return RefreshOutcome.REFUSED


def reason_of(error: ProviderError) -> str:
    """Why a connection is not renewed, as it is shown with it."""
    if isinstance(error, ProviderMisconfigured):
        return "provider_misconfigured"
    if isinstance(error, ProviderUnavailable):
        return "rate_limited" if error.rate_limited else "provider_unavailable"
    return "provider_refused"
