"""A request to a provider, prepared by the engine and sent by ``gateway.outbound.client``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from gateway.engine.strict_json import read_json


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderRequest:
    """One HTTP request. Headers and content hold credentials and do not show in the repr."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderAnswer:
    """One HTTP answer, read completely. ``headers`` have lower-case names; the body does not show."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON; raises ``UnreadableResponse`` on anything that is not plain JSON."""
        return read_json(self.content)


def encode_body(
    params: Iterable[tuple[str, str]], body_format: Literal["form", "json"]
) -> tuple[str, bytes]:
    """``(content type, bytes)`` of parameters in the format that the provider takes."""
    if body_format == "json":
        return "application/json", json.dumps(dict(params)).encode()
    return "application/x-www-form-urlencoded", urlencode(list(params)).encode()
