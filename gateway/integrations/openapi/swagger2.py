"""Swagger 2.0 in the words of OpenAPI 3. No I/O.

Schemas stay as they are: their references name places of the same document.
"""

from __future__ import annotations

from typing import Any

_BODILY = ("body", "formData")
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}
_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}
_NOT_SCHEMA = frozenset({"name", "in", "required", "allowEmptyValue", "collectionFormat"})


def servers(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ``servers`` that ``schemes``, ``host`` and ``basePath`` mean."""
    host, path = document.get("host"), document.get("basePath")
    path = path if isinstance(path, str) else "/"
    if not isinstance(host, str):
        return [{"url": path}]
    listed = document.get("schemes")
    schemes = [each for each in ("https", "http") if isinstance(listed, list) and each in listed]
    return [{"url": f"{scheme}://{host}{path}"} for scheme in schemes or ["https"]]


def security_schemes(document: dict[str, Any]) -> dict[str, Any]:
    """Return the ``securitySchemes`` that ``securityDefinitions`` mean."""
    given = document.get("securityDefinitions")
    return {
        name: _scheme(each) if isinstance(each, dict) else each
        for name, each in (given if isinstance(given, dict) else {}).items()
    }


def _scheme(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if given.get("type") == "oauth2":
        flow = _FLOWS.get(str(given.get("flow")), str(given.get("flow")))
        return {"type": "oauth2", "flows": {flow: given}}
    return given


def operation(
    given: dict[str, Any], parameters: list[dict[str, Any]], document: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an operation and its parameters, whose references are followed already."""
    plain = [_parameter(each) for each in parameters if each.get("in") not in _BODILY]
    made = {**given, "responses": _responses(given, document)}
    bodily = [each for each in parameters if each.get("in") in _BODILY]
    if bodily:
        made["requestBody"] = _request_body(bodily, _media(given, document, "consumes"))
    return made, plain


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: given[name] for name in ("name", "in", "required", "description") if name in given
    }
    made = {**kept, "schema": _schema(given)}
    collection = given.get("collectionFormat")
    if given.get("type") == "array":
        made["explode"] = collection == "multi"
        if collection in _STYLES and given.get("in") == "query":
            made["style"] = _STYLES[collection]
    return made


def _schema(given: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in given.items() if name not in _NOT_SCHEMA}


def _request_body(parameters: list[dict[str, Any]], media: list[str]) -> dict[str, Any]:
    whole = next((each for each in parameters if each["in"] == "body"), None)
    if whole is not None:
        content = {each: {"schema": whole.get("schema", {})} for each in media}
        return {
            "content": content or {"application/json": {"schema": whole.get("schema", {})}},
            "required": whole.get("required") is True,
            "description": whole.get("description"),
        }
    fields = {str(each.get("name")): _schema(each) for each in parameters}
    required = [str(each.get("name")) for each in parameters if each.get("required") is True]
    encoding = {
        str(each.get("name")): {"style": "form", "explode": each.get("collectionFormat") == "multi"}
        for each in parameters
        if each.get("type") == "array"
    }
    has_file = any(each.get("type") == "file" for each in parameters)
    is_multipart = has_file or (
        "multipart/form-data" in media and "application/x-www-form-urlencoded" not in media
    )
    kind = "multipart/form-data" if is_multipart else "application/x-www-form-urlencoded"
    schema = {"type": "object", "properties": fields, "required": required}
    return {"content": {kind: {"schema": schema, "encoding": encoding}}, "required": bool(required)}


def _responses(given: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    listed = given.get("responses")
    media = _media(given, document, "produces") or ["application/json"]
    return {
        status: {**each, "content": {kind: {"schema": each["schema"]} for kind in media}}
        if isinstance(each, dict) and "schema" in each
        else each
        for status, each in (listed.items() if isinstance(listed, dict) else ())
    }


def _media(given: dict[str, Any], document: dict[str, Any], name: str) -> list[str]:
    listed = given.get(name, document.get(name))
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
