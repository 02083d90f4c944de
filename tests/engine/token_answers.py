"""Answers of a token endpoint, and what the engine reads in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from connectors.context import Tokens
from gateway.engine.request import OutboundResponse
from gateway.engine.token_response import read_token_response
from tests.support.configs import make_config

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""When every answer arrives."""

JSON_TYPE = {"content-type": "application/json; charset=utf-8"}

GOOD: dict[str, Any] = {
    "access_token": "canary-access",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": "canary-refresh",
    "scope": "read write",
}


def read(
    content: Any,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    granted: tuple[str, ...] | None = None,
    **changes: Any,
) -> Tokens:
    """The tokens in an answer to the connector ``acme``; ``content`` is bytes, or is sent as JSON.

    ``granted`` are the scopes so far: with them it is the answer to a refresh.
    """
    answer = answer_of(content, status, headers)
    return read_token_response(make_config(**changes), answer, NOW, granted).tokens


def unread(content: Any, **changes: Any) -> tuple[str, ...]:
    """The members of a success that could not be read."""
    return read_token_response(make_config(**changes), answer_of(content), NOW).unread


def answer_of(
    content: Any, status: int = 200, headers: dict[str, str] | None = None
) -> OutboundResponse:
    """An answer with ``content``: bytes, or what is sent as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return OutboundResponse(status=status, headers=headers or JSON_TYPE, content=raw)
