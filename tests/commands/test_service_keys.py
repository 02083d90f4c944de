"""``gateway keys``: create, restrict, list and delete service keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from joserfc.jwk import thumbprint

from gateway.__main__ import main
from tests.support.assertions import Host

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.mark.requirement("F2")
def test_key_is_created_listed_with_its_restrictions_and_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, public = tmp_path / "keys.json", Host().public
    file.write_text(json.dumps({"keys": [public]}))
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
    signer = thumbprint(public)
    assert f"; only google,notion; with user assertions of {signer}  calendar tool\n" in line

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
def test_key_with_an_impossible_restriction_is_not_created(
    options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "--role", "tokens", *options]) == 1
    said = capsys.readouterr()
    assert problem in said.err
    assert said.out == ""


@pytest.mark.parametrize("text", ["", "90", "0d", "-1d", "1y", "1.5d", "d", "99999999d"])
def test_invalid_duration_is_refused_with_an_example(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", "--role", "tokens", f"--expires-in={text}"])
    assert "90d" in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "", "[]", "[1]", '"x"', '{"keys": {}}'])
def test_file_without_public_keys_is_refused_with_the_option_name(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", "--role", "tokens", "--user-assertion-keys", str(file)])
    assert "--user-assertion-keys" in capsys.readouterr().err
