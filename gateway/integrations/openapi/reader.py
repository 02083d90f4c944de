"""Reads a document in a process of its own: ``python -m gateway.integrations.openapi.reader``.

It takes one line of JSON (mode, url, base_url) and then the document from standard input, and
writes one JSON value to standard output. It has no secret, no network and no file: once it has
started it can open nothing. It ends without an answer at its limits of time and memory.
"""

from __future__ import annotations

import encodings.utf_8_sig  # later, nothing can be opened
import encodings.utf_16  # noqa: F401
import gc
import json
import sys
from dataclasses import fields, replace
from typing import Any

from gateway.integrations.openapi.describe import describe, title_of, version_of
from gateway.integrations.openapi.document import read_document
from gateway.integrations.openapi.judge import judge, load_schemas
from gateway.integrations.openapi.limits import Limits, limits_for
from gateway.integrations.openapi.refusals import DocumentRefused
from gateway.integrations.process import confine


def main() -> None:
    """Answer the question on standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    limits = limits_for(int(asked["size"]))
    schemas = load_schemas()
    gc.disable()  # a short life with a limit of memory; looking for cycles takes most of the time
    confine(seconds=limits.seconds, memory=limits.memory)
    content = sys.stdin.buffer.read(limits.document + 1)
    try:
        answer = _answer(asked, content, limits, schemas)
    except DocumentRefused as refused:
        answer = {"refused": {"code": refused.code, "reason": refused.reason}}
    json.dump(answer, sys.stdout, default=_members, allow_nan=False)


def _answer(
    asked: dict[str, Any], content: bytes, limits: Limits, schemas: dict[str, bytes]
) -> dict[str, Any]:
    document = read_document(content, limits)
    if asked["mode"] == "detect":
        return {"version": version_of(document), "title": title_of(document)}
    found = describe(document, limits, document_url=asked["url"], picked=asked["base_url"])
    remarks = judge(document, version_of(document), schemas)
    return _members(replace(found, notes=(*found.notes, *remarks)))


def _members(value: Any) -> dict[str, Any]:
    """Return the fields of a data class; ``asdict`` would copy all that is below."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


if __name__ == "__main__":
    main()
