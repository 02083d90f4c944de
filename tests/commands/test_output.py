"""Commands print JSON alone for programs, also when something is wrong with a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.commands.cli import _parser
from tests.support.commands import run_gateway

FOR_PROGRAMS: dict[tuple[str, ...], list[str]] = {
    ("connectors", "list"): [],
    ("connectors", "show"): ["notion"],
    ("connectors", "check"): ["broken"],
    ("connectors", "probe"): ["broken"],
    ("doctor",): [],
    ("tools", "list"): [],
    ("tools", "show"): ["notion_get_page"],
}
"""The commands with ``--json``, and the arguments of a run."""


def with_json(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The commands that take ``--json``."""
    for action in parser._actions:
        if "--json" in action.option_strings:
            yield path
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from with_json(command, (*path, name))


def test_the_list_above_names_every_command_for_programs() -> None:
    assert set(with_json(_parser())) == set(FOR_PROGRAMS)


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
