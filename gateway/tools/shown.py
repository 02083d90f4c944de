"""A request as a person reads it before deciding. What cannot be shown whole cannot be approved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from gateway.errors import ApprovalNotShowable
from gateway.proxy.prepared import PreparedRequest
from gateway.text import printable
from gateway.tools.binding import headers_of

MOST_SHOWN = 64 * 1024
"""The longest request that a person is asked to read, in bytes of its JSON form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRequest:
    """A request that waits for a decision, with placeholders for its secrets.

    It is the tool's ``change`` of at most ``changes`` in one call.
    """

    tool: str
    description: str
    effect: str
    arguments: Mapping[str, Any] = field(repr=False)
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str = field(repr=False)
    change: int = 1
    changes: int = 1

    def dumps(self) -> str:
        """Return it as JSON text; raise ``ApprovalNotShowable`` if it is too long to read."""
        text = json.dumps(asdict(self))
        if len(text) > MOST_SHOWN:
            raise ApprovalNotShowable(f"the request is longer than {MOST_SHOWN} bytes")
        return text

    @classmethod
    def loads(cls, text: str) -> ShownRequest:
        """Return the request of a text of ``dumps``."""
        fields = json.loads(text)
        return cls(**fields | {"headers": tuple((n, v) for n, v in fields["headers"])})

    @property
    def arguments_text(self) -> str:
        """The arguments in readable form."""
        return readable(json.dumps(dict(self.arguments)), "application/json")

    @property
    def body_text(self) -> str:
        """The body in readable form, empty without one."""
        kind = next((value for name, value in self.headers if name == "content-type"), "")
        return readable(self.body, kind)


def shown_request(
    prepared: PreparedRequest,
    *,
    tool: str,
    description: str,
    effect: str,
    arguments: Mapping[str, Any],
    changes: int,
) -> ShownRequest:
    """Return a request as a person sees it; raise ``ApprovalNotShowable`` for one that is no text.

    Encoded bodies (``Content-Encoding``) and files are no text.
    """
    headers = headers_of(prepared)
    if any(name == "content-encoding" and value != "identity" for name, value in headers):
        raise ApprovalNotShowable("the body is packed")
    try:
        body = prepared.body.decode()
    except UnicodeDecodeError:
        raise ApprovalNotShowable("the body is not text") from None
    return ShownRequest(
        tool=tool,
        description=description,
        effect=effect,
        arguments=arguments,
        method=prepared.method,
        url=prepared.url,
        headers=headers,
        body=body,
        change=prepared.change,
        changes=changes,
    )


def readable(text: str, content_type: str) -> str:
    """Return a body in readable form: JSON and forms in lines, everything else as it is.

    A character that does not show, or that turns others around, is shown by its code. JSON is put
    into lines only where that loses nothing: no member twice, no number that would be rounded.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        text = _indented(text)
    elif kind == "application/x-www-form-urlencoded":
        return _form(text)
    return "\n".join(map(printable, text.split("\n")))


def _indented(text: str) -> str:
    try:
        lines = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        if _exact(lines) == _exact(text):
            return lines
    except (ValueError, RecursionError):
        pass
    return text


def _exact(text: str) -> Any:
    """Return JSON with its numbers as text and its members as pairs, so that nothing is lost."""
    return json.loads(text, parse_int=_number, parse_float=_number, object_pairs_hook=tuple)


def _number(text: str) -> tuple[str, str]:
    return "number", text


def _form(text: str) -> str:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        return printable(text)
    return "\n".join(f"{printable(name)}: {printable(value)}" for name, value in pairs)
