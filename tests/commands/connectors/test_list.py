"""``connectors list``: every connector, whether it can be used, and where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.__main__ import main
from tests.support.commands import run_gateway
from tests.support.configs import KEYED
from tests.support.outside import write_solo
from tests.support.sandbox import running_sandbox

CREDENTIALS = {"OAUTH_NOTION_CLIENT_ID": "canary-id", "OAUTH_NOTION_CLIENT_SECRET": "canary-secret"}


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Name -> the whole line, of what ``list`` prints."""
    assert main(["connectors", "list"]) == 0
    return {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}


def test_the_table_has_every_connector_in_alphabetical_order(tmp_path: Path) -> None:
    done = run_gateway("connectors", "list", cwd=tmp_path, env=CREDENTIALS)
    assert done.returncode == 0
    (title,) = done.stderr.splitlines()  # a pipe gets rows alone
    assert title.split() == ["NAME", "DISPLAY", "NAME", "FROM", "FACTS", "STATE"]
    lines = done.stdout.splitlines()
    assert {line.index("confirmed") - title.index("FACTS") for line in lines} == {0, 2}
    assert [line.split()[0] for line in lines] == sorted(CONNECTOR_CATALOG)
    ready = [line.split()[0] for line in lines if line.endswith("  ready")]
    assert ready == sorted(["notion", *KEYED])
    assert "canary" not in done.stdout


def test_a_hidden_connector_says_which_variables_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OAUTH_SLACK_CLIENT_ID", "x")
    monkeypatch.setenv("OAUTH_SLACK_CLIENT_SECRET", " ")
    found = rows(capsys)
    assert found["slack"].endswith("  hidden: OAUTH_SLACK_CLIENT_SECRET is not set")
    assert found["figma"].endswith(
        "  hidden: OAUTH_FIGMA_CLIENT_ID and OAUTH_FIGMA_CLIENT_SECRET are not set"
    )


def test_a_folders_connectors_are_listed_even_if_they_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solo(tmp_path)
    (tmp_path / "catalog/broken.py").write_text("raise ValueError('canary')")
    solo = (tmp_path / "catalog/solo.py").read_text()
    (tmp_path / "catalog/wrong.py").write_text(
        solo.replace('"solo"', '"wrong"').replace("https://auth", "http://auth")
    )
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    found = rows(capsys)
    assert found["solo"].split()[1:3] == ["Solo", "folder"]
    assert found["broken"].endswith("  folder   confirmed    hidden: cannot be loaded (ValueError)")
    assert found["wrong"].endswith(
        "  folder   confirmed    hidden: authorization_url is not https, and 2 more"
    )


def test_programs_get_the_same_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solo(tmp_path)
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    monkeypatch.setenv("OAUTH_SOLO_CLIENT_ID", "x")
    assert main(["connectors", "list", "--json"]) == 0
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert found.keys() == {*CONNECTOR_CATALOG, "solo"}
    assert found["solo"] == {
        "name": "solo",
        "display_name": "Solo",
        "from": "folder",
        "location": str(tmp_path / "catalog/solo.py"),
        "ready": False,
        "simulated": False,
        "reason": "OAUTH_SOLO_CLIENT_SECRET is not set",
        "missing_variables": ["OAUTH_SOLO_CLIENT_SECRET"],
        "unconfirmed": [],
    }
    assert found["basecamp"]["unconfirmed"]


def test_a_fact_without_a_document_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solo(tmp_path)
    file = tmp_path / "catalog/solo.py"
    said = "one account per person."
    assert said in file.read_text()
    file.write_text(file.read_text().replace(said, f"{said}\n\nUnconfirmed: its\ncolour.\n", 1))
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    found = rows(capsys)
    assert "  unconfirmed  " in found["solo"]
    assert "  confirmed  " in found["figma"]
    assert main(["connectors", "show", "solo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unconfirmed"] == ["its colour."]


def test_in_dev_mode_it_says_that_the_sandbox_stands_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def notes() -> list[str]:
        assert main(["connectors", "list"]) == 0
        return capsys.readouterr().err.splitlines()[1:]

    assert notes() == []
    monkeypatch.setenv("GATEWAY_MODE", "dev")
    assert notes() == [
        "",
        "In dev mode the sandbox stands in for those whose variables are not set.",
    ]
    monkeypatch.setenv("GATEWAY_SANDBOX", "off")
    assert notes() == []


def test_the_running_gateway_of_this_folder_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sandbox stands in for connectors without variables, and its address is the public one."""
    for name in ("MODE", "DATA_DIR", "SANDBOX", "PUBLIC_URL", "MONGODB_URL"):
        monkeypatch.setenv(f"GATEWAY_{name}", "")  # so that what the command sets is undone
        monkeypatch.delenv(f"GATEWAY_{name}")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    public_url = "http://localhost:3641"
    with running_sandbox(tmp_path / "sandbox", public_url) as sandbox:
        folder = tmp_path / ".gateway-dev"
        folder.mkdir()
        (folder / "running.env").write_text(
            f"GATEWAY_MODE='dev'\nGATEWAY_SANDBOX='{sandbox.url}'\n"
            f"GATEWAY_PUBLIC_URL='{public_url}'\n"
        )
        found = rows(capsys)
        assert found["slack"].endswith("  simulated by the running sandbox")
        assert found["notion"].endswith("  ready")
        assert main(["connectors", "show", "slack"]) == 0
        assert f"{public_url}/v1/connectors/slack/callback" in capsys.readouterr().out
    (folder / "running.env").unlink()
    for name in ("MODE", "SANDBOX", "PUBLIC_URL"):
        monkeypatch.delenv(f"GATEWAY_{name}")
    assert rows(capsys)["slack"].endswith(" are not set")


def test_a_folder_that_is_none_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", "nowhere")
    assert main(["connectors", "list"]) == 1
    assert capsys.readouterr().err.startswith(
        "gateway: GATEWAY_CONNECTORS_PATH: nowhere has no folder catalog/"
    )
