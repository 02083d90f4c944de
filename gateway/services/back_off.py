"""Back-off: the pause between two refreshes of a connection after a failure (security D6, D7).

The first pause is short, because most failures are brief; later ones are long. A connection sends
its provider at most two requests in ten seconds, however many callers ask for its token.
"""

from __future__ import annotations

from gateway.errors import ProviderError, ProviderUnavailable

FIRST_SECONDS = 1.0
"""Longest pause after the first failure."""
NEXT_SECONDS = 20.0
"""Longest pause after the second failure; it doubles with each further one."""
LONGEST_SECONDS = 60.0


def back_off(error: ProviderError, attempts: int, jitter: float) -> float:
    """Return the pause in seconds after ``error`` and ``attempts`` failures; ``jitter`` is 0 to 1.

    ``Retry-After`` of the provider can only lengthen it. An error of this process itself
    (``gateway.outbound.bulkhead``) sent no request, so its ``retry_after`` is the pause.
    """
    failures = attempts + error.requests - 1
    longest = min(NEXT_SECONDS * 2.0 ** (min(failures, 10) - 1), LONGEST_SECONDS)
    seconds = (longest if failures else FIRST_SECONDS) * (0.5 + jitter / 2)
    if not isinstance(error, ProviderUnavailable) or error.retry_after is None:
        return seconds
    was_not_sent = error.status is None
    return float(error.retry_after) if was_not_sent else max(float(error.retry_after), seconds)
