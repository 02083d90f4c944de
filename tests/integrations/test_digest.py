"""The digest of a definition: no part of it can change without the digest."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from gateway.engine.integration import Definition

DEFINITION = Definition(
    name="get_pet",
    description="Show a pet.",
    effect="read",
    input_schema={
        "type": "object",
        "properties": {"id": {"type": "string", "maxLength": 9}},
        "required": ["id"],
    },
    output_schema={"type": "object", "properties": {"name": {"type": ["string", "null"]}}},
    call={"method": "GET", "path": "/pets/{id}", "parameters": [{"name": "id", "in": "path"}]},
    scopes=("pets:read",),
)
OTHER: dict[str, Any] = {
    "name": "get_pets",
    "description": "Show a pet. ",
    "effect": "write",
    "scopes": ("pets:read", "pets:write"),
}


def changed(value: Any) -> Iterator[Any]:
    """Every copy of a JSON value with one leaf changed, one key renamed, or one part left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {name: each for name, each in value.items() if name != key}
            yield rest
            yield rest | {f"{key}x": inner}
            for other in changed(inner):
                yield value | {key: other}
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield value[:at] + value[at + 1 :]
            for other in changed(inner):
                yield [*value[:at], other, *value[at + 1 :]]
    elif isinstance(value, int):
        yield value + 1
    else:
        yield f"{value}x"


@pytest.mark.requirement("M5")
def test_no_part_of_a_definition_changes_without_its_digest() -> None:
    found = {DEFINITION.digest}
    count = 1
    for field in fields(Definition):
        value = getattr(DEFINITION, field.name)
        others = changed(value) if isinstance(value, dict) else [OTHER[field.name]]
        for other in others:
            count += 1
            found.add(replace(DEFINITION, **{field.name: other}).digest)
    assert len(found) == count


def test_the_order_of_members_is_no_change() -> None:
    """A server may write the same document in another order each time."""
    turned = dict(reversed(copy.deepcopy(dict(DEFINITION.call)).items()))
    assert replace(DEFINITION, call=turned).digest == DEFINITION.digest


def test_the_limits_of_64_bit_integers_are_told_apart() -> None:
    """They stand in many documents, and are beyond the numbers of RFC 8785."""
    schema = copy.deepcopy(dict(DEFINITION.input_schema))
    schema["properties"]["id"] = {"type": "integer", "maximum": 2**63 - 1}
    most = replace(DEFINITION, input_schema=schema)
    schema = copy.deepcopy(schema)
    schema["properties"]["id"]["maximum"] -= 1
    assert most.digest != replace(DEFINITION, input_schema=schema).digest


def test_a_text_that_no_encoding_has_is_told_apart() -> None:
    assert replace(DEFINITION, description="\ud800").digest != DEFINITION.digest
