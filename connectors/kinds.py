"""Check that the values of a description have the types that its fields declare."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import chain
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from connectors.secret import Secret


def kind_problems(value: Any) -> list[str]:
    """Describe each field of a dataclass whose value is not what the field's type says."""
    return [*chain.from_iterable(kind_and_choice_problems(value))]


def kind_and_choice_problems(value: Any) -> tuple[list[str], list[str]]:
    """Describe the fields of another type than declared, and those that no ``Literal`` lists.

    Without the first, ``scopes="read"`` would be four scopes.
    """
    found = list(_of_fields(value))
    return (
        [problem for is_choice, problem in found if not is_choice],
        [problem for is_choice, problem in found if is_choice],
    )


_Problem = tuple[bool, str]
"""Whether only the choice among literals is wrong, and the problem in words."""


def _of_fields(value: Any, path: str = "") -> Iterator[_Problem]:
    kind: Any = type(value)
    hints = _hints(kind)
    for field in fields(value):
        name = f"{path}.{field.name}" if path else field.name
        yield from _of_value(getattr(value, field.name), hints[field.name], name)


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)  # takes milliseconds


@functools.cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Return the class of a type hint, what stands in its brackets, and if it is a dataclass."""
    kind = get_origin(hint) or hint
    return kind, get_args(hint), isinstance(kind, type) and is_dataclass(kind)


def _of_value(value: Any, hint: Any, path: str) -> Iterator[_Problem]:
    if hint is Any or type(value) is hint is str:  # most values are text
        return
    kind, inner, is_part = _parts(hint)
    if kind is Literal:
        if value not in inner:
            yield True, f"{path} is not one of {', '.join(map(str, inner))}"
    elif kind in (Union, UnionType):
        if value is not None or NoneType not in inner:
            found = [
                list(_of_value(value, member, path)) for member in inner if member is not NoneType
            ]
            yield from min(found, key=len)
    elif is_part:
        if isinstance(value, kind):
            yield from _of_fields(value, path)
        else:
            yield False, f"{path} is not of the type {kind.__name__}"
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield False, f"{path} is not {_WORDS[kind]}"
    elif kind is tuple and inner[-1] is not ...:
        if len(value) != len(inner):
            yield False, f"{path} has not exactly {len(inner)} elements"
        else:
            yield from _of_items(zip(value, inner, strict=True), path)
    elif kind in (tuple, frozenset):
        items = sorted(value, key=str) if kind is frozenset else value
        yield from _of_items(((item, inner[0]) for item in items), path)
    elif kind is Mapping:
        for key, item in value.items():
            yield from _of_value(key, inner[0], f"a name in {path}")
            yield from _of_value(item, inner[1], f'{path} "{key}"')


def _of_items(items: Iterable[tuple[Any, Any]], path: str) -> Iterator[_Problem]:
    for number, (item, hint) in enumerate(items):
        if type(item) is hint is str:
            continue
        is_part = _parts(hint)[2]
        yield from _of_value(item, hint, f"{path}[{number}]" if is_part else f"{path} {item!r}")


_WORDS: Mapping[Any, str] = {
    str: "a string",
    int: "a whole number",
    bool: "True or False",
    date: "a date",
    Secret: "a Secret",
    tuple: "a tuple (one element needs a comma: (x,))",
    frozenset: "a frozenset (frozenset({x}), and no string)",
    Mapping: "a mapping",
    get_origin(Callable[[], None]): "a function",
}
