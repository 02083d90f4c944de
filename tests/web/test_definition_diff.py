"""The lines in which a person reads what changed in a tool's definition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.engine.integration import Definition
from gateway.web.definition_diff import MOST_COMPARED, MOST_SHOWN, changed_parts

pytestmark = pytest.mark.quick

PETS = Definition(
    name="list_pets",
    description="List the pets.",
    effect="read",
    input_schema={"type": "object", "properties": {"limit": {"type": "integer"}}},
    output_schema={"type": "object"},
    call={"method": "GET", "path": "/pets"},
)


def shown(**changed: Any) -> dict[str, list[tuple[str, str]]]:
    """Each part that a change shows, with its lines."""
    parts = changed_parts(PETS, replace(PETS, **changed))
    return {part.title: [(line.kind, line.text.strip()) for line in part.lines] for part in parts}


@pytest.mark.parametrize(
    ("changed", "title", "line"),
    [
        ({"name": "list_cats"}, "Name", ("new", "list_cats")),
        ({"description": "Send all."}, "Description", ("old", "List the pets.")),
        ({"effect": "write"}, "Effect", ("new", "write")),
        ({"input_schema": {"type": "object"}}, "Arguments", ("old", '"type": "integer"')),
        ({"output_schema": {}}, "Result", ("new", "{}")),
        ({"call": {"method": "GET", "path": "/all"}}, "Request", ("new", '"path": "/all"')),
        ({"scopes": ("admin",)}, "Permissions", ("new", "admin")),
    ],
)
def test_each_part_that_changed_is_shown_alone(
    changed: dict[str, Any], title: str, line: tuple[str, str]
) -> None:
    found = shown(**changed)
    assert list(found) == [title]
    assert line in found[title]


def test_an_equal_definition_shows_nothing() -> None:
    assert shown() == {}


def test_what_cannot_be_seen_is_written_as_its_code() -> None:
    """A description that looks the same, and one that runs from right to left."""
    lines = shown(description="List\u200b the pets.\u202e")["Description"]
    assert lines == [("old", "List the pets."), ("new", "List\\u200b the pets.\\u202e")]


def test_a_long_part_shows_what_is_around_the_change() -> None:
    before = "\n".join(f"line {number}" for number in range(1000))
    parts = changed_parts(
        replace(PETS, description=before),
        replace(PETS, description=before.replace("line 500", "other")),
    )
    lines = [(line.kind, line.text) for line in parts[0].lines]
    assert lines[0] == ("gap", "498 lines are the same.")
    assert [each for each in lines if each[0] != "same"][1:3] == [
        ("old", "line 500"),
        ("new", "other"),
    ]
    assert lines[-1] == ("gap", "497 lines are the same.")
    assert len(lines) == 8


def test_a_huge_part_is_bounded_and_its_end_is_compared_too() -> None:
    many = "\n".join(f"line {number}" for number in range(MOST_COMPARED + 100))
    end = changed_parts(replace(PETS, description=many), replace(PETS, description=many + "!"))
    assert "new" in {line.kind for line in end[0].lines}
    whole = changed_parts(replace(PETS, description=many), PETS)
    assert len(whole[0].lines) == MOST_SHOWN + 1
