"""An answer of an operation as the result of a tool. No I/O."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from connectors.tool_context import ApiAnswer
from gateway.integrations.kind import Ran
from gateway.tools.result import refusal_of

MAX_TEXT = 50_000
MAX_BINARY = 48 * 1024
"""Bytes of an answer that is not text; a longer one is left out, since half of it is no use."""
_TEXT = ("text/", "application/xml", "application/javascript", "application/yaml")


def read_answer(call: Mapping[str, Any], answer: ApiAnswer) -> Ran:
    """Return the result of a success. Raises ``ToolFailed``.

    Beside ``status`` it has ``body``, JSON as the document says; or ``unexpected``, other JSON; or
    ``content_type`` and ``text`` or ``base64``.
    """
    if not answer.is_success:
        raise refusal_of(answer)
    result: dict[str, Any] = {"status": answer.status}
    if not answer.content.strip():
        return Ran(result=result)
    try:
        said = json.loads(answer.content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return _not_json(result, answer)
    return Ran(result={**result, _member(call, said): said})


def _member(call: Mapping[str, Any], said: Any) -> str:
    """Say whether JSON is what the document says: the result must fit its schema either way."""
    schema = call.get("answer")
    return "body" if not schema or jsonschema_rs.is_valid(schema, said) else "unexpected"


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _not_json(result: dict[str, Any], answer: ApiAnswer) -> Ran:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]
    result["content_type"] = kind
    is_text = kind.startswith(_TEXT) or kind.endswith(("+xml", "json"))
    if is_text or (not kind and answer.content[:1000].isascii()):
        text = answer.content.decode(errors="replace")
        return Ran(result={**result, "text": text[:MAX_TEXT]}, truncated=len(text) > MAX_TEXT)
    if len(answer.content) > MAX_BINARY:
        return Ran(result=result, truncated=True)
    return Ran(result={**result, "base64": base64.b64encode(answer.content).decode()})
