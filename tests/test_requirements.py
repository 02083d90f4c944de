"""Every security requirement is shown by a test, and ``make security`` fails if one is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.requirements import PAGE, REQUIREMENTS, ROOT, evidence, is_shown, page

MARK = "@pytest.mark.requirement"


def test_every_requirement_has_a_test_and_no_test_names_another() -> None:
    assert set(evidence()) == set(REQUIREMENTS)


def test_requirement_marks_are_read_from_the_tests_source(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        '@pytest.mark.requirement("D1", "L4")\ndef test() -> None:\n    """About K5."""\n'
    )

    assert evidence(tmp_path) == {"D1": ["test_one.py"], "L4": ["test_one.py"]}


def test_security_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make fix`"


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        (["passed", "skipped"], True),
        (["passed", "failed"], False),
        (["skipped"], False),  # a skipped test shows nothing
        ([], False),
    ],
)
def test_requirement_is_shown_by_a_passed_test_unless_another_failed(
    outcomes: list[str], shown: bool
) -> None:
    assert is_shown(outcomes) is shown


@pytest.mark.long  # the whole plug-in stack takes seconds; the next test is quicker
def test_run_that_leaves_a_requirement_open_fails_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--requirements", "tests/engine/test_callback.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[1] for line in lines if line[:1] == ["A10"]] == ["ok"]
    assert [line[1] for line in lines if line[:1] == ["K1"]] == ["OPEN"]
    assert f"of {len(REQUIREMENTS)} requirements are shown" in done.stdout
    assert " failed" not in done.stdout.splitlines()[-1]


def test_what_passed_on_a_commit_is_not_run_again_until_the_tree_changes(tmp_path: Path) -> None:
    """Skipped and failed tests run again. The results of both runs count."""
    (tmp_path / "test_one.py").write_text(
        "import pytest\n"
        f'{MARK}("A1")\ndef test_passes() -> None: pass\n'
        f'{MARK}("A2")\ndef test_fails() -> None: assert False\n'
        f'{MARK}("A3")\ndef test_skips() -> None: pytest.skip("later")\n'
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = requirement(*ids): shown\n")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "One"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)

    def run(*options: str) -> str:
        env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # they take seconds to import
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.support.requirements", *options],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout

    assert "1 failed, 1 passed, 1 skipped" in run()
    again = run("--requirements", "--recorded")
    assert "1 failed, 1 skipped, 1 deselected" in again
    lines = [line.split()[:2] for line in again.splitlines()]
    assert ["A1", "ok"] in lines
    assert ["A2", "OPEN"] in lines
    assert ["A3", "OPEN"] in lines
    assert "1 failed, 1 passed, 1 skipped" in run("--requirements")

    (tmp_path / "changed.txt").touch()
    assert "1 failed, 1 passed, 1 skipped" in run("--requirements", "--recorded")
