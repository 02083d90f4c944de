"""One hostile document, and what the gateway says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

FINE: dict[str, Any] = {
    "get": {"operationId": "fine", "responses": {"200": {"description": "fine"}}}
}
"""The path item of an operation that nothing is wrong with."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A document, with the code of its refusal, or those of the operations that it loses.

    ``noted`` stands in a remark for the person who adds it. ``is_heavy``: it takes seconds.
    """

    name: str
    make: Callable[[], bytes] = field(repr=False)
    refused: str | None = None
    skipped: frozenset[str] = frozenset()
    noted: str = ""
    is_heavy: bool = False


def document(paths: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a document with these paths beside the harmless one."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hostile", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "paths": {"/fine": FINE, **(paths or {})},
        **more,
    }


def as_json(value: Any) -> Callable[[], bytes]:
    """Return what makes the JSON of a value."""
    return lambda: json.dumps(value).encode()


def whole(name: str, value: Any, **expected: Any) -> Case:
    """Return the case of a whole document, given as a value."""
    return Case(name=name, make=as_json(value), **expected)


def odd(name: str, operation: Any, *codes: str, **more: Any) -> Case:
    """Return the case of one operation, ``POST /odd``; without codes it stays, made harmless."""
    path = more.pop("path", "/odd")
    method = more.pop("method", "post")
    noted = more.pop("noted", "")
    is_heavy = more.pop("is_heavy", False)
    if isinstance(operation, dict):
        operation = {"operationId": "odd", **operation}
    return Case(
        name=name,
        make=as_json(document({path: {method: operation}}, **more)),
        skipped=frozenset(codes),
        noted=noted,
        is_heavy=is_heavy,
    )
