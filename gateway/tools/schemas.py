"""The JSON schemas of a tool, as short as they can be: a model reads them with every request."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from gateway.engine.canonical import canonical_json

NULL = {"type": "null"}


class _Short(GenerateJsonSchema):
    """Without titles, which repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def get_title_from_name(self, name: str) -> str:
        return ""


@cache  # making one takes a millisecond, and a class keeps its fields
def input_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a tool's arguments. What may be left out has no ``null`` in it.

    All callers share it: change a copy.
    """
    schema = model.model_json_schema(schema_generator=_Short)
    for each in (schema, *schema.get("$defs", {}).values()):
        each.pop("title", None)
        for name, value in each.get("properties", {}).items():
            each["properties"][name] = _without_null(value)
    schema.pop("description", None)
    return schema


@cache
def output_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a tool's result, by its members' own names; shared, too."""
    schema = model.model_json_schema(by_alias=False, mode="serialization", schema_generator=_Short)
    for each in (schema, *schema.get("$defs", {}).values()):
        each.pop("title", None)
    schema.pop("description", None)
    return schema


@cache
def schemas_digest(args: type[BaseModel], output: type[BaseModel]) -> str:
    """Return the SHA-256 of both schemas of a tool as canonical JSON."""
    return sha256(canonical_json([input_schema(args), output_schema(output)])).hexdigest()


def _without_null(value: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an optional argument, which is left out rather than ``null``."""
    if value.get("default", NULL) is not None:
        return value
    rest = {key: each for key, each in value.items() if key not in ("anyOf", "default")}
    kinds = [each for each in value.get("anyOf", []) if each != NULL]
    if not kinds:
        return rest
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}
