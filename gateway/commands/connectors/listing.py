"""``connectors list``: every connector, whether it can be used, and whether facts are in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.commands.connectors.known import Entry, Known
from gateway.commands.output import print_table
from gateway.commands.progress import long_step
from gateway.testing.header import read_header
from gateway.text import say

TITLES = ("name", "display name", "from", "facts", "state")
IN_DEV_MODE = "In dev mode the sandbox stands in for those whose variables are not set."


def print_listing(known: Known) -> int:
    """Print the table, and on standard error what the sandbox does; returns the exit code 0."""
    entries = _loaded(known)
    print_table(
        TITLES,
        [
            (e.name, e.display_name, e.origin, _facts(known, e.name), _short(e.state))
            for e in entries
        ],
    )
    if known.settings is not None and known.settings.dev and not known.settings.sandbox:
        say(f"\n{IN_DEV_MODE}", error=True)
    return 0


def _loaded(known: Known) -> Sequence[Entry]:
    with long_step("loading the connectors"):
        return [*known.entries()]


def _facts(known: Known, name: str) -> str:
    """Whether documentation was found for all that a description says."""
    return "unconfirmed" if _unconfirmed(known, name) else "confirmed"


def _unconfirmed(known: Known, name: str) -> tuple[str, ...]:
    return read_header(known.header(name) or "").unconfirmed


def _short(state: str) -> str:
    first, *more = state.split("; ")
    return f"{first}, and {len(more)} more" if more else first


def listing_data(known: Known) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "name": entry.name,
            "display_name": entry.display_name,
            "from": entry.origin,
            "location": entry.location,
            "ready": entry.reason is None,
            "simulated": entry.simulated,
            "reason": entry.reason,
            "unconfirmed": [*_unconfirmed(known, entry.name)],
            "missing_variables": [name for name, is_set in entry.variables.items() if not is_set],
        }
        for entry in _loaded(known)
    ]
