"""Functions of a sandbox file, mutated by what they answer.

A function is watched while the connector keeps its contract. Its mutants then answer the same, but
for one member of the answer, which is another or missing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.provider import TokenRules

Path = tuple[str | int, ...]
Change = Callable[[Any], Any]
_GONE = object()
FOR_PEOPLE = "error_description"
"""The member of an answer that RFC 6749 5.2 means for people only."""


class Watched:
    """A function that keeps the paths of its answers. ``something`` is one that is not ``None``.

    It keeps no answer: each mutant calls it again, and some answers hold tokens of 64 KiB.
    """

    def __init__(self, function: Callable[..., Any], something: Any = 3600) -> None:
        self.function = function
        self.something = something
        self.leaves: dict[Path, None] = {}

    def __call__(self, *args: Any) -> Any:
        """Call the function."""
        answer = self.function(*args)
        self.leaves |= dict.fromkeys(_leaves(answer))
        return answer


def watch(value: Any) -> Any:
    """``value`` with every function in it watched."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: watch(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, TokenRules) and value.check is not None:
            parts["check"] = Watched(value.check, "invalid_request")
        return replace(value, **parts)
    if isinstance(value, tuple):
        return tuple(watch(item) for item in value)
    return Watched(value) if callable(value) else value


def answer_variants(watched: Watched) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The function with each member of its answers changed, and left out."""
    if not watched.leaves:
        yield "is never called", _altered(watched.function, (), lambda answer: _GONE)
    for path in [*watched.leaves]:
        name = ".".join(map(str, path)) or "answer"
        other = partial(_other, something=watched.something)
        yield f"with another {name}", _altered(watched.function, path, other)
        if path:
            yield f"without {name}", _altered(watched.function, path, lambda leaf: _GONE)


def _leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    for key, item in _members(value):
        if key != FOR_PEOPLE:
            yield from _leaves(item, (*path, key))
    if not _members(value):
        yield path


def _members(value: Any) -> list[tuple[str | int, Any]]:
    if dataclasses.is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return [*value.items()]
    # One item of a list stands for all.
    return [(0, value[0])] if isinstance(value, list) and value else []


def _other(leaf: Any, something: Any) -> Any:
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int):
        return leaf + 60  # a minute: records tell moments to ten seconds
    if isinstance(leaf, str):
        return f"{leaf}x"
    return {"another": 1} if isinstance(leaf, Mapping) else ["another"] if leaf == [] else something


def _altered(function: Callable[..., Any], path: Path, change: Change) -> Callable[..., Any]:
    def altered(*args: Any) -> Any:
        return _with(function(*args), path, change)

    return altered


def _with(value: Any, path: Path, change: Change) -> Any:
    """``value`` with the member at ``path`` changed, if it has one."""
    if not path:
        return change(value)
    members = dict(_members(value))
    if path[0] not in members:
        return value
    changed = _with(members[path[0]], path[1:], change)
    if isinstance(value, list):
        return [*([] if changed is _GONE else [changed]), *value[1:]]
    if isinstance(value, Mapping):
        rest = {key: item for key, item in value.items() if key != path[0]}
        return rest if changed is _GONE else {**value, path[0]: changed}
    return replace(value, **{str(path[0]): None if changed is _GONE else changed})
