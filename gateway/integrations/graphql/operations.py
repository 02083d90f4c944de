"""A schema's root fields as the operations of an integration."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.engine.integration import Definition, Effect, Skipped
from gateway.integrations.graphql.inputs import input_schema, readable
from gateway.integrations.graphql.outputs import output_schema
from gateway.integrations.graphql.reach import Reaches, written
from gateway.integrations.graphql.schema import COMPOSITE, Field, Schema, TypeKind, Unreadable

MAX_OPERATIONS = 2_000
MAX_SIZE = 150_000
"""Arguments and known names of all operations together: a row is stored for each."""
MAX_NAME = 40
"""Characters of a name: an integration's slug comes before it."""
MAX_SKIPPED = 200
_TOLD = 30
"""Fields that the description of ``select`` tells: those that have fields of their own."""
_SHOWN = 200
"""Characters of the default selection in that description."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LEAVES = frozenset({TypeKind.SCALAR, TypeKind.ENUM})
_EFFECTS: dict[str, Effect] = {"query": "read", "mutation": "write"}


def operations(schema: Schema) -> tuple[tuple[Definition, ...], tuple[Skipped, ...]]:
    """Return one operation for each field of the query and the mutation type.

    A field that cannot be one is skipped with its reason; the others are not affected.
    """
    found: list[Definition] = []
    skipped: list[Skipped] = []
    names: set[str] = set()
    reaches = Reaches(schema)
    size = 0
    for operation, root in (("query", schema.query), ("mutation", schema.mutation)):
        type_ = schema.types.get(root) if root else None
        if type_ is None:
            continue
        skipped += type_.skipped
        if operation == "query" and root == schema.mutation:
            # Two roots have two types. What is in both could change something: it is a mutation.
            continue
        for field in type_.fields.values():
            try:
                if len(found) >= MAX_OPERATIONS or size > MAX_SIZE:
                    raise Unreadable("too_many", f"only the first {len(found)} are read")
                name = _name(field.name, operation, names)
                found.append(_definition(name, operation, field, schema, reaches))
                names.add(name)
                size += _size(found[-1].input_schema)
                if "type" in found[-1].call:
                    size += reaches.of(field.type.name).size
            except Unreadable as error:
                skipped.append(Skipped(name=field.name, code=error.code, reason=error.reason))
    if schema.subscription:
        skipped += _subscriptions(schema, schema.subscription)
    return tuple(found), tuple(_bounded(skipped))


def _definition(
    name: str, operation: str, field: Field, schema: Schema, reaches: Reaches
) -> Definition:
    kind = schema.kind_of(field.type.name)
    if kind is None or kind not in COMPOSITE | _LEAVES:
        raise Unreadable("type", f"the schema has no output type {field.type.name}")
    arguments = readable(field.arguments, schema)
    inputs = input_schema(arguments, schema, nulls=operation == "mutation")
    call: dict[str, Any] = {
        "operation": operation,
        "field": field.name,
        "arguments": {each.name: each.type.text for each in arguments},
    }
    tree = {}
    if kind in COMPOSITE:
        of = field.type.name
        tree = reaches.default(of, payload=operation == "mutation")
        reach = reaches.of(of)
        select = _free("select", call["arguments"])
        inputs["properties"][select] = {
            "type": "string",
            "description": _told(of, written(tree), reach.types.get(of)),
        }
        call |= {
            "select": select,
            "default": written(tree),
            "type": of,
            "types": reach.types,
            "possible": reach.possible,
        }
    return Definition(
        name=name,
        description=_description(field, operation),
        effect=_EFFECTS[operation],
        input_schema=inputs,
        output_schema=output_schema(field.type, tree, schema),
        call=call,
    )


def _size(schema: Mapping[str, Any]) -> int:
    """Return how many properties the arguments have."""
    objects = [schema, *schema.get("$defs", {}).values()]
    return sum(1 + len(each.get("properties", ())) for each in objects)


def _description(field: Field, operation: str) -> str:
    about = field.description or f"The {operation} {field.name}, which returns {field.type.text}."
    if field.deprecated is None:
        return about
    return f"{about} Deprecated. {field.deprecated}".strip()


def _told(of: str, default: str, fields: Mapping[str, Any] | None) -> str:
    """Return what a model has to know in order to write a selection."""
    short = default if len(default) <= _SHOWN else f"{default[:_SHOWN]} …"
    about = f"Fields to return, in GraphQL; {short} if left out."
    inner: list[str] = []
    for name, entry in (fields or {}).items():
        kind, *arguments = entry if isinstance(entry, list) else [entry]
        if kind:
            inner.append(
                f"{name}({', '.join(arguments)}) {kind}" if arguments else f"{name} {kind}"
            )
    if not inner:
        return about
    more = "; …" if len(inner) > _TOLD else ""
    return f"{about} Fields of {of} that need their own: {'; '.join(inner[:_TOLD])}{more}"


def _name(field: str, operation: str, taken: set[str]) -> str:
    """Return the name of an operation: ``create_issue`` for ``createIssue``, short and unique."""
    plain = re.sub(r"_+", "_", _HUMP.sub("_", field).lower()).strip("_")
    # Fields may differ in upper and lower case alone, and one may be named as another becomes.
    digest = hashlib.sha256(f"{operation} {field}".encode()).hexdigest()[:6]
    endings = ["", f"_{operation}", f"_{digest}", *(f"_{n}" for n in range(2, len(taken) + 3))]
    names = (_short(f"{plain}{ending}".strip("_")) for ending in endings)
    return next(name for name in names if name and name not in taken)


def _short(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: MAX_NAME - 7].rstrip('_')}_{digest}"


def _free(name: str, taken: dict[str, str]) -> str:
    while name in taken:
        name += "_"
    return name


def _subscriptions(schema: Schema, root: str) -> Iterator[Skipped]:
    for name in schema.fields_of(root):
        reason = "a subscription goes on; a tool has one answer"
        yield Skipped(name=name, code="subscription", reason=reason)


def _bounded(skipped: list[Skipped]) -> list[Skipped]:
    if len(skipped) <= MAX_SKIPPED:
        return skipped
    more = len(skipped) - MAX_SKIPPED
    return [
        *skipped[:MAX_SKIPPED],
        Skipped(name="…", code="too_many", reason=f"{more} more are left out"),
    ]
