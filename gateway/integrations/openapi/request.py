"""A call of an operation as a request. No I/O."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from connectors.tool_context import ToolFailed
from gateway.engine.integration import ApiRequest
from gateway.integrations.openapi import multipart, styles

_VARIABLE = re.compile(r"\{([^{}/]+)\}")
_KEPT = "/%~!$&'()*+,;=:@"


def build_request(call: Mapping[str, Any], arguments: Mapping[str, Any]) -> ApiRequest:
    """Return the request of a definition's ``call``; the arguments fit its input schema.

    Raises ``ToolFailed`` (``argument_refused``) for a value that cannot stand where it belongs.
    """
    in_path: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    headers = {"accept": str(call["accept"])}
    for each in call["parameters"]:
        value = arguments.get(each["argument"])
        if value is None:
            continue
        if each["json"]:
            value = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        name, style, explode = each["name"], each["style"], each["explode"]
        if each["in"] == "path":
            in_path[name] = styles.in_path(value, name=name, style=style, explode=explode)
        elif each["in"] == "query":
            query += styles.in_query(value, name=name, style=style, explode=explode)
        else:
            headers[name] = styles.in_header(value, explode=explode)
    return ApiRequest(
        method=call["method"],
        path=_path(call, in_path),
        query=tuple(query),
        headers=headers,
        **_body(call.get("body"), arguments),
    )


def _path(call: Mapping[str, Any], values: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ToolFailed("argument_refused", "a value of the path is missing")
        return values[match[1]]

    # The text between the variables is quoted as the document writes it.
    parts = _VARIABLE.split(call["path"])
    parts[::2] = [quote(each, safe=_KEPT) for each in parts[::2]]
    parts[1::2] = [_VARIABLE.sub(value_of, f"{{{each}}}") for each in parts[1::2]]
    path = "".join(parts)
    if path.count("/") != call["path"].count("/") or any(
        not segment.strip(". ") for segment in unquote(path).split("/")[1:-1]
    ):
        raise ToolFailed("argument_refused", "the values lead to another path")
    _check_is_own(path, call.get("not", ()))
    return path


def _check_is_own(path: str, others: Any) -> None:
    """Refuse a path that the document gives to another operation: ``/pets/mine`` for an id."""
    once = unquote(path).casefold()
    spellings = (once, unquote(once).casefold())  # some servers decode twice
    for other in others:
        literal = [re.escape(unquote(each).casefold()) for each in _VARIABLE.split(other)[::2]]
        pattern = re.compile("[^/]+".join(literal))
        if any(pattern.fullmatch(each) for each in spellings):
            raise ToolFailed("argument_refused", "the values are the path of another operation")


def _body(body: Mapping[str, Any] | None, arguments: Mapping[str, Any]) -> dict[str, Any]:
    if body is None or body["argument"] not in arguments:
        return {}
    value = arguments[body["argument"]]
    content_type = body["content_type"]
    if body["format"] == "json":
        if content_type == "application/json" and value is not None:
            return {"json": value}
        written = json.dumps(value, ensure_ascii=False).encode(errors="replace")
        return {"content": written, "content_type": content_type}
    if body["format"] == "form":
        return {"form": tuple(_fields(value, body["styles"]))}
    if body["format"] == "multipart":
        content, content_type = multipart.encode(list(_parts(value, body)))
        return {"content": content, "content_type": content_type}
    if body["format"] == "base64":
        return {"content": _decoded(value["base64"]), "content_type": content_type}
    return {"content": styles.text(value).encode(errors="replace"), "content_type": content_type}


def _fields(value: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        style, explode = written.get(name, ("form", True))
        # An object in a form has no usual spelling: JSON, unless the document names a style.
        if name not in written and isinstance(each, Mapping):
            yield name, json.dumps(each)
        elif name.casefold() == "_method":
            raise ToolFailed("argument_refused", "a field would choose another method")
        elif each is not None:
            yield from styles.in_query(each, name=name, style=style, explode=explode)


def _parts(value: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[multipart.Part]:
    files = {name: value[name] for name in body["files"] if name in value}
    for name, each in files.items():
        yield multipart.Part(
            name=name,
            content=_decoded(each["base64"]),
            filename=each.get("filename", "file"),
            content_type=each.get("content_type", "application/octet-stream"),
        )
    plain = {name: each for name, each in value.items() if name not in files}
    for name, said in _fields(plain, body["styles"]):
        yield multipart.Part(name=name, content=said.encode(errors="replace"))


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ToolFailed("argument_refused", "the content of a file is not base64") from None
