"""What the doctor finds: one line each. A finding names variables and reasons, never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from connectors.errors import ConfigError
from gateway.errors import GatewayError


class State(StrEnum):
    """How a finding is meant. ``problem``: the service does not start, or cannot work, with it."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. ``area`` is the part of the deployment, as ``database``."""

    area: str
    state: State
    text: str


def problems(area: str, error: Exception) -> Iterator[Finding]:
    """Return a problem for each line of an error of ours.

    Of any other error only the type is told: its text may quote a value.
    """
    if not isinstance(error, (GatewayError, ConfigError)):
        yield Finding(area, State.PROBLEM, f"could not be examined ({type(error).__name__})")
        return
    for line in str(error).splitlines():
        yield Finding(area, State.PROBLEM, line)


def examined(area: str, examine: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Return what ``examine`` finds; an error is a problem, too, and does not end the report."""
    found: list[Finding] = []
    try:
        found.extend(examine())
    except Exception as error:  # the report must be whole, whatever is broken
        found.extend(problems(area, error))
    return found
