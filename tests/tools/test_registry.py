"""Which tools exist: from three places, and a bad file hides itself alone."""

from __future__ import annotations

import asyncio
import importlib.metadata
import shutil
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
import structlog

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from connectors.tooling import Args, HttpTool, Needs, Output
from gateway.errors import UnknownTool
from gateway.tools import registry as registries
from gateway.tools.registry import Registry, Tool
from tests.support.proxied import write_connectors
from tests.tools import relay
from tests.tools.conftest import write_tools


class Nothing(Args):
    """No arguments."""


class Anything(Output):
    """Whatever comes."""


GOOD = """
from connectors.tooling import Args, HttpTool, Needs, Output


class Nothing(Args):
    pass


class Anything(Output):
    pass


TOOLS = (
    HttpTool(
        name="{name}",
        description="Return something of the relay.",
        needs=({needs},),
        effect="read",
        method="GET",
        path="/x",
        host={host},
        args=Nothing,
        output=Anything,
    ),
)
"""


def write(folder: Path, file: str, **said: str) -> None:
    """Write a tool file."""
    values = {"name": "relay_get_x", "needs": 'Needs("relay")', "host": "None"} | said
    (folder / "tools").mkdir(exist_ok=True)
    (folder / "tools" / file).write_text(GOOD.format(**values))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_connectors(tmp_path)


def read(folder: Path | None) -> Registry:
    return Registry(Catalog({}, folder), folder)


def test_the_tools_of_the_package_and_of_a_folder_are_sorted(folder: Path) -> None:
    write_tools(folder)
    found = read(folder)
    names = [tool.name for tool in found.tools()]
    assert names == sorted(names)
    assert {"notion_search_pages", "relay_get_item"} <= set(names)
    assert dict(found.problems()) == {}
    tool = found.tool("relay_get_item")
    assert tool.connectors == ("relay",)
    assert tool.scopes == {"relay": ("read",)}
    assert tool.file == str(folder / "tools" / "relay.py")
    assert found.tool("relay_ask_platform").scopes == {}
    with pytest.raises(UnknownTool):
        found.tool("relay_get_nothing")


def test_nothing_is_read_before_it_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_files: list[str] = []
    files = registries._files

    def noted(where: Path | None) -> object:
        read_files.append(str(where))
        return files(where)

    monkeypatch.setattr(registries, "_files", noted)
    found = read(folder)
    assert read_files == []
    found.tools()
    found.tools()
    assert read_files == [str(folder)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"needs": 'Needs("rellay")'}, 'needs "rellay", which is no connector'),
        ({"needs": 'Needs("relay", ("readd",))'}, 'needs the scope "readd"'),
        ({"needs": 'Needs("in-header", ("read",))'}, 'needs the scope "read"'),
        ({"host": '"other.example"'}, 'has the host "other.example"'),
        ({"name": "relay"}, "name is not"),
        ({"name": "notion_get_page"}, "defined in connectors/tools/notion.py, too"),
    ],
)
def test_a_wrong_file_hides_itself_alone_and_says_why(
    folder: Path, said: dict[str, str], reason: str
) -> None:
    write(folder, "bad.py", **said)
    write(folder, "good.py", name="relay_get_good")
    found = read(folder)
    with structlog.testing.capture_logs() as logs:
        assert found.tool("relay_get_good")
        found.tools()
    (problem,) = found.problems().values()
    assert reason in problem
    hidden = [line for line in logs if line["event"] == "tools_hidden"]
    assert [line["file"] for line in hidden] == [str(folder / "tools" / "bad.py")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = (", "SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise RuntimeError('a secret of the environment')", "RuntimeError"),
        ("x = 1", "it has no tuple TOOLS"),
        ("TOOLS = ()", "it has no tuple TOOLS"),
        ("TOOLS = (1,)", "something that is not a tool"),
    ],
)
def test_a_file_that_does_not_load_is_a_problem(folder: Path, source: str, reason: str) -> None:
    (folder / "tools").mkdir()
    (folder / "tools" / "bad.py").write_text(source)
    found = read(folder)
    assert found.tool("notion_get_page")
    (problem,) = found.problems().values()
    assert reason in problem
    assert "secret" not in problem


def test_an_installed_package_brings_tools(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("installed_tools")
    module.TOOLS = relay.TOOLS  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "installed_tools", module)
    entry = importlib.metadata.EntryPoint("more", "installed_tools", registries.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registries, "entry_points", lambda group: [entry])
    found = read(folder)
    assert found.tool("relay_get_item").file == "entry point more"


