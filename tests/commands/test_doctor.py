"""``gateway doctor``: one line for each thing that is right or wrong, and no secret in any."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.__main__ import main
from gateway.access.login.choice import log_missing_sign_in
from gateway.clock import utc_now
from gateway.commands.doctor.command import of_database
from gateway.commands.doctor.database import compare_clocks
from gateway.commands.doctor.findings import Finding, State, examined, problems
from gateway.commands.doctor.settings import (
    SIGN_IN,
    examine_agents,
    examine_redirect_uris,
    examine_sign_in,
)
from gateway.encryption.vault import new_encryption_key
from gateway.errors import SettingsError
from gateway.settings.environment import Driver, read_settings
from gateway.store.mongo import open_database
from tests.support.commands import run_gateway

CANARY = "canary-6f1d"


@dataclass
class Report:
    """What ``gateway doctor --json`` says."""

    code: int
    findings: list[dict[str, str]]
    redirect_uris: dict[str, str]

    def texts(self, state: State, area: str) -> list[str]:
        """The texts of one state and area."""
        return [f["text"] for f in self.findings if (f["state"], f["area"]) == (state, area)]


def examine(capsys: pytest.CaptureFixture[str], *arguments: str) -> Report:
    capsys.readouterr()
    code = main(["doctor", "--json", *arguments])
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
    said = json.loads(printed.out)
    assert said["ok"] is (code == 0)
    return Report(code, said["findings"], said["redirect_uris"])


def test_a_new_deployment_is_in_order_and_stays_empty(
    deployment: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_MONGODB_DATABASE", name := "test_doctor_new")
    monkeypatch.setenv("OAUTH_NOTION_CLIENT_ID", "an-app")
    monkeypatch.setenv("OAUTH_NOTION_CLIENT_SECRET", CANARY)
    monkeypatch.setenv("OAUTH_SLACK_CLIENT_ID", "half-an-app")
    found = examine(capsys)
    assert found.code == 0
    assert found.texts(State.OK, "change streams")
    assert found.texts(State.OK, "clock")
    assert found.texts(State.NOTE, "database") == ["it is new: the first start prepares it"]
    assert found.redirect_uris == {
        "notion": "https://gateway.example.com/v1/connectors/notion/callback"
    }
    reason = "slack is hidden: OAUTH_SLACK_CLIENT_SECRET is not set"
    assert found.texts(State.WARNING, "connectors") == [reason]

    async def collections() -> list[str]:
        async with open_database(deployment["GATEWAY_MONGODB_URL"], name, Driver.MOTOR) as database:
            return list(await database._handle.list_collection_names())

    assert asyncio.run(collections()) == []  # it has written nothing


def test_a_database_in_use_knows_its_encryption_key(
    deployment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(keys: str) -> list[Finding]:
        monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", keys)
        found = asyncio.run(of_database(read_settings(), "default"))
        return [one for one in found if one.area in {"encryption keys", "integrations"}]

    assert main(["keys", "list"]) == 0  # prepares the database
    known = "k1 is the one that this database was used with"
    used = deployment["GATEWAY_ENCRYPTION_KEYS"]
    assert look(used) == [
        Finding("encryption keys", State.OK, known),
        Finding("integrations", State.OK, "of tenant default: none"),
    ]
    wrong = known.replace("is", "is not", 1)
    assert Finding("encryption keys", State.PROBLEM, wrong) in look(f"k1:{new_encryption_key()}")
    new = Finding("encryption keys", State.NOTE, "k2 is new to this database")
    assert new in look(f"k2:{new_encryption_key()},{used}")


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.OK), (-60, State.WARNING), (60, State.WARNING)]
)
def test_a_clock_that_is_off_is_told(seconds: int, state: State) -> None:
    assert compare_clocks(utc_now() + timedelta(seconds=seconds)).state is state


def test_every_wrong_setting_is_a_problem(
    deployment: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", f"http://{CANARY}.example.com")
    monkeypatch.setenv("GATEWAY_PUBLIK_URL", CANARY)
    monkeypatch.setenv("GATEWAY_MCP_JWKS_URL", f"https://x/{CANARY}")
    found = examine(capsys)
    assert found.code == 1
    starts = [one.partition(" ")[0] for one in found.texts(State.PROBLEM, "settings")]
    assert sorted(starts) == ["GATEWAY_MCP", "GATEWAY_PUBLIC_URL:", "GATEWAY_PUBLIK_URL"]


def test_what_else_keeps_a_process_from_starting_is_a_problem(
    deployment: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_MONGODB_URL", f"{CANARY}://x")
    monkeypatch.setenv("GATEWAY_ENCRYPTION_KEYS", f"k1:{CANARY}")
    monkeypatch.setenv("PLATFORM_NO_SUCH_KEY", CANARY)
    found = examine(capsys)
    assert found.code == 1
    areas = [one["area"] for one in found.findings if one["state"] == State.PROBLEM]
    assert areas == ["encryption keys", "database", "connectors"]


def test_sign_in_and_agents_are_told(
    deployment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings()
    (missing,) = examine_sign_in(settings)
    assert missing.state is State.WARNING
    assert {"GATEWAY_LOGIN", "GATEWAY_OIDC_ISSUER", "GATEWAY_OIDC_CLIENT_ID"} <= {
        *re.findall("GATEWAY_[A-Z_]+", missing.text)
    }
    with capture_logs() as lines:
        log_missing_sign_in(settings)
        monkeypatch.setenv("GATEWAY_LOGIN", "none")
        log_missing_sign_in(read_settings())
    (line,) = lines  # the start says the same, unless nobody is meant to sign in
    assert (line["event"], line["reason"]) == ("sign_in_missing", missing.text)
    (meant,) = examine_sign_in(read_settings())
    assert meant.state is State.NOTE
    assert [one.state for one in examine_agents(settings)] == [State.NOTE]
    for name, value in {
        "GATEWAY_LOGIN": "oidc",
        "GATEWAY_OIDC_ISSUER": "https://id.example.com",
        "GATEWAY_OIDC_CLIENT_ID": "gateway",
        "GATEWAY_OIDC_CLIENT_SECRET": CANARY,
        "GATEWAY_MCP": "on",
        "GATEWAY_AUTHORIZATION_SERVER": "on",
    }.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert [one.text for one in (*examine_sign_in(settings), *examine_agents(settings))] == [
        "OpenID Connect with https://id.example.com",
        "served at https://gateway.example.com/mcp",
        "the gateway is the authorization server of its clients",
    ]
    uris = {SIGN_IN: "https://gateway.example.com/login/callback"}
    there, apps = examine_redirect_uris(settings, uris)
    assert there.text == f"{uris[SIGN_IN]} at the OpenID Connect provider"
    assert apps.state is State.NOTE


def test_a_connector_that_does_not_load_is_named(
    deployment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for folder in ("catalog", "tools"):
        (tmp_path / "own" / folder).mkdir(parents=True)
        (tmp_path / "own" / folder / "broken.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path / "own"))
    found = examine(capsys)
    assert found.code == 0
    connector, tools = sorted(found.texts(State.WARNING, "connectors"))
    assert connector.startswith("broken is hidden: ")
    assert tools.startswith("the tools of ")
    assert "broken" in tools


def test_the_page_has_a_verdict_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_bytes(b"GATEWAY_MODE=\xff\xfe")
    done = run_gateway("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("problem  settings  ")
    assert done.stdout.endswith("\nOne problem stops the service.\n")
    assert done.stderr == "STATE    AREA      FINDING\n"


def test_an_unforeseen_error_is_a_problem_without_its_text() -> None:
    def fail() -> list[Finding]:
        raise ValueError(CANARY)

    (finding,) = examined("database", fail)
    assert (finding.area, finding.state) == ("database", State.PROBLEM)
    assert finding.text == "could not be examined (ValueError)"
    assert [one.text for one in problems("x", SettingsError("a\nb"))] == ["a", "b"]
