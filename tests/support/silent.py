"""Collaborators that keep nothing: for tests of a part whose audit and metrics nobody reads."""

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
    """A bulkhead with the limits of production, whose metrics nobody reads."""
    return Bulkhead(Metrics())
