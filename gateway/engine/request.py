"""Requests that leave the gateway, to providers and webhooks, and their responses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from gateway.engine.strict_json import read_json


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundRequest:
    """An HTTP request. Its parts hold credentials, some even the URL: the repr leaves them out."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundResponse:
    """A complete HTTP response. ``headers`` have lower-case names; the repr leaves out the body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON; raise ``UnreadableResponse`` unless it is plain JSON."""
        return read_json(self.content)


def encode_body(
    params: Iterable[tuple[str, str]], body_format: Literal["form", "json"]
) -> tuple[str, bytes]:
    """Return ``(content type, bytes)`` of ``params`` in the provider's format."""
    if body_format == "json":
        return "application/json", json.dumps(dict(params)).encode()
    return "application/x-www-form-urlencoded", urlencode(list(params)).encode()
