"""Paths of operations: plain, and none that reaches another operation. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
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
        if not said.isprintable():
            raise OperationSkipped("path_unusable", "its path has a control character")
    if said.count("/") != path.count("/"):
        raise OperationSkipped("path_climbs", "its path has an encoded slash")


def shape(path: str) -> str:
    """Return a path without the names of its variables: two with one shape are the same."""
    return _VARIABLE.sub("{}", path)


def others(paths: Iterable[str]) -> Mapping[str, list[str]]:
    """Return, for each path of one method, those that a filled path of it could be.

    A server takes ``/pets/mine`` for the operation of that path, not for ``/pets/{id}``: a call of
    the latter must not reach the former. At most one more than ``MAX_OTHERS`` are listed.
    """
    given = list(paths)
    root: _Node = {}
    for path in given:
        node = root
        for part in shape(path).split("/"):
            node = node.setdefault(part, {})
        node[_END] = {path: {}}
    found = {}
    for path in given:
        if "{" in path:
            like = _within(root, shape(path).split("/"), False)
            found[path] = list(islice(like, MAX_OTHERS + 1))
    return found


_Node = dict[str, Any]
_END = "/"
"""No part of a path is this: what stands under it is the whole path."""


def _within(node: _Node, wide: list[str], is_narrower: bool) -> Iterator[str]:
    """Yield the paths below ``node`` that are the ``wide`` one with some variables filled."""
    if not wide:
        if is_narrower:
            yield from node.get(_END, ())
        return
    part, *rest = wide
    if "{" not in part:
        # A variable there makes two paths that cross: /{kind}/all and /pets/{id}.
        for each in (part, "{}"):
            if each in node:
                yield from _within(node[each], rest, is_narrower)
        return
    for each, below in node.items():
        if each != _END:
            yield from _within(below, rest, is_narrower or (part == "{}" != each))
