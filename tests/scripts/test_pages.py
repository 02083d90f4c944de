"""The page of what was asked for, and the lengths of connectors: both come from the catalog."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import document_connectors
import measure_connectors
import pytest
from wanted_page import NOT_DESCRIBED, wanted_page

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import ConnectorConfig
from gateway.commands.connectors.known import MadeUp

ROOT = Path(__file__).parents[2]

CONFIGS = {config.name: config for config in Catalog(MadeUp()).ready()}


def rows(page: str) -> dict[str, list[str]]:
    """Entry -> its cells."""
    entries = page.partition("\n## ")[0]
    lines = [line for line in entries.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {entry: rest for _, entry, *rest in cells}


def test_every_entry_has_a_row_with_its_state() -> None:
    found = rows(wanted_page(CONFIGS, "it"))
    assert len(found) == 69
    assert found["Notion"] == ["`notion`", "OAuth or a key", ""]
    assert found["SerpAPI"][:2] == ["`serpapi`", "a key"]
    assert found["Figma"][1] == "OAuth"
    assert found["Signal CLI"][:2] == ["none", "nothing"]
    assert "no provider" in found["Signal CLI"][2]


def test_a_row_follows_the_catalog() -> None:
    notion = CONFIGS["notion"]
    assert isinstance(notion, ConnectorConfig)
    changed = {**CONFIGS, "notion": replace(notion, key=None)}
    del changed["figma"]
    found = rows(wanted_page(changed, "it"))
    assert found["Notion"][1] == "OAuth"
    assert found["Figma"] == ["none", "nothing", NOT_DESCRIBED]
    before, after = (wanted_page(each, "it").count("`") for each in (CONFIGS, changed))
    assert after == before - 2


def test_sources_are_those_that_the_docstrings_name() -> None:
    sources = document_connectors._sources(CONFIGS["figma"])
    assert "developers.figma.com/docs/rest-api/oauth-apps" in sources
    assert not [source for source in sources if ".py" in source or "://" in source]


def test_the_lengths_are_those_of_the_three_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, file in enumerate(measure_connectors.FILES, 1):
        path = tmp_path / file.format("acme_crm")
        path.parent.mkdir(parents=True)
        path.write_text("x\n" * number)
    assert measure_connectors.lines_of("acme-crm", tmp_path) == (1, 2, 3)
    contract = tmp_path / measure_connectors.FILES[2].format("acme_crm")
    contract.write_text(f"{contract.read_text()}\n\nclass A(ToolContract):\n    connector = 1\n")
    assert measure_connectors.lines_of("acme-crm", tmp_path) == (1, 2, 3)
    assert measure_connectors.main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lines"].keys() == {*CONNECTOR_CATALOG}
    assert len(found["largest"]) == 10
    assert found["lines"][found["largest"][0]] == max(found["lines"].values())
    assert measure_connectors.main([]) == 0
    assert f"{len(CONNECTOR_CATALOG)} connectors, median " in capsys.readouterr().out
