"""Service keys on the command line: made, restricted, listed, deleted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.encryption.vault import new_encryption_key
from tests.support.assertions import Host


@pytest.fixture(autouse=True)
def _deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mongodb_url: str, database_name: str
) -> None:
    """A deployment on an empty database, away from any ``.env.local`` of the developer's."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "PUBLIC_URL": "https://gateway.example.com",
        "MONGODB_URL": mongodb_url,
        "MONGODB_DATABASE": database_name,
        "ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
    }.items():
        monkeypatch.setenv(f"GATEWAY_{name}", value)


@pytest.mark.requirement("F2")
def test_a_key_is_made_listed_with_its_restrictions_and_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [Host().public]}))
    create = ["keys", "create", "--role", "tokens", "--label", "calendar tool"]
    restrictions = ["--connector", "notion", "--connector", "google", "--expires-in", "90d"]
    assert main([*create, *restrictions, "--user-assertion-keys", str(file)]) == 0
    made = re.fullmatch(r"gwk_([0-9a-f]{16})_([0-9a-f]{64})\n", capsys.readouterr().out)
    assert made is not None

    assert main(["keys", "list"]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"{made[1]}  tokens ")
    assert made[2] not in line
    assert "never used; expires 20" in line
    assert "; only google,notion; with user assertions  calendar tool\n" in line

    assert main(["keys", "delete", made[1], "--tenant", "other"]) == 1
    assert main(["keys", "delete", made[1]]) == 0
    assert main(["keys", "delete", made[1]]) == 1
    assert main(["keys", "list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.requirement("F2")
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--connector", "nowhere"], "no connector is called nowhere"),
        (["--role", "admin", "--connector", "google"], "cannot be restricted like this"),
        (["--expires-in", "9999d"], "within ten years"),
    ],
)
def test_a_key_that_cannot_be_restricted_so_is_not_made(
    options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "--role", "tokens", *options]) == 1
    said = capsys.readouterr()
    assert problem in said.err
    assert said.out == ""


@pytest.mark.parametrize("text", ["", "90", "0d", "-1d", "1y", "1.5d", "d", "99999999d"])
def test_a_time_that_cannot_be_read_is_named(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", "--role", "tokens", f"--expires-in={text}"])
    assert "90d" in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "", "[]", "[1]", '"x"', '{"keys": {}}'])
def test_a_file_without_public_keys_is_named(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", "--role", "tokens", "--user-assertion-keys", str(file)])
    assert "--user-assertion-keys" in capsys.readouterr().err
