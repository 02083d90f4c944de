"""Read a JSON object field by field. Errors name a wrong field and never show its value.

Unknown fields are ignored, so that an older SDK works with a newer gateway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

T = TypeVar("T")


class WrongShape(Exception):
    """The JSON does not have the expected shape; the text names the field and what was expected."""


def read_json(body: bytes) -> object:
    """Parse a body strictly (no NaN, no Infinity, no deep nesting), or raise ``WrongShape``."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        pass
    # Raised outside of the handler, because a JSONDecodeError holds the whole body.
    raise WrongShape("the body is not JSON")


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


class Fields:
    """One JSON object. Each method returns a field's value or raises ``WrongShape``."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise WrongShape(f"{path or 'the body'} is not an object")
        self._values = cast("dict[str, object]", value)
        self._path = path

    def _take(self, name: str, kind: type[T], expected: str) -> T:
        value = self._values.get(name)
        if not isinstance(value, kind):
            raise self.wrong(name, expected)
        return value

    def wrong(self, name: str, expected: str) -> WrongShape:
        """The error that says that field ``name`` is not ``expected``."""
        return WrongShape(f"{self._path}{'.' if self._path else ''}{name} is not {expected}")

    def any(self, name: str) -> Any:
        """A field of any JSON type; missing is None."""
        return self._values.get(name)

    def optional(self, name: str, read: Callable[[str], T]) -> T | None:
        """None when the field is null or missing, else the result of ``read``."""
        return None if self._values.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """A string."""
        return self._take(name, str, "a string")

    def header_text(self, name: str) -> str:
        """A string that can stand in an HTTP header: visible ASCII, not empty."""
        value = self._take(name, str, "a string")
        if not value or not all("!" <= character <= "~" for character in value):
            raise self.wrong(name, "visible ASCII")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        return self._take(name, bool, "true or false")

    def number(self, name: str) -> int:
        """An integer."""
        return self._take(name, int, "an integer")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self._take(name, list, "a list of strings")
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(name, "a list of strings")
        return tuple(values)

    def record(self, name: str) -> Fields:
        """A nested object."""
        return Fields(self._values.get(name), f"{self._path}{'.' if self._path else ''}{name}")

    def records(self, name: str) -> list[Fields]:
        """A list of objects."""
        values = self._take(name, list, "a list")
        return [Fields(value, f"{name}[{index}]") for index, value in enumerate(values)]

    def mappings(self, name: str) -> list[Mapping[str, Any]]:
        """A list of objects, unchanged."""
        values = self._take(name, list, "a list")
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(name, "a list of objects")
        return values

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A nested object, unchanged."""
        return dict(self._take(name, dict, "an object"))

    def text_mapping(self, name: str) -> Mapping[str, str]:
        """A nested object whose values are strings; missing is empty."""
        found = self._values.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise self.wrong(name, "an object of strings")
        return cast("dict[str, str]", found)

    def moment(self, name: str) -> datetime:
        """An RFC 3339 time with an offset, as an aware datetime in UTC."""
        value = self._take(name, str, "an RFC 3339 time")
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.wrong(name, "an RFC 3339 time with an offset")
