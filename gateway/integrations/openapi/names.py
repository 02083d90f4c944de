"""Names of tools and of their arguments: short, plain, and the same at each reading. No I/O."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

MAX_NAME = 39
"""With a slug of 24 characters and ``_`` in front, a name has 64: what models accept."""
MAX_ARGUMENT = 60
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_TAG = 5


def words(text: str) -> str:
    """Return ``text`` in small letters, digits and single underscores; it may be empty.

    ``listPets`` becomes ``list_pets``.
    """
    folded = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode()
    return _OTHER.sub("_", _HUMP.sub("_", folded).lower()).strip("_")


def tool_names(operations: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the name of each operation, given as its id (may be empty), method and path.

    Names are unique. One that is taken twice, or too long, ends with a tag of method and path, so
    that it does not depend on what else the document holds.
    """
    plain = [words(id_) or words(f"{method}_{path}") or "call" for id_, method, path in operations]
    plain = [name if name[0].isalpha() else f"op_{name}" for name in plain]
    count = Counter(plain)
    names = [
        name
        if count[name] == 1 and len(name) <= MAX_NAME
        else f"{name[: MAX_NAME - _TAG].rstrip('_')}_{_tag(method, path)}"
        for name, (_, method, path) in zip(plain, operations, strict=True)
    ]
    return _unique(names)


def argument_names(parameters: Iterable[tuple[str, str]]) -> list[str]:
    """Return the argument of each parameter, given as its name and place; they are unique."""
    made: list[str] = []
    for name, place in parameters:
        kept = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:MAX_ARGUMENT] or place
        made.append(f"{kept}_{place}"[:MAX_ARGUMENT] if kept in made else kept)
    return _unique(made)


def _unique(names: list[str]) -> list[str]:
    """Number what is still twice: two hashes of which the first four digits are equal."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        number = 2
        while names[index] in seen:
            names[index] = f"{name[: MAX_NAME - 5]}_{number}"
            number += 1
        seen.add(names[index])
    return names


def _tag(method: str, path: str) -> str:
    return hashlib.sha256(f"{method} {path}".encode()).hexdigest()[: _TAG - 1]
