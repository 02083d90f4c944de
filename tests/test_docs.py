"""The documentation is complete, true to the code, and without broken links."""

from __future__ import annotations

import re
from pathlib import Path

import document_connectors
import pytest

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import FIELD_NAMES
from connectors.environment import variable
from gateway.settings.environment import CLIENT_VARIABLES, PREFIX, Settings
from gateway.web.problems import INTERNAL, OF_STATUS, PROBLEMS
from tests.support.configs import CATALOG_ENV, WITH_OAUTH
from tests.test_layers import LAYERS

ROOT = Path(__file__).parents[1]

SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
CODES = {problem.code for problem in (*PROBLEMS.values(), *OF_STATUS.values(), INTERNAL)}


def read(name: str) -> str:
    """Read a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    """Return the texts of a page's headings, code blocks excluded."""
    prose = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#{2,3} +(.+?) *$", prose, re.MULTILINE)


def named(texts: list[str], pattern: str) -> list[str]:
    """Return the matches of ``pattern`` in texts, in order."""
    return [found for text in texts for found in re.findall(pattern, text)]


def test_settings_page_has_a_heading_for_each_setting_and_no_other() -> None:
    found = named(headings("docs/settings.md"), r"GATEWAY_[A-Z_]+")
    assert len(found) == len(set(found))
    assert set(found) - CLIENT_VARIABLES == SETTINGS


def test_errors_page_has_a_heading_for_each_code_and_no_other() -> None:
    found = named(headings("docs/errors.md"), r"`([a-z_]+)`")
    assert len(found) == len(set(found))
    assert set(found) == CODES


def test_guide_has_a_table_row_for_each_field_of_connectors() -> None:
    section = read("docs/connector-reference.md").partition("\n## Every field\n")[2]
    rows = re.findall(r"^\| *(`.+?) *\|", section.partition("\n## ")[0], re.MULTILINE)
    found = named(rows, r"`([a-z_]+)`")
    assert sorted(found) == sorted(FIELD_NAMES)


def test_connectors_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert document_connectors.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_outdated_connectors_page_is_noticed_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, example = tmp_path / "docs" / "connectors.md", tmp_path / ".env.local.example"
    page.parent.mkdir()
    example.write_text(read(".env.local.example").replace("OAUTH_SLACK_CLIENT_ID=\n", ""))
    monkeypatch.setattr(document_connectors, "ROOT", tmp_path)
    monkeypatch.setattr(document_connectors, "PAGE", page)
    monkeypatch.setattr(document_connectors, "WANTED", tmp_path / "docs/wanted.md")
    monkeypatch.setattr(document_connectors, "VARIABLES", example)
    assert document_connectors.main(["--check"]) == 1  # the page is missing
    text = read("docs/connectors.md")
    page.write_text(text.replace("Slack", "Slick", 1), encoding="utf-8")
    assert document_connectors.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "docs/connectors.md is out of date" in said
    assert ".env.local.example is out of date" in said
    assert document_connectors.main([]) == 0
    assert page.read_text(encoding="utf-8") == text
    assert example.read_text(encoding="utf-8") == read(".env.local.example")


def test_the_readme_counts_the_connectors() -> None:
    counts = re.search(
        r"(\d+) connectors come with it, (\d+) of them with OAuth", read("README.md")
    )
    assert counts is not None
    assert [int(count) for count in counts.groups()] == [len(CONNECTOR_CATALOG), len(WITH_OAUTH)]
    names = [config.display_name for config in Catalog(CATALOG_ENV).ready()]
    assert len(names) == len({*names})


def test_connectors_page_has_the_callback_and_variables_of_each_app() -> None:
    text = read("docs/connectors.md")
    assert re.findall(r"^\| name \| `([a-z0-9-]+)`", text, re.MULTILINE) == [*CONNECTOR_CATALOG]
    assert text.count("\n| enter there | the redirect URI above; ") == len(WITH_OAUTH)
    for name in WITH_OAUTH:
        assert f"`{{GATEWAY_PUBLIC_URL}}/v1/connectors/{name}/callback`" in text
        for what in ("CLIENT_ID", "CLIENT_SECRET"):
            assert f"`{variable(name, what)}`" in text


def test_example_environment_lists_every_variable_once() -> None:
    lines = read(".env.local.example").splitlines()
    found = [line.partition("=")[0] for line in lines if re.match(r"[A-Z][A-Z_0-9]*=", line)]
    credentials = {
        variable(name, what) for name in WITH_OAUTH for what in ("CLIENT_ID", "CLIENT_SECRET")
    }
    assert len(found) == len(set(found))
    assert set(found) == SETTINGS | CLIENT_VARIABLES | credentials


