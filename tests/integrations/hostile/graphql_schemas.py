"""Hostile schemas of GraphQL, as SDL and as the answer to an introspection."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from tests.integrations.hostile.case import Case

MIB = 1024 * 1024
LEAF = {"kind": "SCALAR", "name": "String"}


def sdl(text: str, root: str = "") -> Callable[[], bytes]:
    """Return what makes a schema with the harmless field ``fine``, with more fields and types."""
    return lambda: f"type Query {{ fine: String {root} }}\n{text}".encode()


def a_field(name: Any, of: Any = LEAF, *arguments: Any, **more: Any) -> dict[str, Any]:
    """Return a field as an introspection tells it."""
    return {"name": name, "type": of, "args": list(arguments), **more}


def argument(name: Any, of: Any = LEAF, default: Any = None) -> dict[str, Any]:
    """Return an argument as an introspection tells it."""
    return {"name": name, "type": of, "defaultValue": default}


def a_type(kind: Any, name: Any, **members: Any) -> dict[str, Any]:
    """Return a type as an introspection tells it."""
    return {"kind": kind, "name": name, **members}


def wrapped(*kinds: str, name: Any = "String") -> dict[str, Any]:
    """Return a type within lists and non-nulls."""
    inner: dict[str, Any] = {"kind": "SCALAR", "name": name}
    for kind in reversed(kinds):
        inner = {"kind": kind, "name": None, "ofType": inner}
    return inner


def told(*fields: Any, types: Any = (), **schema: Any) -> Callable[[], bytes]:
    """Return what makes an answer with the harmless field ``fine``, and with more."""
    query = a_type("OBJECT", "Query", fields=[a_field("fine"), *fields])
    said = {"queryType": {"name": "Query"}, "types": types, **schema}
    if isinstance(types, tuple):
        said["types"] = [query, *types]
    return lambda: json.dumps({"data": {"__schema": said}}).encode()


def odd(name: str, make: Callable[[], bytes], *codes: str) -> Case:
    """Return a case that can be read; without codes nothing is left out."""
    return Case(name=name, make=make, skipped=frozenset(codes))


def many(text: str, count: int, mark: str = "#") -> str:
    """Return ``text`` for each number below ``count``, in place of ``mark``; ``+`` is the next."""
    return " ".join(text.replace(mark, str(n)).replace("+", str(n + 1)) for n in range(count))


REFUSED = tuple(
    Case(name=name, make=make, refused=code)
    for name, code, make in (
        ("empty", "sdl_syntax", lambda: b""),
        ("html", "sdl_syntax", lambda: b"<!doctype html><p>type Query"),
        ("gzip-bomb", "not_text", lambda: gzip.compress(b"a" * MIB)),
        ("half-utf-16", "not_text", lambda: b"\xff\xfe{"),
        ("nul", "sdl_syntax", sdl("\0")),
        ("too-large", "too_large", lambda: b"#" * (4 * MIB + 1)),
        ("deep-json", "no_schema", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        ("a-null-schema", "no_schema", lambda: b'{"data": {"__schema": null}}'),
        ("types-that-are-no-list", "no_schema", told(types={"Query": {}})),
        ("deep-list-type", "sdl_syntax", sdl("", f"a: {'[' * 50_000}Int{']' * 50_000}")),
        ("deep-default", "sdl_syntax", sdl("", f"a(b: Int = {'[' * 50_000}{']' * 50_000}): Int")),
        ("many-tokens", "sdl_syntax", sdl(many("type T# { a: Int }", 40_000))),
        ("many-extensions", "sdl_syntax", sdl("extend type Query { a: Int } " * 50_000)),
        ("many-comments", "sdl_syntax", lambda: b"#\n" * MIB),
        ("an-open-text", "sdl_syntax", sdl('"""' + "a" * MIB)),
        ("requests-and-no-schema", "no_schema", lambda: b"{ a } mutation { b }"),
        ("no-root", "no_operations", lambda: b"type Pet { id: ID }"),
        (
            "a-root-that-is-missing",
            "no_operations",
            lambda: b"schema { query: No } type A { b: Int }",
        ),
        ("a-root-of-inputs", "no_operations", lambda: b"schema { query: A } input A { b: Int }"),
        ("a-root-that-is-a-text", "no_operations", told(queryType="Query")),
        ("only-subscriptions", "no_operations", lambda: b"type Subscription { a: Int }"),
    )
)

