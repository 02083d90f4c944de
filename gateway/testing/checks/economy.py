"""The check on what is said needlessly: every declared field is seen on the wire."""

from __future__ import annotations

from gateway.testing.checks.check import Checks
from gateway.testing.observation import dead_fields
from gateway.testing.subject import expect
from gateway.testing.workbench import Workbench

ECONOMY = Checks("economy")


@ECONOMY.of_workbench("every declared field makes a difference on the wire")
async def _dead(bench: Workbench) -> None:
    dead = await dead_fields(bench.subject, bench.database)
    expect(not dead, f"without {', '.join(dead)} nothing would be different")
