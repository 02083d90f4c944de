"""Why a document, or one operation of it, is left out. No I/O."""

from __future__ import annotations


class DocumentRefused(Exception):
    """The document cannot be used. ``code`` is for programs, ``reason`` for people."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class OperationSkipped(Exception):
    """One operation cannot be a tool; the others can."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)
