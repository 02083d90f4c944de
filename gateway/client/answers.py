"""Turn an HTTP answer into a result or into the right error. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TypeVar

import httpx

from gateway.client.calls import Call
from gateway.client.errors import (
    ERRORS,
    ApprovalRequired,
    ConnectionIncomplete,
    ConnectorRequired,
    Facts,
    Forbidden,
    GatewayError,
    GatewayUnavailable,
    InvalidArguments,
    InvalidRequest,
    RateLimited,
    RetryLater,
    ToolFailed,
    Unauthorized,
    UnexpectedAnswer,
)
from gateway.client.fields import Fields, WrongShape, read_json

T = TypeVar("T")

LONGEST_RETRY_AFTER = 86_400.0

_BY_STATUS: Mapping[int, type[GatewayError]] = MappingProxyType(
    {401: Unauthorized, 403: Forbidden, 422: InvalidRequest, 429: RateLimited}
)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LINK = re.compile(r"https?://[^\s\x00-\x1f\x7f<>\"]{1,2000}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer. The body never shows in the repr: it may hold a token."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        content_type: str = self.headers.get("Content-Type", "")
        return content_type.partition(";")[0].strip().lower()

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before a retry (RFC 9110, section 10.2.3), at most a day.

        A date counts from the answer's own ``Date``, so the clocks need not agree.
        """
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            # Nine digits are plenty, and keep a number of any length out of float().
            return min(float(value[:9]), LONGEST_RETRY_AFTER)
        try:
            asked = parsedate_to_datetime(value)
            seconds = (asked - parsedate_to_datetime(self.headers["Date"])).total_seconds()
        except (ValueError, TypeError, KeyError):
            return None
        return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def read_answer(call: Call[T], answer: Answer) -> T:
    """Read the result of a call, or raise the ``GatewayError`` that matches the answer's code."""
    if answer.status != 200:
        raise error_of(call.target, answer)
    try:
        value = read_json(answer.body)
        # One call answers with an array.
        return call.read(Fields({"items": value} if isinstance(value, list) else value))
    except WrongShape as mismatch:
        problem = str(mismatch)
    raise _unexpected(call.target, answer, problem)


def error_of(target: str, answer: Answer) -> GatewayError:
    """Return the error that an answer means. ``target`` is the method and path of its request."""
    try:
        if answer.media_type != "application/problem+json":
            raise WrongShape("not a problem document (RFC 9457)")
        return _read_problem(answer)
    except WrongShape as mismatch:
        problem = str(mismatch)
    # A proxy in front may have answered: its status still says what to do.
    if answer.status == 429:
        return RateLimited(
            "Too many requests, according to a proxy in front of the gateway.",
            status=429,
            retry_after=answer.retry_after,
        )
    if answer.status >= 500:
        return GatewayUnavailable(
            f"The gateway is not available: {target} answered {answer.status}.",
            status=answer.status,
            retry_after=answer.retry_after,
        )
    if 300 <= answer.status < 400:
        problem = "a redirect, which is not followed"
    return _unexpected(target, answer, problem)


def _read_problem(answer: Answer) -> GatewayError:
    fields = Fields(read_json(answer.body))
    code = fields.text("code")
    if not _CODE.fullmatch(code):
        raise fields.wrong("code", "a code")
    facts = Facts(
        code=code,
        status=answer.status,
        request_id=_line(fields.any("request_id"), 128),
        connector=_line(fields.any("connector"), 80),
        rule=_line(fields.any("rule_name"), 200),
        outcome_unknown=fields.any("outcome_unknown") is True,
    )
    detail = _line(fields.any("detail"), 500) or _line(fields.any("title"), 100)
    detail = detail or f"The gateway answered {answer.status}."
    # This version may not know a newer code: its status still has a meaning.
    unknown = GatewayUnavailable if answer.status >= 500 else GatewayError
    kind = ERRORS.get(code) or _BY_STATUS.get(answer.status, unknown)
    if issubclass(kind, ConnectorRequired | ConnectionIncomplete):
        return kind(detail, connect_url=_link(fields, "connect_url"), **facts)
    if issubclass(kind, ApprovalRequired):
        return kind(
            detail,
            approval_id=fields.text("approval_id"),
            url=_link(fields, "url"),
            expires_at=fields.optional("expires_at", fields.moment),
            **facts,
        )
    if issubclass(kind, InvalidArguments):
        return kind(detail, fields=_problems(fields), **facts)
    if issubclass(kind, ToolFailed):
        return kind(
            detail,
            reason=_line(fields.any("reason"), 64),
            provider_status=fields.optional("provider_status", fields.number),
            **facts,
        )
    if issubclass(kind, RetryLater):
        return kind(detail, retry_after=answer.retry_after, **facts)
    return kind(detail, **facts)


def _link(fields: Fields, name: str) -> str:
    link = fields.text(name)
    if not _LINK.fullmatch(link):
        raise fields.wrong(name, "a web address")
    return link


def _problems(fields: Fields) -> dict[str, str]:
    found = fields.optional("errors", fields.records) or []
    return {
        _line(each.text("field"), 200) or "": _line(each.text("message"), 300) or "is not accepted"
        for each in found
    }


def _unexpected(target: str, answer: Answer, problem: str) -> UnexpectedAnswer:
    media_type = _line(answer.media_type, 60) or "no content type"
    return UnexpectedAnswer(
        f"{target} answered {answer.status} ({media_type}) in a shape that is "
        f"not the gateway's: {problem}. Does the base URL lead to the gateway?",
        status=answer.status,
    )


def _line(value: object, limit: int) -> str | None:
    """Return a text that fits into one line of a log, or None."""
    if not isinstance(value, str):
        return None
    return "".join(character for character in value if character.isprintable())[:limit] or None
