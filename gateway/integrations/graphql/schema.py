"""A GraphQL schema, as far as tools need it: read from SDL or from an introspection alike.

The two readers are lenient: what is wrong costs one field, not the schema. So nothing here is
complete: a type may name another that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.engine.integration import Skipped

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,99}")
MAX_WRAPPERS = 6
"""Lists and non-nulls around the name of a type."""
BUILT_IN = frozenset({"Int", "Float", "String", "Boolean", "ID"})


class TypeKind(StrEnum):
    """The kind of a type, as introspection names it."""

    SCALAR = "SCALAR"
    OBJECT = "OBJECT"
    INTERFACE = "INTERFACE"
    UNION = "UNION"
    ENUM = "ENUM"
    INPUT_OBJECT = "INPUT_OBJECT"


COMPOSITE = frozenset({TypeKind.OBJECT, TypeKind.INTERFACE, TypeKind.UNION})
"""Kinds of types whose fields are selected."""
INPUT = frozenset({TypeKind.SCALAR, TypeKind.ENUM, TypeKind.INPUT_OBJECT})


class Unreadable(Exception):
    """A field or an argument does not say what it must; ``code`` and ``reason`` tell what."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class TypeRef:
    """Where a type is used. ``text`` is how GraphQL writes it, ``[Pet!]!``; ``name`` is ``Pet``."""

    text: str
    name: str

    @property
    def is_required(self) -> bool:
        """Whether ``null`` is no value of it."""
        return self.text.endswith("!")


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    """An argument of a field, or a field of an input object. ``default`` is a GraphQL literal."""

    name: str
    type: TypeRef
    description: str = ""
    default: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a call without it is refused."""
        return self.type.is_required and self.default is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of an object or interface. ``deprecated`` is the reason, ``None`` if it is not."""

    name: str
    type: TypeRef
    description: str = ""
    arguments: tuple[Argument, ...] = ()
    deprecated: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it can be selected without an argument."""
        return not any(argument.is_required for argument in self.arguments)


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """A named type. Which members it has depends on its kind.

    ``values`` are those of an enum, ``possible`` the types of a union or interface. ``skipped`` are
    fields that could not be read.
    """

    kind: TypeKind
    name: str
    description: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    inputs: tuple[Argument, ...] = ()
    values: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """The types by name, and the names of the root types."""

    types: Mapping[str, Type]
    query: str | None = None
    mutation: str | None = None
    subscription: str | None = None

    def kind_of(self, name: str) -> TypeKind | None:
        """Return the kind of a type, ``None`` if the schema does not have it."""
        if name in BUILT_IN:
            return TypeKind.SCALAR
        found = self.types.get(name)
        return None if found is None else found.kind

    def fields_of(self, name: str) -> Mapping[str, Field]:
        """Return the fields of a type; none for what has no fields."""
        found = self.types.get(name)
        return found.fields if found else {}


def checked_name(value: object) -> str:
    """Return a name, or raise ``Unreadable``. Names of two underscores belong to GraphQL."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Unreadable("name", "a name in it is not one that GraphQL allows")
    if value.startswith("__"):
        raise Unreadable("name", "names that begin with two underscores belong to GraphQL itself")
    return value
