"""A schema that a person uploads, or the answer to an introspection, as operations."""

from __future__ import annotations

import json
from typing import Any

from gateway.engine.integration import Definition, Skipped
from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.introspection import read_introspection
from gateway.integrations.graphql.operations import operations
from gateway.integrations.graphql.schema import Schema
from gateway.integrations.graphql.sdl import read_sdl

MAX_SCHEMA = 4 * 1024 * 1024
"""Bytes of a schema; the largest public one has 2.5 MB as the answer to an introspection."""


def read_operations(document: bytes) -> tuple[tuple[Definition, ...], tuple[Skipped, ...]]:
    """Return the operations of a document, and what is left out.

    Raises ``IntegrationRefused`` as ``read_document`` does, or with ``no_operations``.
    """
    definitions, skipped = operations(read_document(document))
    if not definitions:
        reason = f": {skipped[0].reason}" if skipped else ""
        raise IntegrationRefused("no_operations", f"The schema has no operation to call{reason}")
    return definitions, skipped


def read_document(document: bytes) -> Schema:
    """Read SDL, or the JSON of an introspection's answer.

    Raises ``IntegrationRefused``: ``too_large``, ``not_text``, ``sdl_syntax`` or ``no_schema``.
    """
    if len(document) > MAX_SCHEMA:
        raise IntegrationRefused("too_large", f"A schema has at most {MAX_SCHEMA} bytes.")
    try:
        written = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise IntegrationRefused("not_text", "The document is not text in UTF-8.") from None
    if not written.lstrip().startswith("{"):
        return read_sdl(written)
    try:
        said = json.loads(written)
    except (ValueError, RecursionError):
        raise IntegrationRefused("no_schema", "The document is not JSON.") from None
    return read_introspection(said["data"] if has_schema(said) else said)


def has_schema(said: Any) -> bool:
    """Whether an answer carries a schema."""
    data = said.get("data") if isinstance(said, dict) else None
    return isinstance(data, dict) and isinstance(data.get("__schema"), dict)
