"""The shape of a JSON value or of parameters, and what is wrong with one that has another shape.

A shape is written as the value looks like:

- ``str``, ``int``, ``float``, ``bool``, ``dict`` (any object), ``list`` (any list), ``object``
  (anything), ``None``;
- ``{"a", "b"}``: one of these values;
- ``[shape]``: a list of such values;
- ``{"name": shape, "other?": shape, "*": shape}``: an object with these members. One with ``?`` may
  be absent, ``*`` is any further member; without it, an unknown one is a mistake;
- ``(shape, shape)``: one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Shape = Any

_KINDS = (str, int, float, bool, dict, list, object)
_WORDS = {"true": True, "false": False}


def wrong(shape: Shape, value: Any, place: str = "") -> str | None:
    """Say what keeps ``value`` from having this shape; ``None`` if nothing does."""
    if isinstance(shape, tuple):
        found = [wrong(each, value, place) for each in shape]
        return None if None in found else found[0]
    if isinstance(shape, Mapping):
        return _wrong_object(shape, value, place)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{place or 'the value'} must be a list"
        return _first(wrong(shape[0], each, f"{place}[{n}]") for n, each in enumerate(value))
    if isinstance(shape, (set, frozenset)):
        is_one = any(value == each and type(value) is type(each) for each in shape)
        return None if is_one else f"{place} must be one of {', '.join(map(str, sorted(shape)))}"
    if shape is None:
        return None if value is None else f"{place} must be null"
    return None if _is_of(shape, value) else f"{place} must be {shape.__name__}"


def read(shape: Mapping[str, Shape], given: list[tuple[str, str]]) -> dict[str, Any] | str:
    """Read parameters of a query or form by their shape, or say what is wrong with them.

    A list may come as a repeated name. In names of the shape, ``*`` stands for any text.
    """
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, []).append(text)
    found: dict[str, Any] = {}
    for name, values in texts.items():
        if (known := _named(shape, name)) is None:
            return f"unknown parameter {name}"
        wanted = shape[known]
        if isinstance(wanted, list):
            found[name] = [_parsed(wanted[0], text) for text in values]
        elif len(values) > 1:
            return f"{name} came twice"
        else:
            found[name] = _parsed(wanted, values[0])
        if problem := wrong(wanted, found[name], name):
            return problem
    required = {name for name in shape if not name.endswith("?") and "*" not in name}
    missing = sorted(required - found.keys())
    return f"missing parameter {missing[0]}" if missing else found


def shape_problems(shape: Shape) -> Iterator[str]:
    """Describe each mistake of a shape."""
    if isinstance(shape, Mapping):
        for name, member in shape.items():
            if not isinstance(name, str) or not name:
                yield f"{name!r} is no name of a member"
            yield from shape_problems(member)
    elif isinstance(shape, list):
        if len(shape) != 1:
            yield f"{shape!r} is no list of one shape"
        for each in shape:
            yield from shape_problems(each)
    elif isinstance(shape, tuple):
        for each in shape:
            yield from shape_problems(each)
    elif not (shape is None or isinstance(shape, (set, frozenset)) or shape in _KINDS):
        yield f"{shape!r} is no shape"


def _wrong_object(shape: Mapping[str, Shape], value: Any, place: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{place or 'the value'} must be an object"
    inside = f"{place}." if place else ""
    for name in value:
        if name not in shape and f"{name}?" not in shape and "*" not in shape:
            return f"unknown member {inside}{name}"
    for marked, member in shape.items():
        name = marked.removesuffix("?")
        if marked == "*":
            others = [each for each in value if each not in shape and f"{each}?" not in shape]
            problem = _first(wrong(member, value[each], f"{inside}{each}") for each in others)
        elif name in value:
            problem = wrong(member, value[name], f"{inside}{name}")
        else:
            problem = None if name != marked else f"missing member {inside}{name}"
        if problem:
            return problem
    return None


def _is_of(kind: Any, value: Any) -> bool:
    if kind is object:
        return True
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is dict:
        return isinstance(value, Mapping)
    return isinstance(value, kind)


def _named(shape: Mapping[str, Shape], name: str) -> str | None:
    for marked in shape:
        plain = marked.removesuffix("?")
        start, star, end = plain.partition("*")
        if name == plain or (star and name.startswith(start) and name.endswith(end)):
            return marked
    return None


def _parsed(shape: Shape, text: str) -> Any:
    """``text`` as a value of the shape, or unchanged if it does not fit."""
    if isinstance(shape, tuple):
        found = [_parsed(each, text) for each in shape]
        fitting = (one for one, each in zip(found, shape, strict=True) if wrong(each, one) is None)
        return next(fitting, text)
    if shape is bool:
        return _WORDS.get(text, text)
    try:
        return shape(text) if shape in (int, float) else text
    except ValueError:
        return text


def _first(found: Iterator[str | None]) -> str | None:
    return next((each for each in found if each is not None), None)
