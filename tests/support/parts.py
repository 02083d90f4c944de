"""Parts of what is tried again and again, each time on its own: a run of CI takes one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def part_of(items: Sequence[_Item], part: int, parts: int) -> list[_Item]:
    """Return part 1, 2, … of ``items``, one of ``parts`` of about the same size; 0 is all of them.

    Neighbours are in different parts. Raises ``ValueError`` if there is no such part.
    """
    if part not in range(parts + 1):
        raise ValueError(f"there is no part {part} of {parts}")
    return [*(items[part - 1 :: parts] if part else items)]
