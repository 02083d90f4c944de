"""The validator, in this process, on a copy of the catalog's files with planted mistakes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import connector_rules
import pytest
import validate_connectors

import connectors.catalog
import connectors.hooks
import connectors.sandbox
from connectors.catalog import Catalog
from connectors.secret import Secret
from gateway.commands.connectors.known import MadeUp
from gateway.testing import locate
from tests.support.configs import make_config

ROOT = Path(__file__).parents[2]

PACKAGES = (connectors.catalog, connectors.sandbox, connectors.hooks)
COPIED = ("connectors/catalog", "connectors/sandbox", "connectors/hooks", "tests/connectors")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the files that the validator reads; during the test they are the catalog."""
    for folder in COPIED:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(ROOT / ".env.local.example", tmp_path)
    for package in PACKAGES:
        copy = tmp_path / package.__name__.replace(".", "/")
        monkeypatch.setattr(package, "__path__", [str(copy)])
        for module in modules_of(package):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(connector_rules, "ROOT", tmp_path)
    monkeypatch.setattr(locate, "SOURCE_TREE", tmp_path)
    yield tmp_path
    for package in PACKAGES:
        for module in modules_of(package):
            del sys.modules[module]  # it was imported from the copy


def modules_of(package: ModuleType) -> list[str]:
    """The imported modules of a package."""
    return [name for name in sys.modules if name.startswith(f"{package.__name__}.")]


