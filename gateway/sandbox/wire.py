"""Requests and answers on the wire, as a simulated provider sees them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A request as it reached the provider; header names in lower case."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def address(self) -> str:
        """Host and path."""
        return f"{self.host}{self.path}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A JSON answer."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The provider refuses; ``error`` is the RFC 6749 code."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.error, self.description, self.status = error, description, status
        super().__init__(description)


def address_regex(pattern: str) -> str:
    """A regular expression for an address with ``{tenant}`` and ``*``."""
    escaped = re.escape(pattern).replace(r"\{tenant\}", r"(?P<tenant>[a-z0-9][a-z0-9_-]*)")
    return escaped.replace(r"\*", ".*")


def matches(pattern: str, address: str) -> bool:
    """Whether host and path fit a pattern."""
    return re.fullmatch(address_regex(pattern), address) is not None


def basic_credentials(header: str) -> tuple[str, str] | None:
    """User and password of a Basic header (RFC 6749 2.3.1: form-encoded), ``None`` without one."""
    if not header.startswith("Basic "):
        return None
    try:
        user, _, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        return ("", "")
    return unquote_plus(user), unquote_plus(password)


def body_params(incoming: Incoming, body_format: str) -> dict[str, str]:
    """The parameters of a body of exactly this format; raises ``Refused``."""
    wanted = {"form": "application/x-www-form-urlencoded", "json": "application/json"}[body_format]
    given = incoming.headers.get("content-type", "").partition(";")[0].strip()
    if given != wanted:
        raise Refused("invalid_request", f"the body must be {wanted}")
    try:
        if body_format == "form":
            return dict(
                parse_qsl(incoming.body.decode(), keep_blank_values=True, strict_parsing=True)
            )
        value = json.loads(incoming.body)
    except ValueError:
        raise Refused("invalid_request", "the body cannot be read") from None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Refused("invalid_request", "the body must be an object of strings")
    return value


def refusal(refused: Refused) -> Outcome:
    """The error answer of RFC 6749 5.2."""
    body = {"error": refused.error, "error_description": refused.description}
    return Outcome(status=refused.status, body=body)
