"""How long a provider is not asked again for a connection, after it failed (security D6, D7).

One quick second try, for most failures are over after a moment; then long pauses. However many
callers there are, a connection costs its provider at most two requests within any ten seconds.
"""

from __future__ import annotations

from gateway.errors import ProviderError, ProviderUnavailable

FIRST_SECONDS = 1.0
"""The longest pause after the first failure."""
NEXT_SECONDS = 20.0
"""The longest after the second; twice as long after each further one."""
LONGEST_SECONDS = 60.0


def back_off(error: ProviderError, attempts: int, jitter: float) -> float:
    """Seconds of pause after ``error``, which ``attempts`` failures in a row preceded.

    ``jitter`` is between 0 and 1. What the provider said (``Retry-After``) can only make it longer.
    Who was turned away by this process itself (``gateway.outbound.bulkhead``) has asked nobody: it waits for as
    long as the lane says, no longer.
    """
    failures = attempts + error.requests - 1
    longest = min(NEXT_SECONDS * 2.0 ** (min(failures, 10) - 1), LONGEST_SECONDS)
    seconds = (longest if failures else FIRST_SECONDS) * (0.5 + jitter / 2)
    if not isinstance(error, ProviderUnavailable) or error.retry_after is None:
        return seconds
    turned_away = error.status is None
    return float(error.retry_after) if turned_away else max(float(error.retry_after), seconds)
