"""Secrets that were used, and a search for every form of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

HALF = 16
"""Characters that half a secret must have to be looked for by itself."""


def _inside_base64(raw: bytes, offset: int) -> bytes:
    """The base64 of ``raw`` that is the same inside any longer text, for this alignment."""
    encoded = base64.b64encode(b"\x00" * offset + raw)
    first = -(-offset * 8 // 6)
    return encoded[first : (offset + len(raw)) * 8 // 6]


def spellings(text: str) -> dict[str, bytes]:
    """The forms of a text, by name. Many are the same for a text of letters and digits."""
    raw = text.encode()
    once = quote(text, safe="")
    forms = {
        "raw": raw,
        "json": json.dumps(text)[1:-1].encode(),
        "url": once.encode(),
        "form": quote_plus(text).encode(),
        "url, twice": quote(once, safe="").encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "utf-16": text.encode("utf-16-le"),
    }
    for offset in range(3):
        inner = _inside_base64(raw, offset)
        forms[f"base64 + {offset}"] = inner
        forms[f"base64url + {offset}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
        forms[f"base64 + {offset}, url"] = quote(inner, safe="").encode()
    return forms


@dataclass
class Canaries:
    """The secrets, each with its kind."""

    kinds: dict[str, str] = field(default_factory=dict, repr=False)

    def add(self, kind: str, *values: str) -> None:
        """Look for these from now on; one that is known stays of its kind.

        A short one would be found by accident: that is a mistake of the test.
        """
        for value in values:
            assert len(value) >= HALF, kind
            self.kinds.setdefault(value, kind)

    def of(self, kind: str) -> list[str]:
        """The secrets of a kind."""
        return [value for value, known in self.kinds.items() if known == kind]

    def found_in(self, haystack: bytes, *, but: frozenset[str] = frozenset()) -> list[str]:
        """The kinds that are to be seen, with the form; never the secret itself."""
        return [
            f"{kind} ({form})"
            for value, kind in self.kinds.items()
            if kind not in but
            for part in _parts(value)
            for form, needle in spellings(part).items()
            if needle in haystack
        ]


def _parts(value: str) -> Iterator[str]:
    """The two halves of a secret, to be found in a cut text; a short secret is one part."""
    half = len(value) // 2
    if half < HALF:
        yield value
    else:
        yield value[:half]
        yield value[half:]
