"""Reads a schema in a process of its own: ``python -m gateway.integrations.graphql.reader``.

It has no secret, no network and no file, and ends without an answer at its limits.
"""

from __future__ import annotations

import encodings.utf_8_sig  # noqa: F401 - later, nothing can be opened
import json
import sys
from dataclasses import fields
from typing import Any

from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.document import MAX_SCHEMA, read_operations
from gateway.integrations.process import confine

SECONDS = 5
"""Of the processor; the largest public schema takes one."""
MEMORY = 200 * 1024 * 1024


def main() -> None:
    """Answer with the operations of the document on standard input."""
    sys.stdin.buffer.readline()  # there is one question only
    confine(seconds=SECONDS, memory=MEMORY)
    try:
        definitions, skipped = read_operations(sys.stdin.buffer.read(MAX_SCHEMA + 1))
        answer: dict[str, Any] = {"definitions": definitions, "skipped": skipped}
    except IntegrationRefused as refused:
        answer = {"refused": {"code": refused.code, "reason": refused.reason}}
    sys.stdout.write(json.dumps(answer, default=_members, allow_nan=False))


def _members(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


if __name__ == "__main__":
    main()