NAMES = (
    odd("a-field-that-breaks-out", told(a_field("a } evil { b")), "name"),
    odd("a-field-of-the-system", told(a_field("__schema")), "name"),
    odd("a-field-in-another-script", told(a_field("\u0430pp")), "name"),
    odd("a-field-with-a-line-break", told(a_field("a\n")), "name"),
    odd("a-field-without-a-name", told(a_field(None)), "name"),
    odd("a-field-with-a-long-name", told(a_field("a" * 10_000)), "name"),
    odd("an-argument-that-breaks-out", told(a_field("a", LEAF, argument("b: 1) { c"))), "name"),
    odd("a-type-that-breaks-out", told(a_field("a", wrapped(name="Int) { b }"))), "name"),
    odd(
        "an-argument-type-that-breaks-out",
        told(a_field("a", LEAF, argument("b", wrapped(name="Int = 1) { b }")))),
        "name",
    ),
    odd(
        "an-enum-value-that-breaks-out",
        told(
            a_field("a", LEAF, argument("b", {"kind": "ENUM", "name": "E"})),
            types=(a_type("ENUM", "E", enumValues=[{"name": 'A") {'}, {"name": "B"}]),),
        ),
    ),
    odd("a-default-that-breaks-out", told(a_field("a", LEAF, argument("b", LEAF, '"x") { c')))),
    odd("names-that-differ-in-case", sdl("", "getURL: Int getUrl: Int GetURL: Int get_url: Int")),
    odd("one-name-in-both-roots", sdl("type Mutation { fine: String }")),
    odd("one-field-a-thousand-times", told(*[a_field("a")] * 1_000)),
    odd("arguments-named-select", sdl("type P { b: Int }", "a(select: Int, select_: Int): P")),
    odd(
        "a-description-of-control-characters", told(a_field("a", description="\u202e\x1b[2J\ud800"))
    ),
    odd("a-description-of-a-megabyte", told(a_field("a", description="\u0301a" * (MIB // 4)))),
)

LIES = (
    odd("a-type-that-is-missing", sdl("", "a: Nothing"), "type"),
    odd("a-type-within-itself", told(a_field("a", wrapped(*["LIST"] * 50))), "type"),
    odd("a-type-that-is-a-number", told(a_field("a", 7)), "type"),
    odd("two-non-nulls", told(a_field("a", wrapped("NON_NULL", "NON_NULL"))), "type"),
    odd("an-input-as-a-result", sdl("input I { a: Int }", "a: I"), "type"),
    odd("a-result-as-an-argument", sdl("", "a(b: Query!): Int"), "argument_type"),
    odd("a-result-as-an-argument-that-may-be-missing", sdl("", "a(b: Query): Int")),
    odd("arguments-that-are-no-list", told({"name": "a", "type": LEAF, "args": 7})),
    odd("an-argument-that-is-a-text", told(a_field("a", LEAF, "b")), "argument"),
    odd("a-field-that-is-a-text", told("a"), "field"),
    odd(
        "types-that-are-no-types",
        told(types=(None, 7, [], {}, a_type("EVIL", "A"), a_type([], {}))),
    ),
    odd("a-string-with-fields", told(types=(a_type("OBJECT", "String", fields=[a_field("a")]),))),
    odd("a-root-twice", told(types=(a_type("OBJECT", "Mutation", fields=7), 8))),
    odd("one-type-for-both-roots", told(mutationType={"name": "Query"})),
    odd("values-that-are-no-values", told(types=(a_type("ENUM", "E", enumValues=[1, None, {}]),))),
    odd("a-subscription", sdl("type Subscription { b: Int }"), "subscription"),
)

CYCLES = (
    odd("an-input-that-needs-itself", sdl("input I { i: I! }", "a(i: I!): Int")),
    odd(
        "inputs-that-need-each-other", sdl("input I { j: J! } input J { i: [I!]! }", "a(i: I): Int")
    ),
    odd("a-chain-of-inputs", sdl(many("input I# { i: I+ }", 10_000), "a(i: I0): Int")),
    odd("a-type-of-itself", sdl("type P { p: P }", "a: P")),
    odd("types-that-only-wrap", sdl(many("type P# { p: P+ }", 10_000), "a: P0")),
    odd("a-union-of-itself", sdl("union U = U", "a: U")),
    odd("an-interface-of-itself", sdl("interface A implements A { id: ID }", "a: A")),
)

SIZES = (
    odd("100000-values", sdl(f"enum E {{ {many('V#', 100_000)} }}", "a(e: E): E")),
    odd("a-type-of-20000-fields", sdl(f"type P {{ {many('f#: Int', 20_000)} }}", "a: P")),
    odd(
        "100-arguments-of-200-values-each",
        sdl(f"enum E {{ {many('V#', 200)} }}", f"a({many('a#: E', 100)}): Int"),
    ),
    odd("101-arguments", sdl("", f"a({many('a#: Int', 101)}): Int"), "too_many_arguments"),
    odd("5000-operations", sdl("", many("f#: Int", 5_000)), "too_many"),
    odd(
        "a-union-of-10000",
        sdl(f"{many('type T# { a: Int }', 10_000)} union U = {many('| T#', 10_000)}", "a: U"),
    ),
    odd("unions-of-unions", sdl(many(f"union U# = {many('| U%', 100, '%')}", 500), "a: U0")),
    odd(
        "types-without-leaves", sdl(many(f"type T# {{ {many('a%: T1', 100, '%')} }}", 200), "a: T0")
    ),
    odd(
        "30000-types",
        told(types=tuple(a_type("OBJECT", f"T{n}", fields=[a_field("a")]) for n in range(30_000))),
    ),
    odd(
        "1900-long-descriptions",
        told(*[a_field(f"f{n}", description="a\u0301 " * 250) for n in range(1_900)]),
    ),
    odd(
        "many-operations-with-large-inputs",
        sdl(
            many(f"input I# {{ i: I+ {many('a%: Int', 12, '%')} }}", 30),
            many("f#(i: I0): Int", 2_000),
        ),
        "too_many",
    ),
    odd(
        "many-operations-with-large-types",
        sdl(f"type P {{ {many('p#: P', 140)} }}", many("f#: P", 3_000)),
        "too_many",
    ),
)

SCHEMAS = (*REFUSED, *NAMES, *LIES, *CYCLES, *SIZES)
