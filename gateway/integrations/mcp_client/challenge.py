"""The challenge of a protected server: ``WWW-Authenticate`` (RFC 9110 11.6.1, 6750 3, 9728 5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.engine.scopes import MAX_SCOPES

MAX_HEADER = 8 * 1024
_SCOPE = re.compile(r"[!#-+\--\[\]-~]{1,200}")
"""A scope of RFC 6749 3.3, without the comma, which separates scopes in many answers."""
_PART = re.compile(
    r"""\s*,?\s*(?:
        (?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*
            (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"]+))
        |(?P<scheme>[!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|,|$)(?!\s*=)
        |(?P<other>[^\s,]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A Bearer challenge. ``scopes`` is ``None`` where it names none."""

    resource_metadata: str | None = None
    scopes: tuple[str, ...] | None = None
    error: str | None = None


def challenge_in(headers: Mapping[str, str]) -> Challenge | None:
    """Return the Bearer challenge of an answer, or ``None``; ``headers`` have lower-case names."""
    header = headers.get("www-authenticate", "")
    if len(header) > MAX_HEADER:
        return None
    found: dict[str, str] | None = None
    inside = False
    for part in _PART.finditer(header):
        if part["scheme"] is not None:
            inside = part["scheme"].lower() == "bearer" and found is None
            if inside:
                found = {}
        elif inside and found is not None and part["name"] is not None:
            plain, quoted = part["plain"], part["quoted"] or ""
            value = plain if plain is not None else re.sub(r"\\(.)", r"\1", quoted)
            found.setdefault(part["name"].lower(), value)
    if found is None:
        return None
    scope = found.get("scope")
    return Challenge(
        resource_metadata=found.get("resource_metadata"),
        scopes=None if scope is None else scopes_in(scope.split()),
        error=found.get("error"),
    )


def scopes_in(given: object) -> tuple[str, ...]:
    """Return the scopes of a list that a request can name, each once."""
    texts = given if isinstance(given, list) else []
    kept = [text for text in texts if isinstance(text, str) and _SCOPE.fullmatch(text)]
    return tuple(dict.fromkeys(kept))[:MAX_SCOPES]
