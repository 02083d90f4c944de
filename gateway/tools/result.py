"""The result of a tool out of a provider's answer: judged, read, bounded. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from connectors.account import as_text, dig
from connectors.tool_context import ApiAnswer, ToolFailed
from connectors.tooling import HttpTool, Output, Pages
from gateway.errors import ToolAnswerUnexpected, safe_code
from gateway.text import clean_text

MAX_RESULT = 100_000
"""Bytes of a result's JSON: what a model can read at once, and more."""
MAX_MESSAGE = 300
_CODES = (
    "error.code",
    "error.status",
    "error.type",
    "errors[0].code",
    "Fault.Error[0].code",
    "[0].errorCode",
    "code",
    "error",
    "status",
)
_MESSAGES = (
    "error.message",
    "errors[0].message",
    "errors[0].detail",
    "message",
    "error_description",
    "detail",
    "error",
    "errors[0]",
    "title",
    "Message",
    "Detail",
    "Fault.Error[0].Message",
    "[0].message",
)
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,<]*rel="?next"?')


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolResult:
    """What a call returns.

    ``truncated`` says that something was cut, ``next`` is the argument that leads to the next page.
    ``cost`` is what is known of the price of its requests.
    """

    result: dict[str, Any] = field(repr=False)
    truncated: bool = False
    next: str | None = None
    cost: str | None = None


def refusal_of(answer: ApiAnswer) -> ToolFailed:
    """Return the error of an answer that is no success, with the provider's short words."""
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        said = None
    code = _first_code(said) or f"http_{answer.status}"
    message = _first_text(said) or "the provider gives no reason"
    return ToolFailed(code, f"{answer.status}: {message}", answer.status)


def read_result(tool: HttpTool, answer: ApiAnswer) -> ToolResult:
    """Return the result of a success.

    Raises ``ToolFailed`` for a failure inside of it, ``ToolAnswerUnexpected`` if it is not what the
    tool reads.
    """
    if answer.content.strip():
        try:
            said = answer.json()
        except ToolFailed:
            raise ToolAnswerUnexpected from None
    else:
        said = {}
    if tool.failure is not None:
        _check(tool, said, answer.status)
    try:
        read = tool.output.model_validate({"items": said} if isinstance(said, list) else said)
    except ValidationError:
        raise ToolAnswerUnexpected from None
    after = None if tool.pages is None else _next_page(tool.pages, said, answer)
    return bounded(read, after)


def bounded(output: Output, after: str | None = None) -> ToolResult:
    """Return the result in at most ``MAX_RESULT`` bytes, ``truncated`` if that cut something."""
    return bounded_result(output.model_dump(mode="json"), after)


def bounded_result(result: dict[str, Any], after: str | None = None) -> ToolResult:
    """Do the same with JSON."""
    size = _size(result)
    if size <= MAX_RESULT:
        return ToolResult(result=result, next=after)
    return ToolResult(result=_cut(result, MAX_RESULT), truncated=True, next=after)


def _check(tool: HttpTool, said: Any, status: int) -> None:
    rule = tool.failure
    if rule is None:
        return
    found = dig(said, rule.path)
    is_failure = bool(found) if rule.equals is None else found == rule.equals
    if not is_failure:
        return
    code = as_text(dig(said, rule.code)) if rule.code else None
    message = as_text(dig(said, rule.message)) if rule.message else None
    word = safe_code(code) or _first_code(said) or "refused"
    text = clean_text(message or "", MAX_MESSAGE) or _first_text(said)
    raise ToolFailed(word, text or word, status)


def _first_code(said: Any) -> str | None:
    found = (safe_code(as_text(dig(said, path))) for path in _CODES)
    return next((code for code in found if code), None)


def _first_text(said: Any) -> str:
    for path in _MESSAGES:
        value = dig(said, path)
        if isinstance(value, str) and (text := clean_text(value, MAX_MESSAGE)):
            return text
    return ""


def _next_page(pages: Pages, said: Any, answer: ApiAnswer) -> str | None:
    if pages.more is not None and not dig(said, pages.more):
        return None
    if pages.link:
        match = _NEXT.search(answer.headers.get("link", ""))
        value = match[1] if match else None
    else:
        # "@odata.nextLink" is a name with a dot in it.
        whole = said.get(pages.next) if isinstance(said, Mapping) else None
        value = as_text(whole if whole is not None else dig(said, pages.next))
    if value and pages.parameter is not None:
        value = next(iter(parse_qs(urlsplit(value).query).get(pages.parameter, [])), None)
    return value or None


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _cut(value: Any, most: int) -> Any:
    """Return ``value`` in about ``most`` bytes: lists and texts end earlier."""
    if _size(value) <= most:
        return value
    if isinstance(value, str):
        return value.encode()[: max(0, most // 2)].decode(errors="ignore")
    if isinstance(value, list):
        return _cut_list(value, most)
    if isinstance(value, dict):
        return _cut_object(value, most)
    return value


def _cut_list(value: list[Any], most: int) -> list[Any]:
    kept: list[Any] = []
    left = most - 2
    for item in value:
        size = _size(item) + 1
        if size > left:
            if not kept:  # one item is more than all
                kept.append(_cut(item, left))
            break
        kept.append(item)
        left -= size
    return kept


def _cut_object(value: dict[str, Any], most: int) -> dict[str, Any]:
    """Small members stay whole; the large ones share what is left."""
    left = most - 2 - sum(_size(name) + 2 for name in value)
    by_size = sorted(value, key=lambda name: _size(value[name]))
    kept = {}
    for place, name in enumerate(by_size):
        kept[name] = _cut(value[name], max(left // (len(by_size) - place), 2))
        left -= _size(kept[name])
    return {name: kept[name] for name in value}
