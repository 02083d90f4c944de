"""The arrows of the house (design, section 2): who may import whom, and who may name whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.testing.imports import imports, ways_to_the_network

ROOT = Path(__file__).parents[1]

OURS = {"gateway", "connectors", "tests", "scripts", "bench"}

LAYERS = (
    "gateway.__main__",
    "gateway.commands",
    "gateway.testing",
    "gateway.dev",
    "gateway.web",
    "gateway.mcp",
    "gateway.wiring",
    "gateway.integrations",
    "gateway.worker",
    "gateway.live",
    "gateway.tools",
    "gateway.proxy",
    "gateway.usage",
    "gateway.webhooks",
    "gateway.services",
    "gateway.authorization",
    "gateway.access",
    "gateway.encryption",
    "gateway.audit",
    "gateway.sandbox",
    "gateway.outbound",
    "gateway.store",
    "gateway.server",
    "gateway.observe",
    "gateway.engine",
    "gateway.settings",
    "gateway.background",
    "gateway.clock",
    "gateway.digest",
    "gateway.encoding",
    "gateway.errors",
    "gateway.text",
    "connectors",
)
"""Every package and every loose module, from the top down: each imports only what is below it."""

ALONE = ("gateway.client",)
"""Packages that import nothing else of ours, and that nothing else of ours imports."""

CATALOG_SIDE = (
    "connectors.catalog",
    "connectors.config",
    "connectors.ConnectorConfig",
    "connectors.tools",
    "connectors.tooling",
)
"""A provider's own side is described by another reading than the catalog file."""

APART = {
    "gateway.web": ("gateway.sandbox", "gateway.store.mongo"),
    "gateway.mcp": ("gateway.sandbox", "gateway.store.mongo"),
    "gateway.worker": ("gateway.store", "gateway.sandbox"),
    "gateway.services": ("gateway.sandbox",),
    "gateway.access": ("gateway.sandbox",),
    "gateway.authorization": ("gateway.sandbox",),
    "gateway.tools": ("gateway.sandbox",),
    "gateway.integrations": ("gateway.sandbox", "gateway.store.mongo"),
    "gateway.live": ("gateway.sandbox",),
    "gateway.proxy": ("gateway.sandbox",),
    "gateway.usage": ("gateway.sandbox",),
    "gateway.webhooks": ("gateway.sandbox",),
    "connectors.sandbox": CATALOG_SIDE,
    "connectors.rfc6749": CATALOG_SIDE,
    "connectors.provider": CATALOG_SIDE,
    "connectors.simulated_api": CATALOG_SIDE,
    "connectors.simulated_chat": CATALOG_SIDE,
    "connectors.simulated_graphql": CATALOG_SIDE,
    "connectors.simulated_meta": CATALOG_SIDE,
}
"""Package -> packages below it that it still may not import."""

PROVIDER_CODE = ("connectors.catalog", "connectors.hooks", "connectors.sandbox", "connectors.tools")
NAMELESS = tuple(
    layer
    for layer in LAYERS
    if layer not in ("gateway.__main__", "gateway.dev", "gateway.settings", "connectors")
)
"""Packages that serve every provider alike, and therefore name none."""

ORDINARY = {"close", "front", "line", "make", "render", "tally", "together", "x"}
"""Names of providers that are ordinary words, too."""

SEVERAL_WORDS = [name for name in CONNECTOR_CATALOG if "-" in name]


def modules(package: str) -> list[Path]:
    """The source files of a package, or the one of a module."""
    path = ROOT / package.replace(".", "/")
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    assert files, package
    return files


