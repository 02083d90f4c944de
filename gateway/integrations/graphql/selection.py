"""The selection of a call: text of the caller, read into a tree, checked, and printed anew.

Nothing of the text itself goes out. So it cannot close the field that it stands in, add another
root field, or bring a fragment, a directive or a variable of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, parse
from graphql.language import ast, print_ast

from connectors.tool_context import ToolFailed
from gateway.integrations.graphql.introspection import text

MAX_CHARACTERS = 8_000
MAX_TOKENS = 2_000
MAX_DEPTH = 8
MAX_FIELDS = 200
MAX_VALUE_DEPTH = 5
_COMMENTS = 20
_SHOWN = 10
"""Names that a refusal tells of those that exist."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a tool knows of the schema; see ``reach.Reach``."""

    types: Mapping[str, Mapping[str, Any]]
    possible: Mapping[str, list[str]]


def selection(written: str, of: str, known: Known) -> str:
    """Return the selection ``written`` of a field of type ``of``, with braces.

    The outer braces may be missing in ``written``. Literal arguments of inner fields are kept.
    Raises ``ToolFailed`` (``selection_refused``) with what is wrong.
    """
    return print_ast(_Check(known).fields(_parsed(written), of, depth=1))


def _parsed(written: str) -> ast.SelectionSetNode:
    whole = written if written.lstrip().startswith("{") else f"{{{written}\n}}"
    try:
        document = parse(
            whole,
            no_location=True,
            max_lexical_tokens=MAX_TOKENS,
            max_comments=_COMMENTS,
            max_source_length=MAX_CHARACTERS,
        )
    except GraphQLError as error:
        raise _refused(text(error.message, 200)) from None
    only = document.definitions[0]
    if (
        len(document.definitions) != 1
        or not isinstance(only, ast.OperationDefinitionNode)
        or only.name
        or only.variable_definitions
        or only.directives
    ):
        raise _refused("give one list of fields, such as { id name }, and nothing else")
    return only.selection_set


class _Check:
    """Builds a tree of what is allowed. It counts the fields of one selection."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._left = MAX_FIELDS

    def fields(self, node: ast.SelectionSetNode, of: str, depth: int) -> ast.SelectionSetNode:
        if depth > MAX_DEPTH:
            raise _refused(f"it has more than {MAX_DEPTH} levels")
        if not node.selections:
            raise _refused("a list of fields is empty")
        return ast.SelectionSetNode(
            selections=tuple(self._selection(each, of, depth) for each in node.selections)
        )

    def _selection(self, node: ast.SelectionNode, of: str, depth: int) -> ast.SelectionNode:
        self._left -= 1
        if self._left < 0:
            raise _refused(f"it has more than {MAX_FIELDS} fields")
        if node.directives:
            raise _refused("directives are not allowed")
        if isinstance(node, ast.FieldNode):
            return self._field(node, of, depth)
        if isinstance(node, ast.InlineFragmentNode):
            return self._fragment(node, of, depth)
        raise _refused("named fragments are not allowed: write ... on Type { fields }")

    def _fragment(self, node: ast.InlineFragmentNode, of: str, depth: int) -> ast.SelectionNode:
        if node.type_condition is None:
            raise _refused("a fragment without a type is not allowed")
        name = node.type_condition.name.value
        if of in self._known.types and name not in (of, *self._known.possible.get(of, ())):
            raise _refused(f"{of} is never a {name}{_near(name, self._known.possible.get(of, ()))}")
        return ast.InlineFragmentNode(
            type_condition=ast.NamedTypeNode(name=ast.NameNode(value=name)),
            selection_set=self.fields(node.selection_set, name, depth + 1),
        )

    def _field(self, node: ast.FieldNode, of: str, depth: int) -> ast.SelectionNode:
        name = node.name.value
        if node.alias:
            raise _refused("other names for fields are not allowed")
        below = node.selection_set
        if name == "__typename":
            if below or node.arguments:
                raise _refused("__typename is a text")
            return ast.FieldNode(name=ast.NameNode(value=name))
        if name.startswith("__"):
            raise _refused("fields that begin with two underscores are not allowed")
        given = [each.name.value for each in node.arguments or ()]
        kind = self._known_field(of, name, given)
        if kind == "" and below:
            raise _refused(f"{name} of {of} has no fields")
        if kind and not below:
            raise _refused(f"{name} of {of} is a {kind}: say which fields, as {name} {{ id }}")
        return ast.FieldNode(
            name=ast.NameNode(value=name),
            arguments=tuple(
                ast.ArgumentNode(name=ast.NameNode(value=each.name.value), value=_value(each.value))
                for each in node.arguments or ()
            ),
            selection_set=self.fields(below, kind or "", depth + 1) if below else None,
        )

    def _known_field(self, of: str, name: str, given: list[str]) -> str | None:
        """Return the type that a field returns: empty for a leaf, ``None`` if nothing is known."""
        fields = self._known.types.get(of)
        if fields is None:  # far away: the API judges it
            return None
        entry = fields.get(name)
        if entry is None:
            raise _refused(f"{of} has no field {name}{_near(name, fields)}")
        kind, *arguments = entry if isinstance(entry, list) else [entry]
        if unknown := sorted(set(given) - set(arguments)):
            raise _refused(f"{name} of {of} has no argument {unknown[0]}")
        return str(kind)


def _value(node: ast.ValueNode, depth: int = 1) -> ast.ValueNode:
    """Return a literal that is built anew."""
    if depth > MAX_VALUE_DEPTH:
        raise _refused(f"a value has more than {MAX_VALUE_DEPTH} levels")
    match node:
        case ast.StringValueNode():
            return ast.StringValueNode(value=node.value, block=False)
        case ast.IntValueNode() | ast.FloatValueNode() | ast.BooleanValueNode():
            return node
        case ast.EnumValueNode() | ast.NullValueNode():
            return node
        case ast.ListValueNode():
            return ast.ListValueNode(values=tuple(_value(each, depth + 1) for each in node.values))
        case ast.ObjectValueNode():
            fields = tuple(
                ast.ObjectFieldNode(name=each.name, value=_value(each.value, depth + 1))
                for each in node.fields
            )
            return ast.ObjectValueNode(fields=fields)
        case _:
            raise _refused("variables are not allowed: write the value itself")


def _near(name: str, names: Any) -> str:
    """Return the names that a caller may have meant, or the first ones."""
    near = difflib.get_close_matches(name, list(names), n=3) or list(names)[:_SHOWN]
    return f": there is {', '.join(near)}" if near else ""


def _refused(why: str) -> ToolFailed:
    return ToolFailed("selection_refused", f"select: {why}")
