"""Check every connector of the catalog; exit code 1 if anything is wrong.

Rules are functions that yield problems; all of them are printed, grouped by connector. Run by
``make check``; ``--connector NAME`` checks one.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.catalog import CONNECTOR_CATALOG
from connectors.config import ConnectorConfig
from connectors.sandbox import SimulatedProvider

ROOT = Path(__file__).resolve().parents[1]
HTTP_LIBRARIES = frozenset(
    {"httpx", "httpcore", "requests", "aiohttp", "urllib3", "http", "socket"}
)


@dataclass(frozen=True)
class Problem:
    """One finding."""

    connector: str
    rule: str
    message: str


@dataclass(frozen=True)
class Checked:
    """A connector as the rules see it. ``config`` is ``None`` if it cannot be made."""

    name: str
    config: ConnectorConfig | None
    failure: str

    @property
    def variable_prefix(self) -> str:
        return f"OAUTH_{self.name.upper().replace('-', '_')}_"

    def file(self, kind: str) -> Path:
        stem = self.name.replace("-", "_")
        return {
            "catalog": ROOT / "connectors" / "catalog" / f"{stem}.py",
            "sandbox": ROOT / "connectors" / "sandbox" / f"{stem}.py",
            "tests": ROOT / "tests" / "connectors" / f"test_{stem}_provider.py",
        }[kind]


Rule = Callable[[Checked], Iterator[str]]


def config_is_valid(checked: Checked) -> Iterator[str]:
    """The module loads, and its config checks itself under made-up credentials."""
    if checked.config is None:
        yield checked.failure
    elif not isinstance(checked.config, ConnectorConfig):
        yield "create_config does not return a ConnectorConfig"


def name_is_the_key(checked: Checked) -> Iterator[str]:
    """The name in the config is the key in the catalog and the name of the file."""
    if checked.config is not None and checked.config.name != checked.name:
        yield f'its config is named "{checked.config.name}"'
    if not checked.file("catalog").is_file():
        yield f"there is no {checked.file('catalog').relative_to(ROOT)}"


def provider_is_simulated(checked: Checked) -> Iterator[str]:
    """A sandbox file describes the provider's own side."""
    try:
        provider = importlib.import_module(f"connectors.sandbox.{checked.name.replace('-', '_')}")
    except ImportError:
        yield f"there is no {checked.file('sandbox').relative_to(ROOT)}"
        return
    if not isinstance(getattr(provider, "PROVIDER", None), SimulatedProvider):
        yield "its sandbox file has no PROVIDER"
    elif provider.PROVIDER.name != checked.name:
        yield f'its sandbox simulates "{provider.PROVIDER.name}"'


def provider_is_tested(checked: Checked) -> Iterator[str]:
    """A test file has the documented samples."""
    if not checked.file("tests").is_file():
        yield f"there is no {checked.file('tests').relative_to(ROOT)}"


def header_explains(checked: Checked) -> Iterator[str]:
    """The docstring lists quirks and justifies every scope."""
    if not checked.file("catalog").is_file():
        return
    header = ast.get_docstring(ast.parse(checked.file("catalog").read_text())) or ""
    for wanted in ("Docs: https://", "Quirks:", "Scopes:"):
        if wanted not in header:
            yield f'its header has no "{wanted}"'
    for scope in checked.config.scopes if checked.config else ():
        if scope.rpartition("/")[2] not in header.partition("Scopes:")[2]:
            yield f'its header does not justify the scope "{scope}"'


def no_http_library(checked: Checked) -> Iterator[str]:
    """Provider code gets everything through its context."""
    for kind in ("catalog", "sandbox"):
        if not checked.file(kind).is_file():
            continue
        for node in ast.walk(ast.parse(checked.file(kind).read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                if name.partition(".")[0] in HTTP_LIBRARIES:
                    yield f"its {kind} file imports {name}"


def variables_are_documented(checked: Checked) -> Iterator[str]:
    """Both variables are in .env.local.example."""
    lines = (ROOT / ".env.local.example").read_text().splitlines()
    for variable in ("CLIENT_ID", "CLIENT_SECRET"):
        if f"{checked.variable_prefix}{variable}=" not in lines:
            yield f".env.local.example has no {checked.variable_prefix}{variable}="


RULES: tuple[Rule, ...] = (
    config_is_valid,
    name_is_the_key,
    provider_is_simulated,
    provider_is_tested,
    header_explains,
    no_http_library,
    variables_are_documented,
)


def catalog_problems(names: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the catalog as a whole."""
    if list(names) != sorted(names):
        yield Problem("(catalog)", "alphabetical", "CONNECTOR_CATALOG is not in alphabetical order")
    known = {name.replace("-", "_") for name in names}
    for folder in ("catalog", "sandbox"):
        for file in sorted((ROOT / "connectors" / folder).glob("*.py")):
            if file.stem != "__init__" and file.stem not in known:
                yield Problem(
                    "(catalog)", "orphans", f"{file.relative_to(ROOT)} belongs to nothing"
                )


def check(name: str) -> list[Problem]:
    """Every problem of one connector."""
    checked = _load(name)
    return [Problem(name, rule.__name__, message) for rule in RULES for message in rule(checked)]


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is wrong and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connector", choices=[*CONNECTOR_CATALOG], help="check only this one")
    chosen = parser.parse_args(argv).connector
    names = [chosen] if chosen else [*CONNECTOR_CATALOG]
    print(f"Validating {len(names)} provider(s)...")
    problems = [] if chosen else list(catalog_problems(names))
    for name in names:
        problems += check(name)
    if not problems:
        print(f"OK — all {len(names)} provider(s) passed validation")
        return 0
    print(f"FAILED — {len(problems)} validation error(s):")
    for problem in problems:
        print(f"  {problem.connector}: {problem.message} [{problem.rule}]")
    return 1


class _MadeUp(dict[str, str]):
    """An environment in which every variable is set."""

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return f"made-up-{name.lower()}"


def _load(name: str) -> Checked:
    environment: Mapping[str, str] = _MadeUp()
    try:
        config = importlib.import_module(CONNECTOR_CATALOG[name]).create_config(environment)
    except Exception as error:
        # Whatever a connector's module does when it loads is a finding and not our crash.
        return Checked(name, None, f"it cannot be loaded: {type(error).__name__}: {error}")
    return Checked(name, config, "")


if __name__ == "__main__":
    sys.exit(main())
