"""``gateway tools``: the tools, a call for a user, and the beginning of a tool."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, KEYS, running_gateway
from tests.support.sandbox import SandboxProcess

NOT_A_TOOL = "raise ValueError('canary')"
ALICE = ["--user", "alice"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of connectors with a tool file that cannot be loaded; no ``.env.local`` near it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "broken.py").write_text(NOT_A_TOOL)
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("elsewhere")
def test_list_names_the_tools_of_a_connector_and_the_hidden_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["tools", "list", "--connector", "notion"]) == 0
    printed, said = capsys.readouterr()
    rows = [line.split()[:2] for line in printed.splitlines()]
    assert ["notion_search_pages", "read"] in rows
    assert ["notion_create_page", "write"] in rows
    assert all(name.startswith("notion_") for name, _ in rows)
    heading, hidden = said.splitlines()
    assert heading.split() == ["NAME", "EFFECT", "DESCRIPTION"]
    effects = {line[heading.index("EFFECT") :].split()[0] for line in printed.splitlines()}
    assert {"read", "write"} <= effects <= {"read", "write", "destructive"}
    assert hidden.startswith("hidden: ")
    assert "broken.py" in hidden
    assert "canary" not in said


@pytest.mark.usefixtures("elsewhere")
def test_show_says_what_a_tool_needs_takes_and_returns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", "show", "notion_get_page"]) == 0
    printed = capsys.readouterr().out
    for part in ("effect   read", "needs    notion", "arguments", "page_id", "result", "example"):
        assert part in printed
    assert main(["tools", "show", "notion_get_page", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["input_schema"]["required"] == ["page_id"]
    assert facts["digest"] in printed

    assert main(["tools", "show", "notion_get_nothing"]) == 1
    printed, said = capsys.readouterr()
    assert printed == ""
    assert 'there is no tool "notion_get_nothing"' in said
    assert "broken.py" in said  # it may be there that the tool is missing


def test_new_writes_what_the_list_then_has(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, problem in (
        ("Notion-Thing", "is not <connector>_<verb>_<object>"),
        ("nowhere_get_thing", "--connector"),
    ):
        assert main(["tools", "new", name, "--folder", str(elsewhere)]) == 1
        assert problem in capsys.readouterr().err
    options = ["--connector", "google", "--folder", str(elsewhere)]
    assert main(["tools", "new", "albums_get_photo", *options]) == 0
    printed = capsys.readouterr().out
    file = elsewhere / "tools" / "google.py"
    assert f"wrote  {file}" in printed
    assert "gateway tools show albums_get_photo" in printed
    assert 'Needs("google")' in file.read_text()


@pytest.fixture
def connected(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
) -> str:
    """A deployment with the sandbox, where alice has connected Notion; the id of a page there."""
    monkeypatch.chdir(tmp_path)
    env = {
        "GATEWAY_MODE": "dev",
        "GATEWAY_PUBLIC_URL": GATEWAY_URL,
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database_name,
        "GATEWAY_ENCRYPTION_KEYS": KEYS,
        "GATEWAY_SANDBOX": sandbox.url,
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    async def connect() -> str:
        async with running_gateway(
            mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
        ) as gateway:
            browser = await gateway.browser("alice")
            assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
            api = await gateway.api(Role.TOOLS)
            body = {"user": "alice", "arguments": {}}
            answer = await api.post("/v1/tools/notion_search_pages/call", json=body)
            found: list[dict[str, str]] = answer.json()["result"]["results"]
            return next(each["id"] for each in found if each["object"] == "page")

    return asyncio.run(connect())


def test_call_prints_the_result_or_why_there_is_none(
    connected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["tools", "call", *arguments])
        return code, *capsys.readouterr()

    code, printed, _ = call("notion_get_page", json.dumps({"page_id": connected}), *ALICE)
    assert code == 0
    answer = json.loads(printed)
    assert answer["result"]["id"] == connected
    assert answer.keys() == {"result", "truncated", "next", "cost"}

    write = json.dumps({"parent_id": connected, "title": "Plan"})
    code, printed, said = call("notion_create_page", write, *ALICE)
    assert (code, printed) == (1, "")
    assert f"{GATEWAY_URL}/dashboard/approvals/" in said
    asked = said.split()[-1]
    assert f"--approval {asked}" in said
    code, printed, said = call("notion_create_page", write, *ALICE, "--approval", asked)
    assert (code, printed) == (1, "")  # nobody has decided
    assert asked in said

    for arguments, problem in (
        (["notion_get_page", "[]", *ALICE], "the arguments are not a JSON object"),
        (["notion_get_page", "{", *ALICE], "the arguments are not a JSON object"),
        (["notion_get_page", "{}", *ALICE], "page_id: "),
        (["notion_get_nothing", "{}", *ALICE], "unknown_tool"),
        (["notion_search_pages", "{}", "--user", "bob"], "connector_required"),
    ):
        code, printed, said = call(*arguments)
        assert (code, printed) == (1, "")
        assert problem in said
