"""Hostile bytes: what is wrong before anybody knows that it is a document of OpenAPI."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from tests.integrations.hostile.case import Case, document, whole

MIB = 1024 * 1024
FINE = json.dumps(document())
YAML = (
    "openapi: 3.1.0\n"
    "info: {title: Hostile, version: '1'}\n"
    "servers: [{url: https://api.example}]\n"
    "paths: {/fine: {get: {operationId: fine}}}\n"
)


def beside(*parts: tuple[str, int] | str) -> Callable[[], bytes]:
    """Return what makes the harmless document with one more member: texts, and how often each."""

    def make() -> bytes:
        written = "".join(each if isinstance(each, str) else each[0] * each[1] for each in parts)
        return f'{FINE[:-1]}, "x-more": {written}}}'.encode()

    return make


def yaml(text: str) -> Callable[[], bytes]:
    """Return what makes the harmless document in YAML, with more text below it."""
    return lambda: (YAML + text).encode()


def _laughs() -> bytes:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    return (YAML + "\n".join(lines)).encode()


def _merges() -> bytes:
    lines = ["m0: &m0 {" + ", ".join(f"k{n}: v" for n in range(1000)) + "}"]
    lines += [f"m{n}: &m{n} {{<<: *m{n - 1}, n{n}: v}}" for n in range(1, 1000)]
    return (YAML + "\n".join(lines)).encode()


TEXTS = (
    Case(name="empty", make=lambda: b"", refused="not_openapi"),
    Case(name="html", make=lambda: b"<!doctype html><p>openapi: 3.1.0", refused="not_openapi"),
    Case(name="gzip-bomb", make=lambda: gzip.compress(b"a" * MIB), refused="not_text"),
    Case(name="zip", make=lambda: b"PK\x03\x04openapi", refused="not_readable"),
    Case(name="half-utf-16", make=lambda: b"\xff\xfe{", refused="not_text"),
    Case(name="nul", make=beside('"\0"'), refused="not_text"),
    Case(name="a-list", make=lambda: f"[{FINE}]".encode(), refused="not_openapi"),
    Case(
        name="deep-json",
        make=beside(("[", 100_000), ("]", 100_000)),
        refused="too_deep",
        is_heavy=True,
    ),
    Case(name="deep-objects", make=beside(('{"a":', 500), "1", ("}", 500)), refused="too_deep"),
    Case(name="open-json", make=beside(("[", 100_000)), refused="too_deep"),
    Case(
        name="many-lists",
        make=beside("[", ("[],", 1_300_000), "0]"),
        refused="too_many_values",
        is_heavy=True,
    ),
    Case(
        name="many-objects",
        make=beside("[", ('{"a":1},', 450_000), "0]"),
        refused="too_many_values",
        is_heavy=True,
    ),
    Case(
        name="too-long",
        make=beside('"', ("a", 16 * MIB), '"'),
        refused="document_too_large",
        is_heavy=True,
    ),
    Case(name="long-text", make=beside('"', ("a", 3 * MIB), '"'), is_heavy=True),
    Case(name="wide-characters", make=beside('"', (chr(0x1F600), 200_000), '"')),
    Case(name="long-number", make=beside(("1", 100_000))),
    Case(name="endless-number", make=beside("1e999")),
    Case(name="not-a-number", make=beside("NaN")),
    Case(name="half-character", make=beside('{"\\ud800": "\\udfff"}')),
    Case(name="name-twice", make=lambda: f'{{"paths": {{"/evil": {{}}}}, {FINE[1:]}'.encode()),
    Case(name="two-versions", make=lambda: f'{{"swagger": "1.2", {FINE[1:]}'.encode()),
    Case(name="billion-laughs", make=_laughs, refused="too_many_values", is_heavy=True),
    Case(name="merge-bomb", make=_merges, refused="too_deep", is_heavy=True),
    Case(
        name="alias-flood",
        make=yaml("a: &a x\nb: [" + "*a," * 20_000 + "]"),
        refused="too_many_aliases",
        is_heavy=True,
    ),
    Case(name="alias-of-itself", make=yaml("a: &a [*a]"), refused="alias_unknown"),
    Case(name="alias-of-nothing", make=yaml("a: *b"), refused="alias_unknown"),
    Case(name="yaml-object", make=yaml("a: !!python/object/apply:os.system ['id']")),
    Case(name="yaml-include", make=yaml("a: !include /etc/passwd")),
    Case(name="two-documents", make=yaml("---\nopenapi: 3.1.0"), refused="not_readable"),
    Case(name="name-is-a-list", make=yaml("? [a, b]\n: c"), refused="name_not_text"),
    Case(name="deep-yaml", make=yaml("a: " + "[" * 100_000), refused="too_deep"),
    Case(
        name="deep-blocks",
        make=yaml("a:\n" + "".join(f"{' ' * n}-\n" for n in range(1, 999))),
        refused="too_deep",
    ),
    Case(name="many-names", make=yaml("? " * 100_000), refused="too_deep"),
    Case(
        name="yaml-flood",
        make=yaml("a:\n" + "- x\n" * 700_000),
        refused="too_many_values",
        is_heavy=True,
    ),
    whole("old-swagger", {"swagger": "1.2", "apis": []}, refused="version_unknown"),
    whole("future", {"openapi": "4.0.0", "paths": {}}, refused="version_unknown"),
    whole("version-is-an-object", {"openapi": {"$ref": "#"}, "paths": {}}, refused="not_openapi"),
    whole("version-is-long", document(openapi="3.1." + "9" * 100_000)),
)
