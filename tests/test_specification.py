"""The table of the specification: every row has a state, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| ([A-Z]{2}-\d+) \| (.+?) \| (works|partly|not yet) \| (.*?) ?\|$")
LINES = [
    line
    for line in (ROOT / "docs/specification.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-Z]{2}-", line)
]
ROWS = [match.groups() for line in LINES if (match := ROW.match(line))]


@cache
def names(file: str) -> frozenset[str]:
    """The tests and test classes of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [node.name for node in ast.walk(tree) if isinstance(node, kinds)]
    return frozenset(name for name in found if name.lower().startswith("test"))


def test_every_row_can_be_read_and_stands_once() -> None:
    assert len(ROWS) == len(LINES)
    assert [name for name, count in Counter(row[0] for row in ROWS).items() if count > 1] == []
    connectors = [row[0] for row in ROWS if row[0].startswith("TR-")]
    assert connectors == [f"TR-{number:03}" for number in range(1, 101)]


@pytest.mark.parametrize(("row", "what", "state", "tests"), ROWS, ids=[row[0] for row in ROWS])
def test_what_works_names_tests_that_exist(row: str, what: str, state: str, tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", tests)
    assert bool(named) == (state != "not yet")
    assert tests.count("`") == 2 * len(named)
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert name in names(file), f"{file} has no {name}"
