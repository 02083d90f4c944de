"""The reference of the SDK: it has every public name, is up to date, and its examples run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import document_sdk
import pytest
from pytest_httpx import HTTPXMock
from sdk_examples import EXAMPLES, Example

import gateway.client

ROOT = Path(__file__).parents[2]

PAGE = ROOT / "docs" / "sdk-reference.md"
WITH_EXAMPLE = [name for example in EXAMPLES for name in example.names]


def test_the_page_is_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert document_sdk.main(["--check"]) == 0
    monkeypatch.setattr(document_sdk, "PAGE", tmp_path / "page.md")
    assert document_sdk.main(["--check"]) == 1
    assert "out of date: .venv/bin/python scripts/document_sdk.py" in capsys.readouterr().err
    assert document_sdk.main([]) == 0
    assert (tmp_path / "page.md").read_text() == PAGE.read_text()


def test_every_public_name_has_an_entry_and_one_example() -> None:
    entries = re.findall(r"^### `(\w+)`$", PAGE.read_text(), re.MULTILINE)
    assert sorted(entries) == sorted(gateway.client.__all__)
    assert sorted(WITH_EXAMPLE) == sorted(gateway.client.__all__)


def test_every_public_call_is_on_the_page() -> None:
    page = PAGE.read_text()
    for thing in (gateway.client.Gateway, gateway.client.UserContext, gateway.client.ToolList):
        for name in vars(thing):
            if not name.startswith("_") and callable(getattr(thing, name)):
                assert f"{thing.__name__}.{name}()`" in page


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.names[0])
def test_an_example_prints_what_the_page_says(
    example: Example,
    httpx_mock: HTTPXMock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    used = {node.id for node in ast.walk(ast.parse(example.program)) if isinstance(node, ast.Name)}
    assert set(example.names) <= used
    monkeypatch.setenv("GATEWAY_URL", "https://gateway.example.com")
    monkeypatch.setenv("GATEWAY_API_KEY", "gwk_0123456789abcdef_" + "0" * 64)
    for status, body in example.answers:
        kind = "application/json" if status == 200 else "application/problem+json"
        httpx_mock.add_response(status_code=status, json=body, headers={"Content-Type": kind})
    exec(compile(example.program, example.names[0], "exec"), {"__name__": "__main__"})  # noqa: S102
    assert capsys.readouterr().out == example.prints
