"""The help of each command has examples that can be pasted."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.__main__ import main
from gateway.commands.cli import _parser
from gateway.commands.examples import EXAMPLES, TITLE

Path_ = tuple[str, ...]


def walk(
    parser: argparse.ArgumentParser, path: Path_ = ()
) -> Iterator[tuple[Path_, argparse.ArgumentParser]]:
    """Every command and every group, with the words that lead to it."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from walk(command, (*path, name))


COMMANDS = dict(walk(_parser()))


def words_of(line: str) -> list[str]:
    """The words of the gateway's command in a line of a shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="<>|&;")
    lexer.whitespace_split = True
    words = [*lexer]
    while re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    end = next((at for at, word in enumerate(words) if word[0] in "<>|&;"), len(words))
    program, *rest = words[:end]
    assert program == "gateway"
    return rest


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "gateway")
def test_each_help_has_examples_that_parse(path: Path_) -> None:
    text = COMMANDS[path].format_help()
    _, title, examples = text.partition(f"\n{TITLE}\n")
    assert title, "no examples"
    lines = examples.splitlines()
    assert lines
    for line in lines:
        words = words_of(line)
        assert tuple(words[: len(path)]) == path
        _parser().parse_args(words)  # exits if it does not know a word
        assert_written_out(words)


def assert_written_out(words: Sequence[str]) -> None:
    """The parser takes the beginning of an option for the option; an example does not."""
    leaf = max((path for path in COMMANDS if tuple(words[: len(path)]) == path), key=len)
    given = {word for word in words if word.startswith("--")}
    assert given <= {*COMMANDS[leaf]._option_string_actions}


def test_no_example_is_of_a_command_that_is_gone() -> None:
    assert EXAMPLES.keys() <= {" ".join(path) for path in COMMANDS}


def test_descriptions_are_broken_into_lines_and_examples_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = COMMANDS["connectors", "new"].format_help()
    assert "\n  " + EXAMPLES["connectors new"][1] in text
    before = COMMANDS["doctor",].format_help().partition(TITLE)[0]
    assert max(map(len, before.splitlines())) <= 60


RUN = [
    "tools list --connector notion",
    "tools show notion_get_page",
    "connectors show notion",
    "encryption new-key",
    "encryption status",
    "encryption rotate --dry-run",
    "keys create --role tools --connector notion --connector slack --expires-in 90d",
    "keys list",
    "policies set no-writes 'notion_*' block --effect write --dry-run",
    "policies set ask-alice '*' ask --effect destructive --user alice",
    "policies list",
    "signing-keys list",
    "audit --user alice --since 2026-01-31T09:30:00Z --json",
    "usage --by day,connector",
    "integrations list",
    "connectors new acme --folder my-connectors",
    "tools new notion_archive_page --folder my-connectors",
]
"""Examples that run on an empty deployment, in this order."""


@pytest.mark.usefixtures("deployment")
def test_examples_do_what_they_say(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    every = [line for lines in EXAMPLES.values() for line in lines]
    for example in RUN:
        assert f"gateway {example}" in every
        code = main(shlex.split(example))
        assert (code, example) == (0, example), capsys.readouterr().err
    assert (tmp_path / "my-connectors" / "tools" / "notion.py").is_file()
    assert {"notion", "slack", "google"} <= CONNECTOR_CATALOG.keys()  # which others name
