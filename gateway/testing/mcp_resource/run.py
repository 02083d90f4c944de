"""Runs the checks and says what each of them saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import httpx

from gateway.testing.mcp_resource import authorization, connecting
from gateway.testing.mcp_resource.target import CHECKS, Failed, Skipped, Target

__all__ = ["Outcome", "authorization", "connecting", "run"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended; ``seen`` says why it did not pass."""

    name: str
    statement: int
    state: Literal["passed", "failed", "skipped"]
    seen: str = ""


async def run(target: Target, names: Iterable[str] = ()) -> list[Outcome]:
    """Run the named checks, all without names, in the order of their statements."""
    wanted = set(names) or CHECKS.keys()
    found = []
    for each in sorted(CHECKS.values(), key=lambda each: each.statement):
        if each.name not in wanted:
            continue
        try:
            await each.run(target)
        except Failed as error:
            found.append(Outcome(each.name, each.statement, "failed", str(error)))
        except Skipped as error:
            found.append(Outcome(each.name, each.statement, "skipped", str(error)))
        except httpx.HTTPError as error:
            found.append(Outcome(each.name, each.statement, "failed", type(error).__name__))
        else:
            found.append(Outcome(each.name, each.statement, "passed"))
    return found