def name_of(path: Path) -> str:
    """The dotted name of a source file's module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of these packages or inside of one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every name and string of the code; docstrings and comments are no code."""
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {
        # A string that stands alone documents the name above it.
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if id(node) in documents:
            continue
        line = getattr(node, "lineno", 0)
        for field in ("id", "attr", "name", "arg", "module", "asname"):
            if isinstance(text := getattr(node, field, None), str):
                yield line, text
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            yield line, str(node.value)


def ours(package: str) -> Iterator[tuple[str, str]]:
    """Each module of a package, and each module of ours that it imports."""
    for path in modules(package):
        for imported in imports(ast.parse(path.read_text())):
            # "gateway" itself: the package of "from gateway import errors".
            if imported.partition(".")[0] in OURS and imported != "gateway":
                yield name_of(path), imported


def test_every_package_and_loose_module_has_a_layer() -> None:
    found = {
        f"gateway.{path.stem}"
        for path in (ROOT / "gateway").iterdir()
        if path.stem != "__init__" and (any(path.glob("*.py")) or path.suffix == ".py")
    }
    assert found == {*LAYERS, *ALONE} - {"connectors"}


@pytest.mark.parametrize("package", LAYERS)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    allowed = LAYERS[LAYERS.index(package) :]
    for module, imported in ours(package):
        assert is_in(imported, allowed), f"{module} imports {imported}"


@pytest.mark.parametrize("package", ALONE)
def test_a_package_that_stands_alone_imports_only_itself(package: str) -> None:
    for module, imported in ours(package):
        assert is_in(imported, (package,)), f"{module} imports {imported}"


@pytest.mark.parametrize("package", sorted(APART))
def test_a_package_imports_nothing_that_it_is_kept_apart_from(package: str) -> None:
    for module, imported in ours(package):
        assert not is_in(imported, APART[package]), f"{module} imports {imported}"


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("package", PROVIDER_CODE)
def test_provider_code_imports_no_way_to_the_network(package: str) -> None:
    """Rule 7, H1: everything goes through ``ctx.fetch``, with its deadline and its guards."""
    for path in modules(package):
        found = list(ways_to_the_network(ast.parse(path.read_text())))
        assert not found, f"{name_of(path)} imports {found}"


@pytest.mark.parametrize("package", NAMELESS)
def test_code_for_every_provider_names_none(package: str) -> None:
    """The engine never says ``if provider is …``: a difference is a field of the config."""
    for path in modules(package):
        for line, text in words(ast.parse(path.read_text())):
            said = text.lower()
            found = set(re.findall("[a-z]+", said)) & CONNECTOR_CATALOG.keys() - ORDINARY
            found |= {name for name in SEVERAL_WORDS if name in said.replace("_", "-")}
            assert not found, f"{name_of(path)}:{line} names {', '.join(found)}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import gateway.web.app", "gateway.web"),
        ("import os, gateway.web as w", "gateway.web"),
        ("from gateway.web.app import create_app", "gateway.web"),
        ("from gateway import web", "gateway.web"),
        ("def f():\n    from gateway.web import app", "gateway.web"),
        ("if TYPE_CHECKING:\n    import gateway.web.app", "gateway.web"),
        ("import http.client", "http.client"),
        ("from urllib import request", "urllib.request"),
    ],
)
def test_no_form_of_an_import_is_overlooked(source: str, found: str) -> None:
    assert any(is_in(name, (found,)) for name in imports(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        'if connector == "notion": pass',
        "notion = 1",
        "x.notion = 1",
        "def f(notion): pass",
        "def is_notion(): pass",
        "class Notion: pass",
        "f(notion=1)",
        'x = f"a {y} of Notion"',
        'x = {"NOTION": 1}',
        "import connectors.catalog.notion",
        "from a import notion as n",
        "x = b'notion'",
        "match x:\n    case 'notion': pass",
    ],
)
def test_no_way_to_name_a_provider_is_overlooked(source: str) -> None:
    assert any("notion" in text.lower() for _, text in words(ast.parse(source)))


def test_documentation_may_name_providers() -> None:
    source = '"""As Notion does."""\nX = 1\n"""For Notion."""\ndef f():\n    "Notion."  # Notion\n'
    assert not any("notion" in text.lower() for _, text in words(ast.parse(source)))
