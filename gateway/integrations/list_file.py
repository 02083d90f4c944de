"""The list of integrations that a deployment brings itself (``GATEWAY_INTEGRATIONS_FILE``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.access.identity import DEFAULT_TENANT
from gateway.digest import sha256_hex
from gateway.errors import SettingsError

MOST_BYTES = 32 * 1024 * 1024
VARIABLE = "GATEWAY_INTEGRATIONS_FILE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry as it is written. ``number`` counts from 1.

    ``body`` is what ``POST /v1/integrations`` takes. ``mark`` stands for all that the entry says.
    ``slug`` is empty if it says none, and nothing comes of it.
    """

    number: int
    tenant: str
    slug: str
    body: Mapping[str, Any] = field(repr=False)
    mark: str


def read_list(file: Path | None) -> Sequence[Entry]:
    """Return the entries of a file; none without a file. Raises ``SettingsError``."""
    if file is None:
        return ()
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1)
        found = json.loads(text) if len(text) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise SettingsError(f"{VARIABLE}: the file is not a JSON list of integrations")
    return [_entry(number, each) for number, each in enumerate(found, 1)]


def _entry(number: int, given: object) -> Entry:
    body = dict(given) if isinstance(given, dict) else {}
    tenant, slug = body.pop("tenant", DEFAULT_TENANT), body.get("slug", "")
    is_named = isinstance(tenant, str) and isinstance(slug, str)
    return Entry(
        number=number,
        tenant=tenant if is_named else DEFAULT_TENANT,
        slug=slug if is_named else "",
        body=body,
        mark=sha256_hex(json.dumps(body, sort_keys=True)),
    )
