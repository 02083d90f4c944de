"""A small GraphQL for simulated providers: strict, and no more than their documented operations.

It reads one operation per document, with variables, arguments, aliases and nested selections, and
checks it against a schema as the specification (October 2021, section 5) wants: unknown fields and
arguments, variables that are not declared, not used, missing or of another type, and selections
that are missing or too many are errors. Fragments, directives and introspection are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.shapes import Shape, wrong

_TOKEN = re.compile(
    r'[\s,]+|#[^\n]*|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<word>[A-Za-z_]\w*)'
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<mark>[!$():=@\[\]{|}]|\.\.\.)"
)
_SCALARS: dict[str, Shape] = {
    "String": str,
    "ID": (str, int),
    "Int": int,
    "Float": float,
    "Boolean": bool,
    "JSON": object,
}


class GraphqlError(Exception):
    """The document or its variables are refused."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A selected field. An argument's value may be a ``Variable``."""

    name: str
    key: str
    arguments: Mapping[str, Any]
    selection: tuple[Selected, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A place where a variable's value goes."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document: ``kind`` is query or mutation."""

    kind: str
    variables: Mapping[str, str]
    selection: tuple[Selected, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A field of a type: ``type`` is the type of its object, empty for a scalar."""

    type: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """``types`` has a ``Member`` for each field of each type; ``inputs`` the shapes of inputs.

    The roots are the types ``query`` and ``mutation``.
    """

    types: Mapping[str, Mapping[str, Member]]
    inputs: Mapping[str, Shape] = field(default_factory=dict)


Resolve = Callable[[str, Mapping[str, Any]], Any]


def execute(schema: Schema, document: str, variables: Mapping[str, Any], resolve: Resolve) -> Any:
    """Run the operation of a document; ``resolve`` gives the value of a field of the root.

    Everything is checked before the first field is resolved. Raises ``GraphqlError``.
    """
    operation = read(document)
    used: set[str] = set()
    _check(schema, operation, operation.kind, operation.selection, used)
    if unused := sorted(operation.variables.keys() - used):
        raise GraphqlError(f'Variable "${unused[0]}" is never used.')
    for name in variables:
        if name not in operation.variables:
            raise GraphqlError(f'Variable "${name}" is not declared.')
    for name, kind in operation.variables.items():
        if problem := _wrong_value(schema, kind, variables.get(name), f"${name}"):
            raise GraphqlError(f'Variable "${name}" got invalid value; {problem}')
    return {
        each.key: _shown(each, resolve(each.name, _filled(each.arguments, variables)))
        for each in operation.selection
    }


def read(document: str) -> Operation:
    """Read a document of one operation. Raises ``GraphqlError``."""
    return _Reader(document).operation()


def _check(
    schema: Schema, operation: Operation, kind: str, selection: tuple[Selected, ...], used: set[str]
) -> None:
    if kind not in schema.types:
        raise GraphqlError(f"There is no {kind}.")
    for each in selection:
        member = schema.types[kind].get(each.name)
        if member is None:
            raise GraphqlError(f'Cannot query field "{each.name}" on type "{kind}".')
        for name in each.arguments:
            if name not in member.arguments:
                raise GraphqlError(f'Unknown argument "{name}" on field "{kind}.{each.name}".')
        for name, wanted in member.arguments.items():
            value = each.arguments.get(name)
            _check_argument(schema, operation, name, wanted, value, used)
        if bool(each.selection) != bool(member.type):
            raise GraphqlError(f'Field "{each.name}" has the wrong selection of subfields.')
        if member.type:
            _check(schema, operation, member.type, each.selection, used)


def _check_argument(
    schema: Schema, operation: Operation, name: str, wanted: str, value: Any, used: set[str]
) -> None:
    if not isinstance(value, Variable):
        if problem := _wrong_value(schema, wanted, value, name):
            raise GraphqlError(problem)
        return
    used.add(value.name)
    declared = operation.variables.get(value.name)
    if declared is None:
        raise GraphqlError(f'Variable "${value.name}" is not defined.')
    if wanted not in (declared, declared.removesuffix("!")):
        text = f'of type "{declared}" used in position expecting type "{wanted}"'
        raise GraphqlError(f'Variable "${value.name}" {text}.')


def _wrong_value(schema: Schema, kind: str, value: Any, place: str) -> str | None:
    plain = kind.removesuffix("!")
    if value is None:
        return f"{place} of type {kind} must not be null" if kind != plain else None
    if plain.startswith("["):
        if not isinstance(value, list):
            return f"{place} must be a list"
        found = (_wrong_value(schema, plain[1:-1], each, place) for each in value)
        return next((each for each in found if each), None)
    shape = _SCALARS.get(plain, schema.inputs.get(plain))
    return f"unknown type {plain}" if shape is None else wrong(shape, value, place)


def _filled(arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    filled = {
        name: variables.get(value.name) if isinstance(value, Variable) else value
        for name, value in arguments.items()
    }
    return {name: value for name, value in filled.items() if value is not None}


def _shown(selected: Selected, value: Any) -> Any:
    """What was selected of a value."""
    if not selected.selection or value is None:
        return value
    if isinstance(value, list):
        return [_shown(selected, each) for each in value]
    return {each.key: _shown(each, value.get(each.name)) for each in selected.selection}


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, document: str) -> None:
        self._tokens = [*_tokens(document), ("end", "")]
        self._place = 0

    def operation(self) -> Operation:
        kind, variables = "query", {}
        if self._next[1] != "{":
            kind = self._take("word")
            if kind not in ("query", "mutation"):
                raise GraphqlError(f'Syntax Error: Unexpected Name "{kind}".')
            if self._next[0] == "word":
                self._take("word")
            if self._skip("("):
                variables = dict(self._variables())
        selection = self._selection()
        if self._next[0] != "end":
            raise GraphqlError("This takes one operation.")
        return Operation(kind, variables, selection)

    def _variables(self) -> Iterator[tuple[str, str]]:
        while not self._skip(")"):
            self._expect("$")
            name = self._take("word")
            self._expect(":")
            yield name, self._type()

    def _type(self) -> str:
        if self._skip("["):
            inside = self._type()
            self._expect("]")
            found = f"[{inside}]"
        else:
            found = self._take("word")
        return f"{found}!" if self._skip("!") else found

    def _selection(self) -> tuple[Selected, ...]:
        self._expect("{")
        found: list[Selected] = []
        while not self._skip("}"):
            key = name = self._take("word")
            if self._skip(":"):
                name = self._take("word")
            arguments = dict(self._arguments()) if self._skip("(") else {}
            inside = self._selection() if self._next[1] == "{" else ()
            found.append(Selected(name, key, arguments, inside))
        if not found:
            raise GraphqlError("Syntax Error: Expected Name, found }.")
        return tuple(found)

    def _arguments(self) -> Iterator[tuple[str, Any]]:
        while not self._skip(")"):
            name = self._take("word")
            self._expect(":")
            yield name, self._value()

    def _value(self) -> Any:
        kind, text = self._next
        self._place += 1
        if kind == "text":
            return json.loads(text)
        if kind == "number":
            return json.loads(text)
        if kind == "word":
            return {"true": True, "false": False, "null": None}.get(text, text)
        if text == "$":
            return Variable(self._take("word"))
        if text == "[":
            found = []
            while not self._skip("]"):
                found.append(self._value())
            return found
        if text == "{":
            members = {}
            while not self._skip("}"):
                name = self._take("word")
                self._expect(":")
                members[name] = self._value()
            return members
        raise GraphqlError(f"Syntax Error: Unexpected {text or 'end'}.")

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place]

    def _take(self, kind: str) -> str:
        found, text = self._next
        if found != kind:
            raise GraphqlError(f"Syntax Error: Unexpected {text or 'end'}.")
        self._place += 1
        return text

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            raise GraphqlError(f'Syntax Error: Expected "{mark}", found {self._next[1] or "end"}.')

    def _skip(self, mark: str) -> bool:
        if self._next != ("mark", mark):
            return False
        self._place += 1
        return True


def _tokens(document: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(document):
        found = _TOKEN.match(document, place)
        if found is None:
            raise GraphqlError(f"Syntax Error: Cannot parse the character {document[place]!r}.")
        place = found.end()
        if found.lastgroup:
            yield found.lastgroup, found[0]
