"""The documentation names everything there is, and nothing that there is not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from connectors.config import FIELD_NAMES
from gateway.sandbox.link import variable
from gateway.settings.environment import CLIENT_VARIABLES, PREFIX, Settings
from gateway.web.problems import INTERNAL, OF_STATUS, PROBLEMS

ROOT = Path(__file__).parents[1]
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
CODES = {problem.code for problem in (*PROBLEMS.values(), *OF_STATUS.values(), INTERNAL)}


def read(name: str) -> str:
    """A file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    """The texts of a page's headings, without the ``#`` and without those in code blocks."""
    prose = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#{2,3} +(.+?) *$", prose, re.MULTILINE)


def named(texts: list[str], pattern: str) -> list[str]:
    """What ``pattern`` finds in texts, in order."""
    return [found for text in texts for found in re.findall(pattern, text)]


def test_every_setting_has_a_heading_and_no_heading_names_another() -> None:
    found = named(headings("docs/settings.md"), r"GATEWAY_[A-Z_]+")
    assert len(found) == len(set(found))
    assert set(found) - CLIENT_VARIABLES == SETTINGS


def test_every_public_code_has_a_heading_and_no_heading_names_another() -> None:
    found = named(headings("docs/errors.md"), r"`([a-z_]+)`")
    assert len(found) == len(set(found))
    assert set(found) == CODES


def test_every_field_of_a_connector_is_in_the_table() -> None:
    section = read("docs/adding-a-connector.md").partition("\n## Every field\n")[2]
    rows = re.findall(r"^\| *(`.+?) *\|", section.partition("\n## ")[0], re.MULTILINE)
    found = named(rows, r"`([a-z_]+)`")
    assert sorted(found) == sorted(FIELD_NAMES)


def test_the_page_of_the_connectors_is_what_they_say_of_themselves() -> None:
    done = document_connectors(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_page_of_the_connectors_that_is_out_of_date_is_noticed(tmp_path: Path) -> None:
    for folder in ("connectors", "gateway", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "connectors.md"
    assert document_connectors(tmp_path).returncode == 1  # there is none
    page.write_text(read("docs/connectors.md"), encoding="utf-8")
    assert document_connectors(tmp_path).returncode == 0
    slack = tmp_path / "connectors" / "catalog" / "slack.py"
    changed = slack.read_text(encoding="utf-8").replace("7. Tokens expire", "7. Tokens may expire")
    slack.write_text(changed, encoding="utf-8")
    done = document_connectors(tmp_path)
    assert done.returncode == 1
    assert "docs/connectors.md is out of date" in done.stderr


def test_every_connector_has_a_section_with_what_its_app_needs() -> None:
    text = read("docs/connectors.md")
    assert re.findall(r"^\| name \| `([a-z0-9-]+)`", text, re.MULTILINE) == [*CONNECTOR_CATALOG]
    for name in CONNECTOR_CATALOG:
        assert f"`{{GATEWAY_PUBLIC_URL}}/v1/connectors/{name}/callback`" in text
        for what in ("CLIENT_ID", "CLIENT_SECRET"):
            assert f"`{variable(name, what)}`" in text


def document_connectors(root: Path) -> subprocess.CompletedProcess[str]:
    """The script that writes docs/connectors.md, asked whether that is up to date."""
    return subprocess.run(
        [sys.executable, "scripts/document_connectors.py", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_environment_lists_every_variable_once() -> None:
    lines = read(".env.local.example").splitlines()
    found = [line.partition("=")[0] for line in lines if re.match(r"[A-Z][A-Z_0-9]*=", line)]
    credentials = {
        variable(name, what)
        for name in CONNECTOR_CATALOG
        for what in ("CLIENT_ID", "CLIENT_SECRET")
    }
    assert len(found) == len(set(found))
    assert set(found) == SETTINGS | CLIENT_VARIABLES | credentials


def test_the_example_environment_holds_no_credential() -> None:
    for line in read(".env.local.example").splitlines():
        if line.startswith("OAUTH_") or "_KEY" in line.partition("=")[0]:
            assert line.endswith("=")


def test_the_changelog_says_what_is_not_released_yet() -> None:
    assert "[Unreleased]" in headings("CHANGELOG.md")


PAGES = [
    "README.md",
    "CHANGELOG.md",
    *(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md")),
]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_relative_link_leads_somewhere(page: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (ROOT / page).parent / path if path else ROOT / page
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there)
        ):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    texts = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}
