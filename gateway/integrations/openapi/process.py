"""Asks the reader of documents, within their limits."""

from __future__ import annotations

from typing import Any

from gateway.integrations.openapi.limits import limits_for
from gateway.integrations.process import ask


async def read(mode: str, document: bytes, *, url: str = "", base_url: str = "") -> dict[str, Any]:
    """Return what the reader says of a document. Raises ``IntegrationRefused``."""
    limits = limits_for(len(document))
    return await ask(
        "gateway.integrations.openapi.reader",
        {"mode": mode, "url": url, "base_url": base_url, "size": len(document)},
        document[: limits.document + 1],
        deadline=limits.deadline,
    )
