"""What can be selected from a field: the types near it, and the selection where none is given."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Any

from gateway.integrations.graphql.schema import COMPOSITE, Field, Schema, TypeKind

MAX_FIELDS = 150
"""Fields that a tool knows by name; further away the API itself checks them."""
MAX_LEVELS = 3
MAX_POSSIBLE = 100
MAX_SELECTED = 60
"""Fields of a default selection."""
_LOOKED_AT = 200
"""Fields of a type that it is chosen from."""
_INNER = 20
"""Fields with fields of their own that a wrapper is looked through for."""
_DESCENT = 2
"""Levels below a type that only wraps others."""
_SECRETS = ("token", "secret", "password", "apikey", "privatekey")
_PLACES = ("pagetoken", "nexttoken", "continuationtoken")
"""What ends with a word for a credential and is none."""
Tree = dict[str, "Tree"]
"""A selection: the fields by name, with what is selected of each."""


def known_types(name: str, schema: Schema) -> dict[str, Any]:
    """Return the types within reach of the type ``name``: their fields, and what each returns.

    ``{"Pet": {"id": "", "owner": "Person", "photos": ["Photo", "first"]}}``: of a leaf the type is
    empty, and after the type stand the names of the arguments. The nearest types come first, until
    there are ``MAX_FIELDS``; a type counts, too, and each type that it may be.
    """
    found: dict[str, Any] = {}
    left = MAX_FIELDS
    waiting = deque([(name, 0)])
    while waiting:
        current, level = waiting.popleft()
        fields, possible = schema.fields_of(current), _possible(current, schema)
        size = 1 + len(fields) + len(possible)
        if current in found or level > MAX_LEVELS or size > left:
            continue
        if schema.kind_of(current) not in COMPOSITE:
            continue
        left -= size
        found[current] = {each.name: _entry(each, schema) for each in fields.values()}
        inner = [each.type.name for each in fields.values()]
        waiting.extend((each, level + 1) for each in [*inner, *possible])
    return found


def possible_types(names: list[str], schema: Schema) -> dict[str, list[str]]:
    """Return the types that each interface and union of ``names`` may be."""
    found = {name: _possible(name, schema) for name in names}
    return {name: types for name, types in found.items() if types}


def default_selection(name: str, schema: Schema, *, payload: bool) -> Tree:
    """Return what is selected where a call says nothing: the leaves of the type ``name``.

    A type that only wraps others gives the leaves of those: a page of a list (``nodes``, or
    ``edges`` with a ``node``), a type without leaves, and the ``payload`` of a mutation.
    """
    return _Default(schema).of(name, _DESCENT, wraps=payload) or {"__typename": {}}


class _Default:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._left = MAX_SELECTED

    def of(self, name: str, levels: int, *, wraps: bool = False) -> Tree:
        fields = [
            each
            for each in islice(self._schema.fields_of(name).values(), _LOOKED_AT)
            if each.is_plain and each.deprecated is None
        ]
        leaves = [each for each in fields if self._is_leaf(each) and not _is_secret(each.name)]
        inner = [each for each in fields if self._schema.kind_of(each.type.name) in COMPOSITE]
        chosen: Tree = {}
        if self._schema.kind_of(name) in (TypeKind.INTERFACE, TypeKind.UNION):
            chosen["__typename"] = {}
        for leaf in leaves[: self._left]:
            chosen[leaf.name] = {}
        self._left -= len(chosen)
        if levels:
            for each in _wrapped(inner, wraps=wraps or not leaves):
                below = self.of(each.type.name, levels - 1) if self._left > 0 else {}
                if below:
                    chosen[each.name] = below
        return chosen

    def _is_leaf(self, field: Field) -> bool:
        return self._schema.kind_of(field.type.name) in (TypeKind.SCALAR, TypeKind.ENUM)


def _is_secret(name: str) -> bool:
    """Whether a field may hold a credential: a caller who wants one names it."""
    plain = name.replace("_", "").lower()
    return plain.endswith(_SECRETS) and not plain.endswith(_PLACES)


def _wrapped(inner: list[Field], *, wraps: bool) -> list[Field]:
    """Return the fields whose leaves matter more than the type's own."""
    by_name = {each.name: each for each in inner}
    for names in (("nodes", "pageInfo"), ("edges", "pageInfo"), ("node",)):
        if names[0] in by_name and len(by_name) <= 3:
            return [by_name[name] for name in names if name in by_name]
    return inner[:_INNER] if wraps else []


def written(tree: Tree) -> str:
    """Return a selection as GraphQL writes it: ``{ id owner { name } }``."""
    fields = (f"{name} {written(below)}" if below else name for name, below in tree.items())
    return "{ " + " ".join(fields) + " }"


def _entry(field: Field, schema: Schema) -> str | list[str]:
    kind = schema.kind_of(field.type.name)
    name = "" if kind in (TypeKind.SCALAR, TypeKind.ENUM) else field.type.name
    arguments = [each.name for each in field.arguments]
    return [name, *arguments] if arguments else name


def _possible(name: str, schema: Schema) -> list[str]:
    found = schema.types.get(name)
    return list(found.possible[:MAX_POSSIBLE]) if found else []
