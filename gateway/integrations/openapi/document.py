"""The bytes of a document as JSON values, within its limits. No I/O."""

from __future__ import annotations

import codecs
import json
from typing import Any, NoReturn

from gateway.integrations.openapi.limits import MAX_DEPTH, Limits
from gateway.integrations.openapi.refusals import DocumentRefused
from gateway.integrations.openapi.yaml_values import read_yaml


def read_document(content: bytes, limits: Limits) -> dict[str, Any]:
    """Return the object that a JSON or YAML document holds. Raises ``DocumentRefused``."""
    if len(content) > limits.document:
        raise DocumentRefused(
            "document_too_large", f"the document has more than {limits.document:,} bytes"
        )
    text = _text(content)
    if text.lstrip()[:1] in ("{", "["):
        found = _read_json(text, limits)
    else:
        found = read_yaml(text, limits)
    if not isinstance(found, dict):
        raise DocumentRefused("not_openapi", "the document is not an object")
    return found


def _text(content: bytes) -> str:
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise DocumentRefused("not_text", "the document is not text in UTF-8") from None
    if "\0" in text:
        raise DocumentRefused("not_text", "the document has characters that text does not have")
    return text


def _read_json(text: str, limits: Limits) -> Any:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # A YAML document may begin with a brace, too.
        return read_yaml(text, limits)
    _check_size(found, limits)
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _check_size(value: Any, limits: Limits) -> None:
    """Refuse a value that is too deep or too much; without recursion."""
    count, level = 0, [value]
    for _ in range(MAX_DEPTH + 1):
        count += len(level)
        if count > limits.values:
            raise DocumentRefused(
                "too_many_values", f"the document has more than {limits.values:,} values"
            )
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return
        level = below
    raise _too_deep()


def _too_deep() -> DocumentRefused:
    return DocumentRefused("too_deep", f"the document has more than {MAX_DEPTH} levels")
