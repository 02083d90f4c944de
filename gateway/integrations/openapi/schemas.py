"""Schemas of a document as JSON Schema 2020-12: whole, without references, and small. No I/O.

A schema for input keeps what a value must fulfil. One for output says where to find what, and
forgives: many APIs answer otherwise than they document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import jsonschema_rs

from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import OperationSkipped
from gateway.text import clean_text

Side = Literal["input", "output"]

MAX_PARTS = {"input": 1_000, "output": 150}
"""Schemas in the schema of one tool. What is beyond stays open: any value fits."""
MAX_LEVELS = {"input": 12, "output": 6}
MAX_PROPERTIES = 200
MAX_ENUM, MAX_ENUM_CHARACTERS = 200, 4_000
MAX_NAME = MAX_PATTERN = 200
MAX_REFERENCES = 50
"""References on the way to one schema."""
MAX_TEXT = {"input": 200, "output": 80}
"""Characters of a description."""
MAX_NUMBER = 2**53 - 1
"""What every reader of JSON keeps."""

TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_FLAGS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LIMITS = ("minimum", "maximum", *_FLAGS, "multipleOf", *_COUNTS)
_NOT_PLAIN = re.compile(r"\(\?(?!:)|\\[1-9kpPbB]")
"""Look-around, back-references and other parts of a pattern that not every reader knows."""


@dataclass(slots=True)
class Budget:
    """How many schemas one tool may still have."""

    side: Side
    left: int = 0
    used: int = field(default=0)

    def __post_init__(self) -> None:
        self.left = MAX_PARTS[self.side]

    def take(self) -> bool:
        """Count one schema; return whether there was room."""
        self.left -= 1
        self.used += self.left >= 0
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class _At:
    """Where the conversion is: the references that lead here, and how deep."""

    budget: Budget
    references: tuple[str, ...] = ()
    level: int = 0
    in_all_of: bool = False

    def below(self, *, in_all_of: bool = False) -> _At:
        return _At(self.budget, self.references, self.level + 1, in_all_of)

    def through(self, reference: str) -> _At:
        return _At(self.budget, (*self.references, reference), self.level, self.in_all_of)


class Schemas:
    """Converts the schemas of one document."""

    def __init__(self, references: References) -> None:
        self._references = references

    def convert(self, schema: Any, budget: Budget) -> dict[str, Any]:
        """Return the schema for a tool. Raises ``OperationSkipped``."""
        return self._convert(schema, _At(budget))

    def _convert(self, schema: Any, at: _At) -> dict[str, Any]:
        if isinstance(schema, bool):
            return {}
        if not isinstance(schema, dict):
            raise OperationSkipped("schema_unusable", "a schema is not an object")
        if isinstance(schema.get("$ref"), str):
            return self._referenced(schema, at)
        if not at.budget.take() or at.level > MAX_LEVELS[at.budget.side]:
            return _outline(schema)
        made: dict[str, Any] = {}
        types = _types(schema)
        if types:
            made["type"] = types[0] if len(types) == 1 else types
        if text := _text(schema.get("description"), MAX_TEXT[at.budget.side]):
            made["description"] = text
        made |= self._members(schema, at)
        made |= self._choices(schema, at)
        if at.budget.side == "input":
            made |= _constraints(schema)
            _limit_values(schema, made)
        elif types:
            made["type"] = [*types, *([] if "null" in types else ["null"])]
        return made

    def _referenced(self, schema: dict[str, Any], at: _At) -> dict[str, Any]:
        reference = schema["$ref"]
        try:
            target = self._references.target(reference)
        except OperationSkipped:
            if at.budget.side == "output":
                return {}
            raise
        if reference in at.references or len(at.references) >= MAX_REFERENCES:
            at.budget.take()
            return _outline(target)
        beside = {name: each for name, each in schema.items() if name != "$ref"}
        # OpenAPI 3.1 allows more beside a reference; what stands beside it wins.
        if beside and isinstance(target, dict):
            target = {**target, **beside}
        return self._convert(target, at.through(reference))

    def _members(self, schema: dict[str, Any], at: _At) -> Iterator[tuple[str, Any]]:
        properties = schema.get("properties")
        is_whole = True
        if isinstance(properties, dict):
            required = _names(schema.get("required"))
            kept = {
                name: self._convert(each, at.below())
                for name, each in list(properties.items())[:MAX_PROPERTIES]
                if self._belongs(each, at.budget.side)
                and is_plain_name(name)
                and (at.budget.left > 0 or name in required)
            }
            yield "properties", kept
            is_whole = len(kept) == len(properties)
            if names := [name for name in kept if name in required]:
                yield from _for_input(at, "required", names)
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more:
            yield "additionalProperties", self._convert(more, at.below())
        elif more is False and is_whole and not at.in_all_of:
            yield from _for_input(at, "additionalProperties", False)
        if isinstance(schema.get("items"), dict):
            yield "items", self._convert(schema["items"], at.below())

    def _choices(self, schema: dict[str, Any], at: _At) -> Iterator[tuple[str, Any]]:
        parts = schema.get("allOf")
        if isinstance(parts, list) and parts:
            # Many documents close each part, and mean the whole.
            below = at.below(in_all_of=True)
            yield "allOf", [self._convert(each, below) for each in parts[:MAX_PROPERTIES]]
        # The provider knows which one of several is meant; a part that is cut fits everything.
        choices = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(choices, list) and choices:
            made = [self._convert(each, at.below()) for each in choices[:MAX_PROPERTIES]]
            if schema.get("nullable") is True:
                made.append({"type": "null"})
            yield "anyOf", made

    def _belongs(self, schema: Any, side: Side) -> bool:
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            try:
                schema = {**self._references.whole(schema, "a schema"), **schema}
            except OperationSkipped:
                return True
        if not isinstance(schema, dict):
            return True
        return schema.get("readOnly" if side == "input" else "writeOnly") is not True


def _for_input(at: _At, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if at.budget.side == "input":
        yield name, value


def _names(value: Any) -> frozenset[str]:
    listed = value if isinstance(value, list) else []
    return frozenset(each for each in listed if isinstance(each, str))


def _types(schema: dict[str, Any]) -> list[str]:
    given = schema.get("type")
    listed = given if isinstance(given, list) else [given]
    types = list(dict.fromkeys(each for each in listed if each in TYPES))
    if types and schema.get("nullable") is True and "null" not in types:
        types.append("null")
    if not types and isinstance(schema.get("properties"), dict) and given is None:
        types = ["object"]
    return types


def _outline(schema: Any) -> dict[str, Any]:
    """Return what remains of a schema where it is cut: its type."""
    types = _types(schema) if isinstance(schema, dict) else []
    return {"type": [*types, *([] if "null" in types else ["null"])]} if types else {}


def _constraints(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in _LIMITS:
        if name not in schema:
            continue
        value = schema[name]
        if value is True and name in _FLAGS:
            value = schema.get(_FLAGS[name])  # OpenAPI 3.0: a flag beside the bound
        is_count = name in _COUNTS and (not isinstance(value, int) or value < 0)
        if is_number(value) and not is_count and (name != "multipleOf" or value > 0):
            yield name, value
    if schema.get("uniqueItems") is True:
        yield "uniqueItems", True
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and _is_plain(pattern):
        yield "pattern", pattern
    if isinstance(schema.get("format"), str) and re.fullmatch(r"[a-z0-9-]{1,30}", schema["format"]):
        yield "format", schema["format"]
    if "default" in schema and is_small(schema["default"]):
        yield "default", schema["default"]


def _limit_values(schema: dict[str, Any], made: dict[str, Any]) -> None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list) or not values:
        return
    kept = [value for value in values[: MAX_ENUM + 1] if value is None or is_small(value)]
    if len(kept) < len(values) or sum(len(str(each)) for each in kept) > MAX_ENUM_CHARACTERS:
        said = made.get("description", "")
        made["description"] = f"{said} (one of {len(values):,} values)".strip()
        return
    if schema.get("nullable") is True and None not in kept:
        kept.append(None)
    made["enum"] = kept


@lru_cache(maxsize=1000)
def _is_plain(pattern: str) -> bool:
    """Whether a pattern is short, works, and takes time that grows with the text alone."""
    if not is_plain_name(pattern) or _NOT_PLAIN.search(pattern):
        return False
    try:
        jsonschema_rs.validator_for({"pattern": pattern})
    except ValueError:
        return False
    return True


def is_number(value: Any) -> bool:
    """Whether a value is a number that every reader of JSON keeps."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -MAX_NUMBER <= value <= MAX_NUMBER  # neither infinite nor NaN


def is_plain_name(name: str) -> bool:
    """Whether a name is short and shows all of its characters."""
    return 0 < len(name) <= MAX_NAME and name.isprintable()


def is_small(value: Any) -> bool:
    """Whether a value is short text, a flag or a number."""
    if isinstance(value, str):
        # Half of a surrogate pair is text in JSON, and nowhere else.
        return len(value) <= MAX_PATTERN and not re.search("[\ud800-\udfff]", value)
    return isinstance(value, bool) or is_number(value)


def _text(value: Any, most: int) -> str:
    return clean_text(value[: most * 4], most) if isinstance(value, str) else ""


def is_binary(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is that of a file."""
    return (
        schema.get("format") == "binary"
        or schema.get("type") == "file"
        or (schema.get("type") == "string" and "contentMediaType" in schema)
    )
