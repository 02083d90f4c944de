"""``connectors list``: every connector, whether it can be used, and whether facts are in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.commands.connectors.known import Known
from gateway.testing.header import read_header

_TITLES = ("NAME", "DISPLAY NAME", "FROM", "FACTS", "STATE")


def listing(known: Known) -> Iterator[str]:
    """The lines of a table."""
    rows = [
        _TITLES,
        *(
            (e.name, e.display_name, e.origin, _facts(known, e.name), _short(e.state))
            for e in known.entries()
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES) - 1)]
    for *cells, last in rows:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join([*padded, last])
    if known.settings is not None and known.settings.dev and not known.settings.sandbox:
        yield ""
        yield "In dev mode the sandbox stands in for those whose variables are not set."


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
        for entry in known.entries()
    ]