def test_a_digest_changes_with_what_a_tool_does(folder: Path) -> None:
    write_tools(folder)
    file = folder / "tools" / "relay.py"
    before = {tool.name: tool.digest for tool in read(folder).tools()}
    assert len(set(before.values())) == len(before)
    assert {tool.name: tool.digest for tool in read(folder).tools()} == before

    def changed(old: str, new: str) -> set[str]:
        shutil.copy(relay.__file__, file)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
        after = read(folder)
        assert dict(after.problems()) == {}
        return {tool.name for tool in after.tools() if tool.digest != before.get(tool.name)}

    of_the_file = {tool.name for tool in read(folder).tools() if tool.file == str(file)}
    for old, new in (
        ('"/items/{item_id}"', '"/things/{item_id}"'),
        ("how many", "how many of them"),
        ('effect="write"', 'effect="destructive"'),
        ('json={"n": done}', 'json={"m": done}'),  # the code of a function
        ('AliasPath("meta", "total")', 'AliasPath("meta", "all")'),  # no schema shows it
    ):
        assert changed(old, new) == of_the_file


def problems(**said: object) -> str:
    given: dict[str, object] = {
        "name": "relay_get_x",
        "description": "Return something of the relay.",
        "needs": (Needs("relay"),),
        "effect": "read",
        "method": "GET",
        "path": "/x",
        "args": Nothing,
        "output": Anything,
    }
    with pytest.raises(ConfigError) as caught:
        HttpTool(**(given | said))  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"name": "GetX"}, "name is not"),
        ({"name": "relay_get_" + "x" * 60}, "name is not"),
        ({"description": "short"}, "description is not"),
        ({"description": "x" * 301}, "description is not"),
        ({"description": "two\nlines of text"}, "description is not"),
        ({"effect": "reads"}, "effect is not"),
        ({"policy": "never"}, "policy is not"),
        ({"needs": ()}, "needs is empty"),
        ({"needs": (Needs("a"), Needs("a"))}, "needs names a twice"),
        ({"method": "FETCH"}, "method is not"),
        ({"method": "DELETE"}, "effect read does not go with DELETE"),
        ({"effect": "write"}, "effect write does not go with GET"),
        ({"path": "x"}, "path is not a path"),
        ({"path": "/x?y=1"}, "path is not a path"),
        ({"path": "/x/{missing}"}, "path names missing"),
        ({"host": "https://x"}, "host is not"),
        ({"headers": {"Authorization": "x"}}, "headers sets Authorization"),
        ({"query": {"n": 1}}, "query has values that are not text"),
        ({"body": {"a": 1}}, "a GET has no body"),
        ({"examples": ({"x": 1},)}, "example 1 is not valid"),
    ],
)
def test_a_tool_names_its_mistakes(said: dict[str, object], reason: str) -> None:
    assert reason in problems(**said)


def test_all_mistakes_are_named_at_once() -> None:
    text = problems(name="x", effect="y", path="z")
    assert all(word in text for word in ("name is not", "effect is not", "path is not a path"))


LONG = 30
"""Seconds after which a test has failed: nothing here takes them."""


async def test_the_loop_goes_on_while_tools_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that stood still could never let the reading go on."""
    begun, go_on = threading.Event(), threading.Event()
    read_all, readings = Registry._read_all, 0

    def slowly(self: Registry) -> Mapping[str, Tool]:
        nonlocal readings
        readings += 1
        begun.set()
        assert go_on.wait(LONG), "the loop stands still"
        return read_all(self)

    monkeypatch.setattr(Registry, "_read_all", slowly)
    found = read(None)
    async with asyncio.timeout(LONG):
        waiting = [asyncio.create_task(found.loaded()) for _ in range(3)]
        assert await asyncio.to_thread(begun.wait, LONG)
        waiting[0].cancel()  # one who goes away ends it for nobody else
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*waiting[1:])
    assert waiting[0].cancelled()
    assert found.tools()
    assert readings == 1


async def test_reading_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(None)
    with monkeypatch.context() as broken:
        broken.setattr(registries, "_files", lambda folder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await found.loaded()
    await found.loaded()
    assert found.tools()


def test_a_file_that_ends_the_process_hides_itself_alone(folder: Path) -> None:
    write(folder, "good.py")
    (folder / "tools" / "leaves.py").write_text("raise SystemExit(3)")
    found = read(folder)
    assert found.tool("relay_get_x")
    assert found.problems() == {str(folder / "tools" / "leaves.py"): "SystemExit"}
