"""The JSON Schema of a result: what the default selection returns, and nothing that it must."""

from __future__ import annotations

from typing import Any

from gateway.integrations.graphql.reach import Tree
from gateway.integrations.graphql.schema import Schema, TypeRef

_SCALARS: dict[str, list[str]] = {
    "Int": ["integer"],
    "Float": ["number"],
    "String": ["string"],
    "Boolean": ["boolean"],
    "ID": ["string", "integer"],
}


def output_schema(of: TypeRef, selection: Tree, schema: Schema) -> dict[str, Any]:
    """Return the schema of ``{"data": …, "errors": […]}``.

    ``data`` is the field's value. Another selection than the default one returns other members, so
    none is required, and any may be ``null``: a part of an answer can fail.
    """
    return {
        "type": "object",
        "properties": {
            "data": _shape(of.text, selection, schema),
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"message": {"type": "string"}}},
                "description": "Parts of the answer that failed.",
            },
        },
        "required": ["data"],
    }


def _shape(text: str, selection: Tree, schema: Schema) -> dict[str, Any]:
    plain = text.removesuffix("!")
    if plain.startswith("["):
        items = _shape(plain[1:-1], selection, schema)
        return {"type": ["array", "null"], "items": items} if items else {"type": ["array", "null"]}
    if not selection:
        return {"type": [*_SCALARS[plain], "null"]} if plain in _SCALARS else {}
    fields = schema.fields_of(plain)
    members = {
        name: _shape(fields[name].type.text, below, schema)
        for name, below in selection.items()
        if name in fields
    }
    return {"type": ["object", "null"], "properties": members}
