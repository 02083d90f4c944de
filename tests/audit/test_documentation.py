"""docs/audit.md names exactly the existing actions, parameters and collections."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.store.audit import Action, ActorKind
from gateway.web.audit import QUERY, LineReply

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")


def table(heading: str) -> list[str]:
    """Return the code words in the first column of a section's table."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| *(`.+?) *\|", section, re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([a-z_.]+)`", row)]


def test_every_action_is_in_the_table() -> None:
    assert table("Actions") == [str(action) for action in Action]


def test_every_parameter_is_in_the_table() -> None:
    assert table("Ask for lines") == [*QUERY]


def test_every_kind_of_actor_is_explained() -> None:
    (row,) = re.findall(r"^\| `actor.kind` \|.*$", PAGE, re.MULTILINE)
    assert re.findall(r"`([a-z]+)`", row) == [str(kind) for kind in ActorKind]


def test_the_example_has_every_field() -> None:
    example = PAGE.partition("```json")[2].partition("```")[0]
    assert all(f'"{name}":' in example for name in LineReply.model_fields)


def test_the_role_may_change_every_collection_but_the_audit() -> None:
    """With this role, the gateway could not write to a collection that is missing here."""
    named = re.findall(r'"([a-z_]+)"', PAGE.partition("const changing")[2].partition(";")[0])
    used = {
        name
        for path in (ROOT / "gateway").rglob("*.py")
        for name in re.findall(r'\.collection\("([a-z_]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert set(named) == used - {"audit"}
