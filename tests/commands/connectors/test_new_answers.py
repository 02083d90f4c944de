"""What ``connectors new`` asks on a terminal for what its options do not say."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from gateway.commands.connectors.description import FILL_IN, Description, ask
from tests.support.commands import ROOT


class Person:
    """Somebody at a terminal who types ``answers`` one after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.told: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        return self.answers.pop(0)


def test_every_answer_is_taken() -> None:
    person = Person(
        "Acme CRM",
        "crm",
        "https://docs.acme.example",
        "https://acme.example/apps",
        "https://acme.example/authorize",
        "https://acme.example/token",
        "https://api.acme.example",
        "read, write",
        "header",
        "json",
        "no",
    )
    assert ask(Description(name="acme"), frozenset(), person, person.told.append) == Description(
        name="acme",
        display_name="Acme CRM",
        category="crm",
        docs_url="https://docs.acme.example",
        console_url="https://acme.example/apps",
        authorization_url="https://acme.example/authorize",
        token_url="https://acme.example/token",
        api_base_url="https://api.acme.example",
        scopes=("read", "write"),
        auth="header",
        body="json",
        refresh=False,
    )
    assert (person.answers, person.told) == ([], [])


def test_no_answer_leaves_what_is_shown() -> None:
    person = Person(*[""] * 11)
    assert ask(Description(name="acme-crm"), frozenset(), person) == Description(name="acme-crm")
    shown = [question.rpartition("[")[2] for question in person.asked]
    assert shown == ["Acme Crm]: ", *[f"{FILL_IN}]: "] * 7, "body]: ", "form]: ", "yes]: "]


def test_what_was_given_is_not_asked_for() -> None:
    person = Person(*[""] * 9)
    given = Description(name="acme", category="crm", refresh=False)
    assert ask(given, frozenset({"name", "category", "refresh"}), person) == given
    assert person.answers == []
    assert not any(question.startswith(("Category", "Are there")) for question in person.asked)


def test_a_wrong_answer_is_asked_for_again() -> None:
    person = Person("toys", "crm", "perhaps", "NO")
    given = frozenset(
        {
            "display_name",
            "docs_url",
            "console_url",
            "authorization_url",
            "token_url",
            "api_base_url",
            "scopes",
            "auth",
            "body",
        }
    )
    found = ask(Description(name="acme"), given, person, person.told.append)
    assert (found.category, found.refresh) == ("crm", False)
    assert person.told[0].startswith("  category is not one of productivity, ")
    assert person.told[1:] == ["  yes or no"]


def on_a_terminal(folder: Path, typed: bytes) -> tuple[int, str]:
    """The exit code and the standard error of the command when ``typed`` comes from a terminal."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gateway",
                "connectors",
                "new",
                "acme",
                "--folder",
                "own",
                "--category",
                "crm",
            ],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.write(ours, typed)
        _, said = process.communicate(timeout=60)
        return process.returncode, said
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_person_at_a_terminal_is_asked(tmp_path: Path) -> None:
    code, _ = on_a_terminal(tmp_path, b"Acme CRM\n" + b"\n" * 9)
    assert code == 0
    written = (tmp_path / "own/catalog/acme.py").read_text()
    assert 'display_name="Acme CRM"' in written
    assert 'category="crm"' in written


def test_whoever_stops_has_written_nothing(tmp_path: Path) -> None:
    end_of_input = b"\x04"
    code, said = on_a_terminal(tmp_path, b"Acme CRM\n" + end_of_input)
    assert (code, said.splitlines()[-1]) == (1, "gateway: nothing was written")
    assert os.listdir(tmp_path) == []
