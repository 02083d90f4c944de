"""Commands print JSON alone for programs, also when something is wrong with a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.commands.cli import _parser
from gateway.commands.completion import SHELLS
from gateway.commands.output import print_table
from tests.support.commands import run_gateway

FOR_PROGRAMS: dict[tuple[str, ...], list[str]] = {
    ("connectors", "list"): [],
    ("connectors", "show"): ["notion"],
    ("connectors", "check"): ["broken"],
    ("connectors", "probe"): ["broken"],
    ("tools", "list"): [],
    ("tools", "show"): ["notion_get_page"],
}
"""The commands with ``--json`` that load connectors, and the arguments of a run."""

OF_A_DEPLOYMENT = [
    ("audit",),
    ("encryption", "status"),
    ("keys", "list"),
    ("policies", "list"),
    ("signing-keys", "list"),
    ("skills", "list"),
    ("usage",),
]
"""The others, but for those of ``TESTED_BESIDE``."""

TESTED_BESIDE = [("doctor",), ("integrations",), ("policies", "set"), ("policies", "remove")]
"""Their tests are in ``test_doctor``, ``test_integrations`` and ``test_policies``."""


def with_option(
    option: str, parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The commands that take an option."""
    for action in parser._actions:
        if option in action.option_strings:
            yield path
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from with_option(option, command, (*path, name))


def test_the_list_above_names_every_command_for_programs() -> None:
    found = {
        path
        for path in with_option("--json", _parser())
        if not any(path[: len(beside)] == beside for beside in TESTED_BESIDE)
    }
    assert found == {*FOR_PROGRAMS, *OF_A_DEPLOYMENT}


def test_every_command_that_lists_takes_json() -> None:
    lists = {path for path in with_option("--help", _parser()) if path[-1:] == ("list",)}
    assert len(lists) > 6
    assert lists <= {*with_option("--json", _parser())}


def test_a_deployment_is_told_as_json(
    deployment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "--role", "tokens", "--label", "reports"]) == 0
    rule = ["never", "notion_*", "block", "--effect", "write", "--user", "eve"]
    assert main(["policies", "set", *rule]) == 0
    capsys.readouterr()
    said = {}
    for command in OF_A_DEPLOYMENT:
        assert main([*command, "--json"]) == 0
        said[command] = json.loads(capsys.readouterr().out)
    (key,) = said["keys", "list"]
    assert (key["roles"], key["refused"], key["last_used_at"]) == (["tokens"], False, None)
    assert [line["action"] for line in said["audit",]] == ["key.created", "policy.changed"]
    assert said["encryption", "status"][0]["key"] == "k1"
    assert said["policies", "list"]["rules"][0]["pattern"] == "notion_*"
    assert [key["signs"] for key in said["signing-keys", "list"]] == [True]
    assert "notion" in {skill["name"] for skill in said["skills", "list"]}
    assert said["usage",] == []


def test_a_table_has_a_heading_as_wide_as_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_table(("id", "label"), [("1", "a\x1b[31m"), ("a-long-id", "")]) == 0
    printed, heading = capsys.readouterr()
    assert heading == "ID         LABEL\n"
    assert printed == "1          a\\u001b[31m\na-long-id  -\n"
    assert print_table(("id",), []) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("doctor", "signing-keys", "rotate", "--per-second"):
        assert word in script


@pytest.mark.parametrize("command", FOR_PROGRAMS, ids=" ".join)
def test_standard_output_holds_json_alone(command: tuple[str, ...], tmp_path: Path) -> None:
    for folder in ("catalog", "tools"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "broken.py").write_text("raise ValueError('canary')")
    done = run_gateway(
        *command,
        *FOR_PROGRAMS[command],
        "--json",
        cwd=tmp_path,
        env={"GATEWAY_CONNECTORS_PATH": str(tmp_path)},
    )
    json.loads(done.stdout)
    assert "Traceback" not in done.stderr
