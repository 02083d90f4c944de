"""The tutorial for providers with an API key: its example runs, and ``new --key`` leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.testing.mutants.__main__ import main as mutants
from tests.test_guide import BLOCK, LINES, check

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "adding-a-key.md").read_text("utf-8")
FILES = dict(block.removeprefix("# ").split("\n", 1) for block in BLOCK.findall(GUIDE))


@pytest.fixture
def tern(tmp_path: Path) -> Path:
    """The tutorial's example, in a folder."""
    for name, source in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path


def test_the_tutorial_is_short_and_its_example_costs_at_most_100_lines() -> None:
    assert len(GUIDE.splitlines()) <= 200
    assert [*FILES] == ["catalog/tern.py", "sandbox/tern.py", "tests/test_tern_provider.py"]
    assert sum(len(source.splitlines()) for source in FILES.values()) <= LINES


def test_the_example_keeps_its_contract_and_satisfies_the_validator(
    tern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(capsys, monkeypatch, tern, "--record")
    assert [row for row in report["checks"] if row["outcome"] != "ok"] == []
    text = (tern / "tests/wire/tern-key.json").read_text()
    assert '"x-api-key": "<key>"' in text
    assert "tk_Sandbox" not in text
    import validate_connectors

    assert validate_connectors.main(["--folder", str(tern)]) == 0


def test_the_files_that_the_command_writes_become_the_example(
    tern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is not to be filled in stands in the example as well."""
    own = tmp_path / "own"
    known = ["--docs-url", "https://docs.tern.example/api", "--category", "data"]
    known += ["--console-url", "https://tern.example/settings/keys"]
    known += ["--api-base-url", "https://api.tern.example/v1"]
    assert main(["connectors", "new", "tern", "--key", *known, "--folder", str(own)]) == 0
    assert "How to go on: docs/adding-a-key.md" in capsys.readouterr().out
    for name in FILES:
        for line in (own / name).read_text().splitlines():
            if line.startswith(("class ", "def ", "    return ", "        key", "PROVIDER")):
                assert line in FILES[name], name


@pytest.mark.long
def test_no_mutant_of_the_example_survives(
    tern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(capsys, monkeypatch, tern, "--record")
    assert mutants(["--connector", "tern", "--folder", str(tern)]) == 0
    assert capsys.readouterr().out.endswith("; 0 survived\n")
