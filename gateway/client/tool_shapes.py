"""A tool in the shapes that the APIs of language models expect. Pure: dictionaries in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_DESCRIPTION = 1024
"""Characters. OpenAI refuses a longer description of a function."""

_STRICT_KEYWORDS = frozenset(
    "type description properties required items enum const anyOf $ref $defs pattern format minimum "
    "maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems "
    "additionalProperties".split()
)
_STRICT_FORMATS = frozenset("date-time time date duration email hostname ipv4 ipv6 uuid".split())
_UNCHECKED = frozenset("title default examples minLength maxLength uniqueItems $schema".split())
"""What a strict schema cannot say and need not: the gateway checks it when the tool is called."""
_SCHEMAS = ("items", "additionalProperties", "not", "contains", "propertyNames")
_LISTS_OF_SCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPPINGS_OF_SCHEMAS = ("properties", "$defs", "patternProperties")


class NotStrict(Exception):
    """A schema has no strict form; the text says which part."""


def responses(
    name: str, description: str, schema: Mapping[str, Any], *, strict: bool = False
) -> dict[str, Any]:
    """A function tool of OpenAI's Responses API, which wants ``strict`` said in any case."""
    parameters, is_strict = _parameters(schema, strict)
    return {
        "type": "function",
        "name": name,
        "description": _shortened(description),
        "parameters": parameters,
        "strict": is_strict,
    }


def chat_completions(
    name: str, description: str, schema: Mapping[str, Any], *, strict: bool = False
) -> dict[str, Any]:
    """A function tool of OpenAI's Chat Completions API, which many other APIs accept as well."""
    tool = responses(name, description, schema, strict=strict)
    return {"type": tool.pop("type"), "function": tool}


def messages(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A tool of Anthropic's Messages API."""
    return {"name": name, "description": description, "input_schema": concise(schema)}


def concise(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same schema in fewer words: what a model has no use for costs tokens all the same.

    Titles go, and an argument that may be null or left out is one that may be left out.
    """
    short = {name: value for name, value in schema.items() if name not in ("title", "$schema")}
    for name in _SCHEMAS:
        if isinstance(short.get(name), Mapping):
            short[name] = concise(short[name])
    for name in _LISTS_OF_SCHEMAS:
        if name in short:
            short[name] = [concise(each) for each in short[name]]
    for name in _MAPPINGS_OF_SCHEMAS:
        if name in short:
            short[name] = {key: concise(each) for key, each in short[name].items()}
    needed = short.get("required", ())
    properties = short.get("properties", {})
    for name, each in properties.items():
        if name not in needed:
            properties[name] = _without_null(each)
    return short


def strict_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema as OpenAI's strict mode wants it: each argument required, some nullable.

    Raises:
        NotStrict: the strict subset of JSON Schema cannot say it.
    """
    return _strict(concise(schema), is_top=True)


def _parameters(schema: Mapping[str, Any], strict: bool) -> tuple[dict[str, Any], bool]:
    if strict:
        try:
            return strict_form(schema), True
        except NotStrict:
            pass
    return concise(schema), False


def _strict(schema: Mapping[str, Any], *, is_top: bool = False) -> dict[str, Any]:
    known = {name: value for name, value in schema.items() if name not in _UNCHECKED}
    if known.get("format") not in _STRICT_FORMATS:
        known.pop("format", None)
    if unknown := set(known) - _STRICT_KEYWORDS:
        raise NotStrict(f"keywords {sorted(unknown)}")
    if not set(known) & {"type", "enum", "const", "anyOf", "$ref"}:
        raise NotStrict("a value of any kind")
    if "anyOf" in known:
        known["anyOf"] = [_strict(each) for each in known["anyOf"]]
    if "items" in known:
        known["items"] = _strict(known["items"])
    elif known.get("type") == "array":
        raise NotStrict("a list of anything")
    if "$defs" in known:
        known["$defs"] = {name: _strict(each) for name, each in known["$defs"].items()}
    if known.get("type") == "object":
        known |= _strict_object(known, is_top)
    return known


def _strict_object(schema: Mapping[str, Any], is_top: bool) -> dict[str, Any]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    is_free = not properties and not is_top  # unless it says otherwise
    if schema.get("additionalProperties", is_free) is not False:
        raise NotStrict("an object with free members")
    needed = schema.get("required", ())
    if not is_top and set(properties) - set(needed):
        # A null there would reach the tool: only arguments that are null are left out of a call.
        raise NotStrict("a member of an object that may be left out")
    members = {
        name: _strict(each) if name in needed else _nullable(_strict(each))
        for name, each in properties.items()
    }
    return {"properties": members, "required": list(properties), "additionalProperties": False}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    description = {"description": schema.pop("description")} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "null"}], **description}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(kinds) == len(schema.get("anyOf", ())):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    if rest.get("default", ...) is None:
        del rest["default"]
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def _shortened(description: str) -> str:
    if len(description) <= LONGEST_DESCRIPTION:
        return description
    return description[: LONGEST_DESCRIPTION - 1] + "…"