def change(file: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file, which must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def _catalog(name: str, old: str, new: str) -> tuple[str, str, str]:
    return f"connectors/catalog/{name}.py", old, new


FIELD = "        supports_refresh="
"""Where a field can be put in front of."""

MISTAKES = {
    "airtable: cannot be loaded (NameError): name 'oops' is not defined": _catalog(
        "airtable", "\ndef create", "\noops\n\ndef create"
    ),
    "airtable: its header lists no quirk (1., 2., … or: none)": _catalog(
        "airtable", "Quirks:", "Quirks:\n\nScopes:"
    ),
    "atlassian: cannot be loaded (AttributeError: ": _catalog(
        "atlassian", "def create_config", "def create"
    ),
    "airtable: description is empty": _catalog(
        "airtable", '"Bases, tables and records of Airtable: read and change them."', '""'
    ),
    'airtable: description "Bases" is no sentence': _catalog(
        "airtable", '"Bases, tables and records of Airtable: read and change them."', '"Bases"'
    ),
    "figma: create_config did not return a ConnectorConfig": _catalog(
        "figma", "return ConnectorConfig(", "return dict("
    ),
    "figma: a comment names quirk 77, which its header does not list": _catalog(
        "figma", "# quirk 2", "# quirk 77"
    ),
    "google: token_url is not https": _catalog(
        "google", 'token_url="https://oauth2.googleapis.com', 'token_url="http://localhost'
    ),
    "google: its header does not say why PKCE is off": _catalog(
        "google", FIELD, f"        use_pkce=False,\n{FIELD}"
    ),
    "hubspot: extra_token_params has the undeclared placeholder ${connection_config.x}": _catalog(
        "hubspot",
        FIELD,
        f'        extra_token_params={{"x": "${{connection_config.x}}"}},\n{FIELD}',
    ),
    "hubspot: connectors/sandbox/hubspot.py imports urllib.request": (
        "connectors/sandbox/hubspot.py",
        "\nPROVIDER =",
        "\nfrom urllib import request\n\nPROVIDER =",
    ),
    "linear: callback_verifier is no plain function": _catalog(
        "linear",
        FIELD,
        "        callback_verifier=account_lookup(id='x', label='x').__call__,  # quirk 1\n"
        + FIELD,
    ),
    "linear: scopes is empty (a provider without scopes says scopes_sent=False)": _catalog(
        "linear", 'scopes=("read", "issues:create"),', "scopes=(),"
    ),
    "linear: without error_codes nothing would be different": _catalog(
        "linear", FIELD, f'        error_codes={{"x": "invalid_grant"}},\n{FIELD}'
    ),
    "microsoft: fetch_account_info is code, and no comment at it names the quirk": _catalog(
        "microsoft", "fetch_account_info,  # quirk 5", "fetch_account_info,"
    ),
    'notion: its config is named "notions"': _catalog(
        "notion", '**app("notion", env)', '**{**app("notion", env), "name": "notions"}'
    ),
    'notion: the sandbox file of notion simulates "notions"': (
        "connectors/sandbox/notion.py",
        '"notion"',
        '"notions"',
    ),
    'shopify: its header does not justify the scope "read_orders"': _catalog(
        "shopify", "``read_orders``", "another"
    ),
    "shopify: token_url has the undeclared placeholder ${connection_config.region}": _catalog(
        "shopify",
        'token_url=f"{STORE}/admin',
        'token_url=f"{STORE}/${{connection_config.region}}/admin',
    ),
    "slack: connectors/catalog/slack.py imports httpx": _catalog(
        "slack", "\nfrom", "\nimport httpx\nfrom"
    ),
    "slack: .env.local.example has no OAUTH_SLACK_CLIENT_SECRET=: run scripts/": (
        ".env.local.example",
        "OAUTH_SLACK_CLIENT_SECRET=\n",
        "",
    ),
    "stripe: TestStripe does not give scopes": (
        "tests/connectors/test_stripe_provider.py",
        "    scopes = ",
        "    # scopes = ",
    ),
}
NOTION = MISTAKES['notion: its config is named "notions"']
MISSING_FILES = {  # finding -> file
    'atlassian: there is no hook "atlassian"': "connectors/hooks/atlassian.py",
    "stripe: there is no contract for stripe": "tests/connectors/test_stripe_provider.py",
    "stripe: stripe cannot be loaded": "connectors/sandbox/stripe.py",
}


def test_only_the_variables_of_an_app_are_asked_for() -> None:
    def missing(**fields: Any) -> list[str]:
        checked = connector_rules.Checked("acme", make_config(**fields), (), None)
        return [*connector_rules.variables_are_documented(checked)]

    public = {"authorization_method": "none", "client_secret": Secret("")}
    asked = [
        f".env.local.example has no OAUTH_ACME_CLIENT_{what}=: run scripts/document_connectors.py"
        for what in ("ID", "SECRET")
    ]
    assert missing(**public) == asked[:1]
    assert missing() == asked


def findings(expected: str) -> list[str]:
    """The validator's findings about the connector that an expected finding names."""
    name = expected.partition(":")[0]
    return [f"{name}: {problem.message}" for problem in validate_connectors.check(name)]


@pytest.mark.parametrize("expected", MISTAKES)
def test_a_mistake_in_a_file_is_found(tree: Path, expected: str) -> None:
    file, old, new = MISTAKES[expected]
    change(tree / file, old, new)
    found = findings(expected)
    assert [text for text in found if text.startswith(expected)], found


@pytest.mark.parametrize("expected", MISSING_FILES)
def test_a_missing_file_is_found(tree: Path, expected: str) -> None:
    (tree / MISSING_FILES[expected]).unlink()
    (found,) = findings(expected)
    assert found.startswith(expected)


def test_an_orphan_is_found(tree: Path) -> None:
    (tree / "connectors/sandbox/stray.py").write_text('"""Of no connector."""\n')
    assert [problem.message for problem in validate_connectors.check_catalog()] == [
        "connectors/sandbox/stray.py belongs to no connector"
    ]


def test_findings_are_printed_with_their_rule(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate_connectors, "check_catalog", lambda folder: [])
    monkeypatch.setattr(validate_connectors, "CONNECTOR_CATALOG", ("linear", "notion"))
    change(tree / "connectors/catalog/linear.py", 'scopes=("read", "issues:create"),', "")
    change(tree / NOTION[0], *NOTION[1:])
    linear = "scopes is empty (a provider without scopes says scopes_sent=False)"

    assert validate_connectors.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Validating 2 provider(s)...",
        "FAILED — 2 validation error(s):",
        f"  linear: {linear} [config_is_valid]",
        '  notion: its config is named "notions" [config_is_valid]',
        "0 override(s) in code",
    ]
    assert validate_connectors.main(["--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["problems"][0] == {
        "connector": "linear",
        "rule": "config_is_valid",
        "message": linear,
    }


def test_the_checklist_is_ticked_where_nothing_is_wrong(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(tree / ".env.local.example", "OAUTH_FIGMA_CLIENT_ID=\n", "")
    assert validate_connectors.main(["--connector", "figma", "--checklist"]) == 1
    found = re.findall(r"^- \[(.)\] (.+)$", capsys.readouterr().out, re.MULTILINE)
    boxes = {text: tick for tick, text in found}
    variables = "the variables of its app are in .env.local.example"
    assert boxes[f"{variables}; a public client has no secret"] == " "
    assert boxes["its sandbox file and its contract are there and complete"] == "x"
    assert boxes["it was connected, refreshed and disconnected once with a real app"] == " "


@pytest.mark.long  # `make check`, a part of `make test`, runs the script on this tree as well
def test_the_script_passes_on_this_tree() -> None:
    """Run as the continuous integration runs it, in its own process."""
    command = [sys.executable, "scripts/validate_connectors.py", "--connector", "figma"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # A slow machine shows progress, and nothing else.
    assert [line for line in done.stderr.splitlines() if not line.startswith("  … figma: ")] == []
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Validating 1 provider(s)...",
        "OK — all 1 provider(s) passed validation",
        "0 override(s) in code",
    ]


def test_a_check_of_more_than_a_year_ago_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    checked_on = Catalog(MadeUp()).get("figma").checked_on
    arguments = ["--connector", "figma", "--files"]
    for days, warned in ((365, False), (366, True)):
        today = checked_on + timedelta(days=days)
        assert validate_connectors.main(arguments, today) == 0
        out = capsys.readouterr().out
        assert "OK — all 1 provider(s) passed validation" in out
        assert (f"WARNING  figma: it was checked on {checked_on}" in out) is warned
        assert validate_connectors.main([*arguments, "--json"], today) == 0
        assert len(json.loads(capsys.readouterr().out)["warnings"]) == warned


def test_with_files_alone_nothing_runs_against_the_provider(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A field without effect is found by the contract, which the tests run."""
    dead = f'        error_codes={{"x": "invalid_grant"}},\n{FIELD}'
    change(tree / "connectors/catalog/linear.py", FIELD, dead)
    for arguments, code in ((["--files"], 0), ([], 1)):
        assert validate_connectors.main(["--connector", "linear", *arguments]) == code
    assert "nothing would be different" in capsys.readouterr().out
