"""Rows whose fields have the names of a dataclass's: ``id`` is ``_id``, the others stay."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from gateway.store.mongo import Document

T = TypeVar("T")


def write_fields(value: Any) -> Document:
    """Return the fields of a dataclass as a row."""
    row = {field.name: getattr(value, field.name) for field in fields(value)}
    return {"_id": row.pop("id")} | row


def read_fields(kind: type[T], row: Document, /, **other: Any) -> T:
    """Make a ``kind`` of a row. ``other`` are fields that the row has in another form."""
    names = {field.name for field in fields(kind)} & row.keys()  # type: ignore[arg-type]
    return kind(**({name: row[name] for name in names} | {"id": row["_id"]} | other))
