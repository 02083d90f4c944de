"""What can be selected from a field: the types near it, and the selection where none is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gateway.integrations.graphql.schema import COMPOSITE, Field, Schema, TypeKind

MAX_NAMES = 200
"""Types, fields and arguments that a tool knows; further away the API itself checks names."""
MAX_LEVELS = 3
MAX_POSSIBLE = 100
MAX_SELECTED = 60
"""Fields of a default selection."""
_LOOKED_AT = 2_000
"""Fields that it is chosen from."""
_INNER = 20
"""Fields with fields of their own that a wrapper is looked through for."""
_DESCENT = 2
"""Levels below a type that only wraps others."""
_SECRETS = ("token", "secret", "password", "apikey", "privatekey")
_PLACES = ("pagetoken", "nexttoken", "continuationtoken")
"""Names that end like that of a credential, and stand for a page of a list."""
Tree = dict[str, "Tree"]
"""A selection: the fields by name, with what is selected of each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """The types within reach of a field: their fields, and what each returns.

    ``types`` is ``{"Pet": {"id": "", "owner": "Person", "photos": ["Photo", "first"]}}``: of a leaf
    the type is empty, and after the type stand the names of the arguments. ``possible`` are the
    types that each interface and union among them may be. ``size`` is the number of all names.
    """

    types: Mapping[str, Mapping[str, Any]]
    possible: Mapping[str, list[str]]
    size: int


class Reaches:
    """What can be selected from the fields of a schema; what many fields share is found once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._tables: dict[str, tuple[dict[str, Any], int]] = {}
        self._found: dict[str, Reach] = {}
        self._defaults: dict[tuple[str, bool], Tree] = {}

    def of(self, name: str) -> Reach:
        """Return what is within reach of the type ``name``.

        The nearest types come first, until there are ``MAX_NAMES`` names; what is larger is left
        out.
        """
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def default(self, name: str, *, payload: bool) -> Tree:
        """Return what is selected where a call says nothing: the leaves of the type ``name``.

        A type that only wraps others gives the leaves of those: a page of a list (``nodes``, or
        ``edges`` with a ``node``), a type without leaves, and the ``payload`` of a mutation.
        """
        if (name, payload) not in self._defaults:
            tree = _Default(self._schema).of(name, _DESCENT, wraps=payload)
            self._defaults[name, payload] = tree or {"__typename": {}}
        return self._defaults[name, payload]

    def _search(self, name: str) -> Reach:
        types: dict[str, dict[str, Any]] = {}
        possible: dict[str, list[str]] = {}
        left = MAX_NAMES
        waiting = deque([(name, 0)])
        while waiting:
            current, level = waiting.popleft()
            if current in types or level > MAX_LEVELS:
                continue
            if self._schema.kind_of(current) not in COMPOSITE:
                continue
            table, size = self._table(current)
            members = list(self._schema.types[current].possible[:MAX_POSSIBLE])
            if size + len(members) > left:
                continue
            left -= size + len(members)
            types[current] = table
            if members:
                possible[current] = members
            inner = [each.type.name for each in self._schema.fields_of(current).values()]
            waiting.extend((each, level + 1) for each in [*inner, *members])
        return Reach(types=types, possible=possible, size=MAX_NAMES - left)

    def _table(self, name: str) -> tuple[dict[str, Any], int]:
        """Return the fields of a type, and the number of names in it."""
        if name not in self._tables:
            fields = self._schema.fields_of(name).values()
            table = {each.name: _entry(each, self._schema) for each in fields}
            size = 1 + len(table) + sum(len(each.arguments) for each in fields)
            self._tables[name] = table, size
        return self._tables[name]


class _Default:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._left = MAX_SELECTED
        self._unseen = _LOOKED_AT

    def of(self, name: str, levels: int, *, wraps: bool = False) -> Tree:
        seen = list(islice(self._schema.fields_of(name).values(), self._unseen))
        self._unseen -= len(seen)
        fields = [each for each in seen if each.is_plain and each.deprecated is None]
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
