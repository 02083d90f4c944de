"""JSON from a provider, read without the kindness of ``json.loads``.

Python's parser accepts NaN and Infinity, keeps the last of two equal keys, and recurses as deep as
the input asks for. Each of these is a way to make two readers see two different answers, or to
bring a worker down (security C3).
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from gateway.errors import UnreadableResponse


def read_json(content: bytes) -> Any:
    """The JSON value in ``content``; raises ``UnreadableResponse`` if it is not one."""
    try:
        text = content.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise UnreadableResponse("the answer is not valid JSON") from None


def read_object(content: bytes) -> dict[str, Any]:
    """As ``read_json``, but the value must be an object."""
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
        raise ValueError("a number too large")  # 1e999 would be the Infinity refused below
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
