"""``gateway policies``: list, set, preview and remove rules for tools."""

from __future__ import annotations

import json

import pytest

from gateway.__main__ import main
from gateway.errors import RulesChanged
from gateway.tools import policy

pytestmark = pytest.mark.usefixtures("deployment")
SET = ["policies", "set", "ask-notion", "notion_get_*", "ask"]


def rows(printed: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [line.split() for line in printed.splitlines()]


def test_a_rule_is_previewed_set_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SET, "--effect", "read", "--dry-run"]) == 0
    preview, heading = capsys.readouterr()
    assert heading.split() == ["TOOL", "BEFORE", "AFTER"]
    assert ["notion_get_page", "auto", "ask"] in rows(preview)
    assert main([*SET, "--effect", "read", "--dry-run", "--json"]) == 0
    change = {"tool": "notion_get_page", "before": "auto", "after": "ask"}
    assert change in json.loads(capsys.readouterr().out)
    assert main(["policies", "list"]) == 0
    assert capsys.readouterr().out == ""  # a preview changes nothing

    assert main([*SET, "--effect", "read"]) == 0
    assert capsys.readouterr().out == preview
    assert main(["policies", "list"]) == 0
    assert capsys.readouterr().out == "ask-notion  notion_get_*  ask       read    -\n"
    # The same id replaces the rule: this one is for one user.
    assert main(["policies", "set", "ask-notion", "notion_*", "block", "--user", "alice"]) == 0
    changes = rows(capsys.readouterr().out)
    assert ["notion_get_page", "ask", "block"] in changes
    assert ["notion_create_page", "ask", "block"] in changes
    assert main(["policies", "list"]) == 0
    assert capsys.readouterr().out == "ask-notion  notion_*  block     -       alice\n"
    assert main(["policies", "list", "--tenant", "other"]) == 0
    assert capsys.readouterr().out == ""

    assert main(["policies", "remove", "ask-notion", "--tenant", "other"]) == 1
    assert "there is no such rule" in capsys.readouterr().err
    assert main(["policies", "remove", "ask-notion", "--dry-run"]) == 0
    assert ["notion_get_page", "block", "auto"] in rows(capsys.readouterr().out)
    assert main(["policies", "list"]) == 0
    assert "ask-notion" in capsys.readouterr().out
    assert main(["policies", "remove", "ask-notion", "--json"]) == 0
    change = {"tool": "notion_get_page", "before": "block", "after": "auto"}
    assert change in json.loads(capsys.readouterr().out)
    assert main(["policies", "list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["Not an id", "notion_*", "ask"], "must fit"),
        (["all", "notion *", "ask"], "must fit"),
        (["all", "*a*b*c*", "ask"], "at most"),
        (["all", "notion_*", "auto"], "invalid choice"),
        (["all", "notion_*", "ask", "--effect", "all"], "invalid choice"),
    ],
)
def test_a_rule_that_is_none_is_refused(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["policies", "set", *arguments])
    assert problem in capsys.readouterr().err


def test_a_change_in_between_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def changed(*_: object, **__: object) -> None:
        raise RulesChanged

    monkeypatch.setattr(policy.Policies, "set", changed)
    assert main(SET) == 1
    printed, problem = capsys.readouterr()
    assert printed == ""  # nothing has changed
    assert "changed the policies meanwhile" in problem
