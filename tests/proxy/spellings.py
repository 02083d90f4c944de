"""Odd spellings of addresses, and how several kinds of servers read a path."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from hypothesis import strategies as st

_PIECES = (
    ".. . ... ..; ..;x=1 %2e %2E%2e .%2e %252e%252e %25252e / // /./ /../ %2f %2F %252f %5c %255c "
    "\\ \\\\ \uff0f \u2044 \uff3c \uff0e\uff0e \u2025 \u2026 \u2100 %ef%bc%8e%ef%bc%8e %e2%80%a5 "
    "%c0%ae%c0%ae %c0%af %e0%80%af %ef%bc%8f @ : @evil.example https: https://evil.example/ :444 "
    "//evil.example :@ ? # %23 %3f & ; = % %zz %2 %u002e %00 %0d%0a %09 %7f \u200b \u202e %20 + ~ "
    "\xe9 %c3%a9 api v1 api/v1 things a b.c 1 admin {x} | [ ] ^ ` ' < > $ ! * \x00 \x7f"
).split(" ")
_PIECES += [" ", ".. ", "\t", "\r\n", '"']
PATHS = st.lists(st.sampled_from(_PIECES), max_size=8).map(lambda parts: "".join(parts).encode())
"""Paths that are made to be misread."""
_SEGMENT = st.text("abcXYZ019_~-:@!$&'()*+,=", min_size=1, max_size=12)
_CLEAN = st.one_of(_SEGMENT, st.tuples(_SEGMENT, _SEGMENT).map(".".join), st.just("a%20b%C3%A9"))
CLEAN_PATHS = st.lists(_CLEAN, max_size=6).map(lambda parts: "/".join(parts).encode())
"""Paths that every server reads alike."""


def readings(target: bytes) -> Iterator[str]:
    """The paths that servers may make of a target: decoded up to four times, folded, resolved."""
    path = target.partition(b"?")[0]
    for _ in range(5):
        text = path.decode("utf-8", "surrogateescape")
        for folded in (text, unicodedata.normalize("NFKC", text)):
            # Browsers, and servers that follow them, read "\" as "/" and drop line ends and tabs.
            plain = re.sub(r"[\t\r\n]", "", folded.replace("\\", "/"))
            yield posixpath.normpath(plain)
            # Others drop what follows a ";" or a NUL, and spaces or dots at the end of a segment.
            segments = [re.split("[;\0]", each)[0].rstrip(" ") for each in plain.split("/")]
            yield posixpath.normpath("/".join(segments))
        path = unquote_to_bytes(path)
