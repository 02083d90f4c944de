"""The JSON Schema of a field's arguments. Types of input objects stand once, in ``$defs``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, parse_value
from graphql.utilities import value_from_ast_untyped

from gateway.integrations.graphql.introspection import MAX_VALUES
from gateway.integrations.graphql.schema import (
    BUILT_IN,
    INPUT,
    Argument,
    Schema,
    Type,
    TypeKind,
    Unreadable,
)
from gateway.text import clean_text

MAX_ARGUMENTS = 100
MAX_TYPES = 30
"""Input objects that a tool describes; those further away are objects without a description."""
MAX_PARTS = 400
"""Properties, and values of enums, that a tool describes."""
MAX_TEXT = 200
_DEFAULT = 100
"""Characters of a default that is worth telling."""
_EXACT = 2**53
"""Integers below it are exact in JSON."""
_SCALARS: dict[str, dict[str, Any]] = {
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "ID": {"type": "string"},
}


def readable(arguments: Sequence[Argument], schema: Schema) -> list[Argument]:
    """Return the arguments that a tool offers: one whose type is no input type is left out.

    Raises ``Unreadable`` if the field cannot be called without such a one, or has too many.
    """
    if len(arguments) > MAX_ARGUMENTS:
        raise Unreadable("too_many_arguments", f"it has more than {MAX_ARGUMENTS} arguments")
    found: dict[str, Argument] = {}
    for argument in arguments:
        if schema.kind_of(argument.type.name) in INPUT:
            found.setdefault(argument.name, argument)
        elif argument.is_required:
            name = argument.type.name
            raise Unreadable("argument_type", f"the schema has no input type {name}")
    return list(found.values())


def input_schema(arguments: Sequence[Argument], schema: Schema, *, nulls: bool) -> dict[str, Any]:
    """Return the schema of ``arguments``. ``nulls``: what may be left out may be ``null``, too.

    To leave out and to send ``null`` differ for a mutation alone, where ``null`` clears a value.
    """
    writer = _Writer(schema, nulls)
    whole = writer.object_of(arguments)
    if definitions := writer.definitions():
        whole["$defs"] = definitions
    return whole


class _Writer:
    """Writes the schemas of one tool; the nearest input objects come first."""

    def __init__(self, schema: Schema, nulls: bool) -> None:
        self._schema = schema
        self._nulls = nulls
        self._left = MAX_PARTS
        self._wanted: dict[str, Type] = {}

    def definitions(self) -> dict[str, Any]:
        """Return the input objects that were named so far, and those that they name."""
        written: dict[str, Any] = {}
        while len(written) < len(self._wanted):
            name = list(self._wanted)[len(written)]
            found = self._wanted[name]
            if len(found.inputs) > self._left:
                written[name] = {"type": "object"}
            else:
                written[name] = self.object_of(found.inputs)
            if found.description:
                written[name]["description"] = found.description[:MAX_TEXT]
        return written

    def object_of(self, arguments: Sequence[Argument]) -> dict[str, Any]:
        self._left -= len(arguments)
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {each.name: self._argument(each) for each in arguments},
            "additionalProperties": False,
        }
        if required := sorted({each.name for each in arguments if each.is_required}):
            schema["required"] = required
        return schema

    def _argument(self, argument: Argument) -> dict[str, Any]:
        text = argument.type.text
        if not argument.is_required and not self._nulls:
            text = f"{text.removesuffix('!')}!"
        said = dict(self._of(text))
        if argument.description:
            said["description"] = argument.description[:MAX_TEXT]
        value = _default(argument.default)
        if value is not None:
            said["default"] = value
        return said

    def _of(self, text: str) -> dict[str, Any]:
        """Return the schema of a type as GraphQL writes it."""
        if not text.endswith("!"):
            return _or_null(self._of(f"{text}!"))
        inner = text[:-1]
        if inner.startswith("["):
            return {"type": "array", "items": self._of(inner[1:-1])}
        return self._named(inner)

    def _named(self, name: str) -> dict[str, Any]:
        if name in BUILT_IN:
            return _SCALARS[name]
        found = self._schema.types.get(name)
        match found and found.kind:
            case TypeKind.ENUM if found and 0 < len(found.values) <= min(MAX_VALUES, self._left):
                self._left -= len(found.values)
                return {"type": "string", "enum": list(dict.fromkeys(found.values))}
            case TypeKind.ENUM:
                return {"type": "string", "description": f"A name of {name}"}
            case TypeKind.INPUT_OBJECT if found:
                if name in self._wanted or len(self._wanted) < MAX_TYPES:
                    self._wanted[name] = found
                    return {"$ref": f"#/$defs/{name}"}
                return {"type": "object", "description": name}
            case _:  # a custom scalar, or what the schema does not tell: the API judges it
                return {"description": name}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    said = dict(schema)
    if "type" in said:
        said["type"] = [said["type"], "null"]
    if "enum" in said:
        said["enum"] = [*said["enum"], None]
    return said


def _default(literal: str | None) -> str | int | float | bool | None:
    """Return the value of a default if it is a plain one that JSON has."""
    if literal is None or len(literal) > _DEFAULT:
        return None
    try:
        value = value_from_ast_untyped(parse_value(literal, no_location=True))
    except GraphQLError:
        return None
    match value:
        case str():
            return clean_text(value, _DEFAULT)
        case bool():
            return value
        case int() if abs(value) < _EXACT:
            return value
        case float() if math.isfinite(value):
            return value
    return None
