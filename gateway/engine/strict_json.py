"""Strict JSON for providers' answers.

Python's parser accepts NaN and Infinity, keeps the last of two equal keys, and recurses as deep as
the input. Each of these can make two readers see different answers, or crash a worker (security
C3).
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from gateway.errors import UnreadableResponse


def read_json(content: bytes) -> Any:
    """Return the JSON value in ``content``; raise ``UnreadableResponse`` if it is invalid."""
    try:
        text = content.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise UnreadableResponse("the answer is not valid JSON") from None


def read_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in ``content``; raise ``UnreadableResponse`` for any other value."""
    value = read_json(content)
    if not isinstance(value, dict):
        raise UnreadableResponse("the answer is not a JSON object")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number too large")  # 1e999 would become Infinity
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
