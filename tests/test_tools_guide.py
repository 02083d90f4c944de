"""The guide for tool authors: its examples run against the sandbox, its tables are complete."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

import connectors.sandbox.api
import connectors.tools
from connectors.catalog import Catalog
from connectors.tool_context import ToolContext
from connectors.tooling import Failure, HttpTool, In, Needs, Pages, ToolDefinition
from gateway.__main__ import main
from gateway.access.service_keys import Role
from gateway.tools.registry import Registry
from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, FakeClock, running_gateway
from tests.support.sandbox import SandboxProcess

GUIDE = (Path(__file__).parents[1] / "docs" / "tools.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(BLOCK.findall(GUIDE))


def first_column(title: str) -> list[str]:
    """The names in the first column of a section's table."""
    found = re.search(rf"^### {title}\n(.*?)(?=^###? |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    rows = re.findall(r"^\| *(`.+?) *\|", found[1], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([a-z_]+)`", row)]


def test_the_tables_name_every_field() -> None:
    shared = [each.name for each in fields(ToolDefinition)]
    assert first_column("Every tool") == shared
    own = [each.name for each in fields(HttpTool) if each.name not in shared]
    assert sorted(first_column("HttpTool")) == sorted(own)
    for kind in (In, Needs, Failure, Pages):
        assert first_column(kind.__name__) == [each.name for each in fields(kind)]
    members = [name for name in vars(ToolContext) if not name.startswith("_")]
    assert sorted(first_column("ToolContext")) == sorted(members)


def unconfirmed(package: ModuleType) -> set[str]:
    """The files whose head says that they are written without the documentation."""
    names = [each.name for each in iter_modules(package.__path__)]
    heads = {name: import_module(f"{package.__name__}.{name}").__doc__ or "" for name in names}
    return {name for name, head in heads.items() if "\nUnconfirmed: " in head}


def test_the_guide_says_which_tools_are_unconfirmed() -> None:
    table = GUIDE.partition("## What is unconfirmed\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert listed == sorted(unconfirmed(connectors.tools))
    # Who does not know the requests does not know what the provider answers to them.
    assert {*listed} <= unconfirmed(connectors.sandbox.api)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The guide's files, in a folder."""
    for name, source in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source, "utf-8")
    (tmp_path / "catalog").mkdir()
    return tmp_path


async def test_the_examples_run_against_the_sandbox(
    folder: Path, mongodb_url: str, database_name: str, sandbox: SandboxProcess, clock: FakeClock
) -> None:
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        connectors_path=folder,
    ) as gateway:
        assert dict(gateway.services.registry.problems()) == {}
        browser = await gateway.browser("alice")
        assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
        api = await gateway.api(Role.TOOLS)

        async def call(name: str, **arguments: Any) -> dict[str, Any]:
            body = {"user": "alice", "arguments": arguments}
            answer = await api.post(f"/v1/tools/{name}/call", json=body)
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()["result"]
            return found

        me = await call("notion_get_me")
        assert me["id"]
        assert set(me) == {"id", "name", "workspace"}
        assert (await call("notion_count_pages", query="Roadmap"))["pages"] >= 1


def test_a_new_tool_can_be_used_once_it_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "catalog").mkdir()
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    assert main(["tools", "new", "notion_get_thing", "--folder", str(tmp_path)]) == 0
    assert main(["tools", "new", "notion_get_thing", "--folder", str(tmp_path)]) == 1
    assert "exists already" in capsys.readouterr().err
    file = tmp_path / "tools" / "notion.py"
    assert "fill-in" in file.read_text()
    file.write_text(file.read_text().replace("fill-in", "things"))
    test = tmp_path / "tests" / "test_notion_tools.py"
    names: dict[str, Any] = {"__file__": str(test)}
    exec(compile(test.read_text(), str(test), "exec"), names)  # noqa: S102 - the written test
    names["test_the_tools_can_be_used"]()
    found = Registry(Catalog({}, tmp_path), tmp_path)
    assert found.tool("notion_get_thing").file == str(file)
    assert main(["tools", "show", "notion_get_thing"]) == 0
    assert "notion_get_thing" in capsys.readouterr().out
    assert main(["tools", "show", "notion_get_nothing"]) == 1


@pytest.mark.parametrize("name", ["notion", "Notion_get_x", "nothing_get_x"])
def test_a_tool_without_a_name_or_a_connector_is_not_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["tools", "new", name, "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
