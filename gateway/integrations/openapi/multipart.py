"""Bodies of ``multipart/form-data`` (RFC 7578), the same bytes for the same parts. No I/O."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.tool_context import ToolFailed

_MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One field of a form. ``filename`` and ``content_type`` are those of a file."""

    name: str
    content: bytes = field(repr=False)
    filename: str | None = None
    content_type: str | None = None


def encode(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return the body and its Content-Type. Raises ``ToolFailed``.

    The boundary is a digest of the parts: a body that was approved is sent byte for byte.
    """
    digest = hashlib.sha256()
    for part in parts:
        for each in (part.name.encode(errors="replace"), part.content):
            digest.update(len(each).to_bytes(8, "big") + each)
    boundary = f"gateway-{digest.hexdigest()[:32]}"
    body = b"".join(
        f"--{boundary}\r\n{_header(part)}\r\n\r\n".encode() + part.content + b"\r\n"
        for part in parts
    )
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _header(part: Part) -> str:
    said = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
    if part.filename is not None:
        said += f'; filename="{_quoted(part.filename)}"'
    if part.content_type is not None:
        if not _MEDIA.fullmatch(part.content_type):
            raise ToolFailed("argument_refused", "the content type of a file is not one")
        said += f"\r\nContent-Type: {part.content_type}"
    return said


def _quoted(name: str) -> str:
    """Return a name as the HTML standard writes it in a form."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    if not escaped.isprintable():
        raise ToolFailed("argument_refused", "a name in the form has a control character")
    return escaped
