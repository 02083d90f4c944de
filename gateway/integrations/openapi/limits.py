"""What a document may cost. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
MAX_DOCUMENT = 16 * MIB
"""Bytes of a document."""
MAX_DEPTH = 100
"""Levels of a document; the deepest examples of real ones have some thirty."""
MAX_ALIASES = 10_000
"""Aliases of a YAML document."""
MAX_OPERATIONS = 3_000
MAX_METHODS = 20
MAX_SERVERS = 20
MAX_NOTES = 20
MAX_PARAMETERS = 100
"""Parameters of an operation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The limits for documents of up to ``document`` bytes.

    ``values`` are the values of the document, with those of YAML aliases counted at each place;
    ``schema_parts`` those of all schemas that tools get. ``seconds`` are of the processor, and
    ``deadline`` of the clock, since a machine may be busy; ``memory`` is in bytes.
    """

    document: int
    values: int
    schema_parts: int
    seconds: int
    deadline: int
    memory: int


ORDINARY = Limits(
    document=4 * MIB, values=400_000, schema_parts=50_000, seconds=5, deadline=20, memory=200 * MIB
)
LARGE = Limits(
    document=MAX_DOCUMENT,
    values=2_000_000,
    schema_parts=200_000,
    seconds=20,
    deadline=40,
    memory=1024 * MIB,
)
"""A few big companies have one document for all that they offer."""


def limits_for(size: int) -> Limits:
    """Return the limits for a document of ``size`` bytes."""
    return ORDINARY if size <= ORDINARY.document else LARGE
