"""A string that does not show itself.

Tokens and client secrets travel through code that logs, formats and raises. Wrapping them means
that an accident prints ``Secret(***)`` and never the value.
"""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """A secret string. ``reveal()`` is the only way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself. Call it as late as possible, where the bytes leave the process."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a set or dict of secrets would be a way to leak them

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled or copied: pass the object itself")

    def __deepcopy__(self, memo: object) -> Secret:
        return self  # immutable; needed by dataclasses.asdict, which copies what it does not know
