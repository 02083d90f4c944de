"""Valid connectors with pasted credentials, of no real provider, to be bent field by field."""

from __future__ import annotations

from datetime import date
from typing import Any

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod, TokenRequest, Verify

KEY = ConnectionInput(
    title="API key",
    description="A key of your workspace.",
    example="kd-0123456789",
    pattern=r"kd-[0-9a-z]{10}",
    secret=True,
)
SITE = ConnectionInput(
    title="Site",
    description="Where your data are.",
    choices={"eu": {"api": "api.eu.example"}, "us": {"api": "api.us.example"}},
)
TEAM = ConnectionInput(
    title="Team", description="Your team.", example="acme", pattern=r"[a-z0-9-]{1,40}", default=""
)
RIGHT = "kd-abcdefghij"


def make_key(**changes: Any) -> KeyMethod:
    """A key as Bearer token, with ``changes``."""
    fields: dict[str, Any] = {
        "inputs": {"key": KEY},
        "api_headers": {"Authorization": "Bearer ${key}"},
        "verify": Verify(url="https://api.example.com/v1/me"),
    }
    return KeyMethod(**fields | changes)


def make_key_config(key: KeyMethod | None = None, **changes: Any) -> KeyConnectorConfig:
    """The connector ``keyed`` with ``changes``; raises what ``KeyConnectorConfig`` raises."""
    fields: dict[str, Any] = {
        "name": "keyed",
        "display_name": "Keyed",
        "description": "An invented service.",
        "category": "other",
        "docs_url": "https://docs.example.com/keys",
        "console_url": "https://console.example.com/keys",
        "checked_on": date(2026, 11, 28),
        "key": key or make_key(),
        "api_base_url": "https://api.example.com/v1",
    }
    return KeyConnectorConfig(**fields | changes)


EXCHANGE = TokenRequest(
    url="https://auth.example.com/token", body={"grant_type": "client_credentials", "key": "${key}"}
)
