"""Paths of operations: plain, and none that reaches another operation. No I/O."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from gateway.integrations.openapi.refusals import OperationSkipped

MAX_PATH = 500
MAX_OTHERS = 200
"""Paths that one path could be taken for."""
_PLAIN = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{[^{}/]{1,100}\})*)+")
_VARIABLE = re.compile(r"\{[^{}/]+\}")


def check_path(path: str) -> None:
    """Raise ``OperationSkipped`` for a path that is not plainly one below the server."""
    if len(path) > MAX_PATH or not _PLAIN.fullmatch(path):
        raise OperationSkipped("path_unusable", "its path has characters that no plain path has")
    said = _VARIABLE.sub("x", path)
    for _ in range(3):
        if any(not part.partition(";")[0].strip(". ") for part in said.split("/")[1:-1]) or (
            re.search(r"/\.+(?:;.*)?$|\\", said)
        ):
            raise OperationSkipped("path_climbs", "its path leaves the place that it names")
        said = unquote(said)
    if said.count("/") != path.count("/"):
        raise OperationSkipped("path_climbs", "its path has an encoded slash")


def shape(path: str) -> str:
    """Return a path without the names of its variables: two with one shape are the same."""
    return _VARIABLE.sub("{}", path)


def others(paths: Iterable[str]) -> Mapping[str, list[str]]:
    """Return, for each path of one method, those that a filled path of it could be.

    A server takes ``/pets/mine`` for the operation of that path, not for ``/pets/{id}``: a call of
    the latter must not reach the former.
    """
    by_length: dict[int, list[list[str]]] = defaultdict(list)
    for path in paths:
        parts = path.split("/")
        by_length[len(parts)].append(parts)
    found: dict[str, list[str]] = {}
    for group in by_length.values():
        for one in group:
            if "{" in "".join(one):
                like = ["/".join(each) for each in group if each is not one and _is_in(each, one)]
                found["/".join(one)] = like[: MAX_OTHERS + 1]
    return found


def _is_in(narrow: list[str], wide: list[str]) -> bool:
    return all(
        "{" in right if left != right else True for left, right in zip(narrow, wide, strict=True)
    ) and any(
        left != right and _VARIABLE.fullmatch(right)
        for left, right in zip(narrow, wide, strict=True)
    )
