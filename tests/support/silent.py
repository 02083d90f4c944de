"""An audit and metrics for tests that do not look at them."""

from __future__ import annotations

from typing import Any

from gateway.audit.trail import Audit
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead


class _NoAudit(Audit):
    def __init__(self) -> None:
        pass

    def note(self, *arguments: Any, **facts: Any) -> None:
        pass

    async def write(self, *arguments: Any, **facts: Any) -> None:
        pass


NO_AUDIT = _NoAudit()


def bulkhead() -> Bulkhead:
    """A bulkhead with the limits of production, for tests that do not read its metrics."""
    return Bulkhead(Metrics())
