"""Introspection: the query that asks an endpoint for its schema, and the reader of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.engine.integration import Skipped
from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.schema import (
    MAX_WRAPPERS,
    Argument,
    Field,
    Schema,
    Type,
    TypeKind,
    TypeRef,
    Unreadable,
    checked_name,
)
from gateway.text import clean_text

_TYPE = "kind name " + "ofType{kind name " * MAX_WRAPPERS + "}" * MAX_WRAPPERS
_INPUT = f"name description type{{{_TYPE}}} defaultValue"
QUERY = (
    "query IntrospectionQuery{__schema{"
    "queryType{name} mutationType{name} subscriptionType{name} "
    "types{kind name description "
    "fields(includeDeprecated:true){name description isDeprecated deprecationReason "
    f"args{{{_INPUT}}} type{{{_TYPE}}}}} "
    f"inputFields{{{_INPUT}}} enumValues{{name}} possibleTypes{{name}}"
    "}}}"
)
"""What is asked: no directives, nothing newer than the specification of 2018."""
MAX_VALUES = 200
"""Values of an enum; one more is kept, to see that there are too many."""
MAX_TEXT = 1_000
_SKIPPED = 100
"""Unreadable fields that a type tells about."""


def read_introspection(said: Any) -> Schema:
    """Read ``{"__schema": …}``, the data of an introspection.

    Raises ``IntegrationRefused`` (``no_schema``) if that is not what it is.
    """
    told = said.get("__schema") if isinstance(said, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("types"), list):
        raise IntegrationRefused("no_schema", "This is not the answer to an introspection.")
    types = {each.name: each for each in _types(told["types"])}
    return Schema(
        types=types,
        query=_root(told.get("queryType")),
        mutation=_root(told.get("mutationType")),
        subscription=_root(told.get("subscriptionType")),
    )


def _types(told: list[Any]) -> Iterator[Type]:
    for each in told:
        try:
            yield _type(each)
        except (Unreadable, ValueError):  # ValueError: a kind that no version has
            continue


def _type(told: Any) -> Type:
    if not isinstance(told, dict):
        raise Unreadable("type", "a type is not an object")
    fields, skipped = _fields(_list(told, "fields"))
    return Type(
        kind=TypeKind(str(told.get("kind"))),
        name=checked_name(told.get("name")),
        description=text(told.get("description")),
        fields=fields,
        inputs=tuple(_inputs(_list(told, "inputFields"), lenient=True)),
        values=tuple(_names(_list(told, "enumValues")[: MAX_VALUES + 1])),
        possible=tuple(_names(_list(told, "possibleTypes"))),
        skipped=skipped,
    )


def _fields(told: list[Any]) -> tuple[dict[str, Field], tuple[Skipped, ...]]:
    fields: dict[str, Field] = {}
    skipped: list[Skipped] = []
    for each in told:
        try:
            read = _field(each)
        except Unreadable as error:
            if len(skipped) < _SKIPPED:
                name = text(each.get("name"), 100) if isinstance(each, dict) else ""
                skipped.append(Skipped(name=name or "?", code=error.code, reason=error.reason))
        else:
            fields.setdefault(read.name, read)
    return fields, tuple(skipped)


def _field(told: Any) -> Field:
    if not isinstance(told, dict):
        raise Unreadable("field", "a field is not an object")
    return Field(
        name=checked_name(told.get("name")),
        description=text(told.get("description")),
        type=_ref(told.get("type")),
        arguments=tuple(_inputs(_list(told, "args"))),
        deprecated=text(told.get("deprecationReason")) if told.get("isDeprecated") else None,
    )


def _inputs(told: list[Any], *, lenient: bool = False) -> Iterator[Argument]:
    """Read arguments. An unreadable one costs its field, or itself alone if ``lenient``."""
    for each in told:
        try:
            if not isinstance(each, dict):
                raise Unreadable("argument", "an argument is not an object")
            default = each.get("defaultValue")
            yield Argument(
                name=checked_name(each.get("name")),
                description=text(each.get("description")),
                type=_ref(each.get("type")),
                default=default if isinstance(default, str) else None,
            )
        except Unreadable:
            if not lenient:
                raise


def _ref(told: Any) -> TypeRef:
    """Read where a type is used, from the outside in."""
    before, after = "", ""
    for _ in range(MAX_WRAPPERS + 1):
        if not isinstance(told, dict):
            break
        match told.get("kind"):
            case "NON_NULL" if not after.startswith("!"):
                after = "!" + after
            case "LIST":
                before, after = before + "[", "]" + after
            case "NON_NULL":
                break
            case _:
                name = checked_name(told.get("name"))
                return TypeRef(before + name + after, name)
        told = told.get("ofType")
    raise Unreadable("type", f"a type has no name within {MAX_WRAPPERS} lists and non-nulls")


def _names(told: list[Any]) -> Iterator[str]:
    for each in told:
        try:
            yield checked_name(each.get("name") if isinstance(each, dict) else None)
        except Unreadable:
            continue


def _list(told: dict[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    return found if isinstance(found, list) else []


def _root(told: Any) -> str | None:
    found = told.get("name") if isinstance(told, dict) else None
    return found if isinstance(found, str) else None


def text(value: object, most: int = MAX_TEXT) -> str:
    """Return a text of the schema on one line; nothing for what is no text."""
    return clean_text(value[: 4 * most], most) if isinstance(value, str) else ""
