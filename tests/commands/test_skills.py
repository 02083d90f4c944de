"""``gateway skills``: the list and the files, without a database."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gateway.__main__ import main


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEWAY_CONNECTORS_PATH", raising=False)


def test_export_writes_what_the_list_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "skills"
    assert main(["skills", "export", str(folder)]) == 0
    assert main(["skills", "export", str(folder)]) == 0  # a second time changes nothing
    capsys.readouterr()
    assert main(["skills", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    files = sorted(folder.rglob("*"))
    assert lines == [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder)}"
        for file in files
        if file.is_file()
    ]
    assert any("notion/SKILL.md" in line for line in lines)


def test_export_to_a_place_that_cannot_be_written_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["skills", "export", str(tmp_path / "file")]) == 1
    assert "cannot write to" in capsys.readouterr().err
