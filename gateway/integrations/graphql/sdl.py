"""The schema definition language: a schema that a person uploads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLError, parse
from graphql.language import ast, print_ast

from gateway.engine.integration import Skipped
from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.introspection import MAX_VALUES, text
from gateway.integrations.graphql.schema import (
    MAX_WRAPPERS,
    Argument,
    Field,
    Schema,
    Type,
    TypeKind,
    TypeRef,
    Unreadable,
    checked_name,
)

MAX_TOKENS = 150_000
"""More than twice those of the largest public schema, which is read in less than a second."""
MAX_COMMENTS = 20_000
_KINDS = {
    ast.ScalarTypeDefinitionNode: TypeKind.SCALAR,
    ast.ObjectTypeDefinitionNode: TypeKind.OBJECT,
    ast.InterfaceTypeDefinitionNode: TypeKind.INTERFACE,
    ast.UnionTypeDefinitionNode: TypeKind.UNION,
    ast.EnumTypeDefinitionNode: TypeKind.ENUM,
    ast.InputObjectTypeDefinitionNode: TypeKind.INPUT_OBJECT,
}


def read_sdl(written: str) -> Schema:
    """Read type definitions and their extensions; directives but ``@deprecated`` mean nothing.

    Raises ``IntegrationRefused``: ``sdl_syntax`` with the place, or ``no_schema``.
    """
    try:
        document = parse(
            written, no_location=True, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS
        )
    except GraphQLError as error:
        place = error.locations[0] if error.locations else None
        where = f"line {place.line}, column {place.column}: " if place else ""
        raise IntegrationRefused("sdl_syntax", f"{where}{text(error.message, 200)}") from None
    parts: dict[str, list[Any]] = {}
    for node in document.definitions:
        if isinstance(node, (ast.TypeDefinitionNode, ast.TypeExtensionNode)):
            parts.setdefault(node.name.value, []).append(node)
    members = _members(parts)
    types = {each.name: each for each in _types(parts, members)}
    if not types:
        raise IntegrationRefused("no_schema", "The document defines no types.")
    return Schema(types=types, **_roots(document.definitions, types))


def _roots(nodes: Iterable[Any], types: dict[str, Type]) -> dict[str, str]:
    said = [
        operation
        for node in nodes
        if isinstance(node, (ast.SchemaDefinitionNode, ast.SchemaExtensionNode))
        for operation in node.operation_types or ()
    ]
    if said:
        return {each.operation.value: each.type.name.value for each in said}
    usual = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
    return {operation: name for operation, name in usual.items() if name in types}


def _members(parts: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Return the types that say that they implement each interface."""
    members: dict[str, list[str]] = {}
    for name, nodes in parts.items():
        for interface in _each(nodes, "interfaces"):
            members.setdefault(interface.name.value, []).append(name)
    return members


def _types(parts: dict[str, list[Any]], members: dict[str, list[str]]) -> Iterator[Type]:
    for name, nodes in parts.items():
        definition = next((node for node in nodes if type(node) in _KINDS), None)
        if definition is None:  # an extension of nothing
            continue
        try:
            checked_name(name)
        except Unreadable:
            continue
        kind = _KINDS[type(definition)]
        is_input = kind is TypeKind.INPUT_OBJECT
        fields, skipped = _fields(() if is_input else _each(nodes, "fields"))
        union = [each.name.value for each in _each(nodes, "types")]
        # As an introspection does, which leaves out deprecated values and arguments.
        values = [each.name.value for each in _each(nodes, "values") if _deprecated(each) is None]
        yield Type(
            kind=kind,
            name=name,
            description=_said(definition),
            fields=fields,
            inputs=tuple(_inputs(_each(nodes, "fields"), lenient=True)) if is_input else (),
            values=tuple(values[: MAX_VALUES + 1]),
            possible=tuple(union or members.get(name, [])),
            skipped=skipped,
        )


def _fields(nodes: Iterable[Any]) -> tuple[dict[str, Field], tuple[Skipped, ...]]:
    fields: dict[str, Field] = {}
    skipped: list[Skipped] = []
    for node in nodes:
        try:
            read = Field(
                name=checked_name(node.name.value),
                description=_said(node),
                type=_ref(node.type),
                arguments=tuple(_inputs(node.arguments or ())),
                deprecated=_deprecated(node),
            )
        except Unreadable as error:
            name = text(node.name.value, 100)
            skipped.append(Skipped(name=name, code=error.code, reason=error.reason))
        else:
            fields.setdefault(read.name, read)
    return fields, tuple(skipped)


def _inputs(nodes: Iterable[Any], *, lenient: bool = False) -> Iterator[Argument]:
    """Read arguments. An unreadable one costs its field, or itself alone if ``lenient``."""
    for node in nodes:
        try:
            read = Argument(
                name=checked_name(node.name.value),
                description=_said(node),
                type=_ref(node.type),
                default=print_ast(node.default_value) if node.default_value else None,
            )
            if read.is_required or _deprecated(node) is None:
                yield read
        except Unreadable:
            if not lenient:
                raise


def _ref(node: ast.TypeNode) -> TypeRef:
    before, after = "", ""
    for _ in range(MAX_WRAPPERS + 1):
        if isinstance(node, ast.NamedTypeNode):
            name = checked_name(node.name.value)
            return TypeRef(before + name + after, name)
        if isinstance(node, ast.ListTypeNode):
            before, after = before + "[", "]" + after
        else:
            after = "!" + after
        node = node.type  # type: ignore[attr-defined]
    raise Unreadable("type", f"a type has no name within {MAX_WRAPPERS} lists and non-nulls")


def _deprecated(node: Any) -> str | None:
    for directive in node.directives or ():
        if directive.name.value == "deprecated":
            said = [each.value for each in directive.arguments or ()]
            return text(getattr(said[0], "value", "")) if said else ""
    return None


def _each(nodes: list[Any], name: str) -> Iterator[Any]:
    """Return what a definition and its extensions list under ``name``."""
    for node in nodes:
        yield from getattr(node, name, None) or ()


def _said(node: Any) -> str:
    return text(node.description.value) if node.description else ""