def test_example_environment_holds_no_credential() -> None:
    for line in read(".env.local.example").splitlines():
        if line.startswith("OAUTH_") or "_KEY" in line.partition("=")[0]:
            assert line.endswith("=")


def test_changelog_has_a_section_for_unreleased_changes() -> None:
    assert "[Unreleased]" in headings("CHANGELOG.md")


def test_architecture_page_has_the_layers_in_their_order() -> None:
    section = read("docs/architecture.md").partition("\n## The layers\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    found = named(cells, r"`((?:gateway|connectors)[a-z_/]*)(?:\.py)?`")
    assert [name.strip("/").replace("/", ".") for name in found] == [*LAYERS]


def test_operations_page_names_log_events_and_reasons_that_exist() -> None:
    table = read("docs/operations.md").partition("\n## When something breaks\n")[2]
    names = named(re.findall(r"^\|(.+)", table, re.MULTILINE), r"`([a-z]+(?:_[a-z]+)+)`")
    assert len(names) > 15
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("gateway/**/*.py"))
    assert [name for name in names if f'"{name}"' not in code] == []


def linked(index: str) -> list[str]:
    """Return the pages that an index links to, in order, relative to its folder."""
    return re.findall(r"\]\(((?!https?:)[^)#\s]+\.md)\)", read(index))


def test_every_page_of_the_documentation_is_in_the_index() -> None:
    pages = {path.name for path in ROOT.glob("docs/*.md")} - {"README.md"}
    found = linked("docs/README.md")
    assert {name for name in found if "/" not in name} == pages
    assert "decisions/README.md" in found


DECISIONS = sorted(path.name for path in ROOT.glob("docs/decisions/0*.md"))


def test_every_decision_is_in_the_index_with_its_date_and_status() -> None:
    rows = re.findall(
        r"^\| \[\d+\]\((.+?)\) \|.*\| (\S+) \| (.+?) \|$", read("docs/decisions/README.md"), re.M
    )
    assert [name for name, _, _ in rows] == DECISIONS
    for name, date, status in rows:
        text = read(f"docs/decisions/{name}")
        assert f"\n- Date: {date}\n- Status: {status}\n" in text


@pytest.mark.parametrize("name", DECISIONS)
def test_every_decision_has_a_date_a_status_and_a_reason_to_revisit_it(name: str) -> None:
    text = read(f"docs/decisions/{name}")
    assert re.search(r"^- Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert re.search(r"^- Status: (accepted|replaced by \d+)$", text, re.MULTILINE)
    assert len(re.findall(r"^\*\*Revisit when\*\* \S", text, re.MULTILINE)) == 1


def test_the_guide_says_when_something_is_a_connector() -> None:
    assert "](plans/README.md)" in read("docs/adding-a-connector.md")
    rule = read("docs/plans/README.md").partition("\n## When is it a connector?\n")[2]
    assert re.findall(r"^(\d)\. \*\*", rule, re.MULTILINE) == ["1", "2", "3", "4"]


def test_every_plan_has_the_parts_of_the_template() -> None:
    template = "docs/plans/template.md"
    parts = headings(template)
    assert {"Why it is a connector", "Scopes", "Quirks"} <= set(parts)
    for path in ROOT.glob("docs/plans/*.md"):
        name = f"docs/plans/{path.name}"
        if name in {template, "docs/plans/README.md"}:
            continue
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9-]+", path.stem), name
        assert headings(name) == parts, name
        assert not re.search(r"(?<!\*)\*[^*\n]+\*(?!\*)", read(name)), f"{name} has italic text"


def test_symptoms_have_a_cause_and_a_fix() -> None:
    table = read("docs/real-apps.md").partition("\n## Symptoms\n")[2]
    rows = re.findall(r"^\| (.+) \|$", table, re.MULTILINE)[2:]
    assert len(rows) >= 15
    assert [
        row for row in rows if len([cell for cell in row.split(" | ") if cell.strip()]) != 3
    ] == []
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("gateway/**/*.py"))
    words = named(rows, r"`([a-z]+(?:_[a-z]+)+)`")
    known = {*FIELD_NAMES, "invalid_grant", "rejected_token"}
    assert [word for word in words if word not in known and f'"{word}"' not in code] == []


def test_every_module_of_the_support_package_is_in_its_map() -> None:
    modules = {path.name for path in ROOT.glob("tests/support/*.py")} - {"__init__.py"}
    found = re.findall(r"^\| `([a-z_]+\.py)` \|", read("tests/support/README.md"), re.MULTILINE)
    assert sorted(found) == sorted(modules)


PAGES = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "tests/support/README.md",
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
    """Return the anchors of a page's headings, as GitHub makes them."""
    texts = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}
