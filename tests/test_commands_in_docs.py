"""The commands of README and docs can be pasted into a fresh clone, and leave it in order."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from gateway.commands.cli import _parser
from tests.test_docs import ROOT, read

APART = {
    "docs/deploy.md",  # runs on a server, and has a test of its own: tests/real/test_deploy.py
    "docs/security.md",
    "docs/connectors.md",
}
PAGES = sorted(
    {"README.md", "CONTRIBUTING.md", "SECURITY.md"}
    | {f"docs/{path.name}" for path in ROOT.glob("docs/*.md")} - APART
)
OTHERS = {"claude", "curl", "export", "pip", "ngrok", "cloudflared", "cd"}
"""Programs that are not ours."""
TARGETS = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[list[str]]:
    """The words of each command in a page's shell blocks, without its variables."""
    found = []
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.replace("…", "..."), comments=True)
            while words and re.match(r"[A-Z_]+=", words[0]):
                words = words[1:]
            if words:
                found.append(words)
    return found


COMMANDS = [(page, words) for page in PAGES for words in commands(page)]


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=map(str, range(len(COMMANDS))))
def test_a_command_can_be_pasted(page: str, words: list[str]) -> None:
    program, *rest = words
    if program == "make":
        assert {word for word in rest if "=" not in word} <= TARGETS
    elif program == ".venv/bin/gateway":
        _parser().parse_args(rest)  # exits if it does not know a word
    elif program == ".venv/bin/python" and rest[0] == "-m":
        assert find_spec(rest[1]) is not None
    elif program == ".venv/bin/python" and rest[0].startswith("scripts/"):
        done = [sys.executable, rest[0], "--help"]
        shown = subprocess.run(done, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert {word for word in rest if word.startswith("--")} <= set(
            re.findall(r"--[a-z-]+", shown)
        )
    elif program == ".venv/bin/python":
        assert f"`{rest[0]}`" in read(page)  # the page says how the file comes to be there
    else:
        assert program in OTHERS, f"{program} is not in a fresh clone"


@pytest.mark.parametrize("page", PAGES)
def test_a_command_in_a_sentence_exists(page: str) -> None:
    for span in re.findall(r"`((?:\.venv/bin/)?(?:gateway|make|python3?) [^`]+)`", read(page)):
        program, *words = span.replace("…", "").split()
        if program.endswith("gateway"):
            assert_known(words, span)
        elif program == "make":
            assert words[0] in TARGETS or "=" in words[0], span
        else:
            assert program == ".venv/bin/python", f"{span} takes another Python than the clone's"


def assert_known(words: list[str], span: str) -> None:
    """Follow the names of subcommands as far as they go."""
    parser: argparse.ArgumentParser | None = _parser()
    for word in words:
        choices = next(
            (a.choices for a in (parser._actions if parser else []) if isinstance(a.choices, dict)),
            None,
        )
        if choices is None or word == "|":
            return
        assert word in choices, span
        parser = choices[word]


PROGRAMS = [
    (page, source)
    for page in PAGES
    for source in blocks(page, "python")
    if "gateway.client" in source
]


@pytest.mark.parametrize(
    ("page", "source"), PROGRAMS, ids=[f"{page}-{at}" for at, (page, _) in enumerate(PROGRAMS)]
)
def test_a_program_that_is_saved_in_the_clone_leaves_the_checks_green(
    page: str, source: str
) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *command, "--stdin-filename", "notion_workspace.py", "-"],
            cwd=ROOT,
            input=source,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_connector_in_a_folder_of_the_clone_leaves_the_checks_green() -> None:
    """The README begins one there; only what it left to fill in is missing."""
    source = "class TestAcme:\n    accounts = {'a': 1}\n".replace("'", '"')
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            "check",
            "--stdin-filename",
            "my-connectors/tests/test_acme_provider.py",
            "-",
        ],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_readme_names_the_validator_and_the_whole_run() -> None:
    assert "scripts/validate_connectors.py" in read("README.md")
    assert ".ci/run" in read("CONTRIBUTING.md")
