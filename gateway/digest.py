"""The digest under which random secrets are stored and compared."""

from __future__ import annotations

import hashlib


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of ``text`` in lower-case hexadecimal.

    A fast hash is enough: every secret that is stored this way has 256 random bits.
    """
    return hashlib.sha256(text.encode()).hexdigest()
