"""The validator, run as CI runs it, on this tree and on copies with planted mistakes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the validator looks at."""
    for folder in ("connectors", "gateway", "scripts", "tests/connectors", "tests/support"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    for file in ("tests/__init__.py", ".env.local.example"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def validate(tree: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    command = [sys.executable, "scripts/validate_connectors.py", *arguments]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def change(file: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file, which must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_eight_planted_mistakes_are_eight_findings(tree: Path) -> None:
    catalog = tree / "connectors/catalog"
    change(catalog / "notion.py", 'NAME = "notion"', 'NAME = "notions"')
    change(catalog / "google.py", 'token_url="https://', 'token_url="http://')
    change(catalog / "linear.py", 'scopes=("read", "issues:create"),', "scopes=(),")
    (tree / "connectors/hooks/atlassian.py").unlink()
    (tree / "tests/connectors/test_stripe_provider.py").unlink()
    (tree / "connectors/sandbox/nobody.py").write_text('"""Nobody\'s."""\n')
    change(tree / ".env.local.example", "OAUTH_SLACK_CLIENT_SECRET=\n", "")
    change(
        catalog / "shopify.py",
        'token_url=f"{STORE}/admin',
        'token_url=f"{STORE}/${{connection_config.region}}/admin',
    )

    code, output = validate(tree)

    lines = output.splitlines()
    assert lines[:2] == ["Validating 11 provider(s)...", "FAILED — 8 validation error(s):"]
    assert [line.strip() for line in lines if line.startswith("  ")] == [
        "(catalog): connectors/sandbox/nobody.py belongs to no connector [no_orphans]",
        'atlassian: there is no hook "atlassian" [hook_exists]',
        "google: token_url is not https [config_is_valid]",
        "linear: scopes is empty (a provider without scopes says scopes_sent=False) [config_is_valid]",
        'notion: its config is named "notions" [name_is_the_key]',
        "shopify: token_url has the undeclared placeholder ${connection_config.region} [config_is_valid]",
        "slack: .env.local.example has no OAUTH_SLACK_CLIENT_SECRET= [variables_are_documented]",
        "stripe: there is no tests/connectors/test_stripe_provider.py [contract_exists]",
    ]
    assert code == 1


def _catalog(name: str, old: str, new: str) -> tuple[str, str, str]:
    return f"connectors/catalog/{name}.py", old, new


FIELD = "        supports_refresh="
"""Where a field can be put in front of."""

MISTAKES = {
    "airtable: it cannot be loaded: NameError: name 'oops' is not defined": _catalog(
        "airtable", "NAME =", "oops\nNAME ="
    ),
    "atlassian: it cannot be loaded: AttributeError: ": _catalog(
        "atlassian", "def create_config", "def create"
    ),
    "figma: create_config does not return a ConnectorConfig": _catalog(
        "figma", "return ConnectorConfig(", "return dict("
    ),
    "google: token_url is not https": _catalog(
        "google", 'token_url="https://oauth2.googleapis.com', 'token_url="http://localhost'
    ),
    "hubspot: extra_token_params.x has a stray placeholder": _catalog(
        "hubspot",
        FIELD,
        f'        extra_token_params={{"x": "${{connection_config.x}}"}},\n{FIELD}',
    ),
    "linear: callback_verifier is no plain function": _catalog(
        "linear",
        FIELD,
        f"        callback_verifier=account_lookup(id='x', label='x').__call__,  # quirk 1\n{FIELD}",
    ),
    'notion: connectors/sandbox/notion.py simulates "notions"': (
        "connectors/sandbox/notion.py",
        'name="notion"',
        'name="notions"',
    ),
    'shopify: its header does not justify the scope "read_orders"': _catalog(
        "shopify", "``read_orders``", "another"
    ),
    "slack: connectors/catalog/slack.py imports httpx": _catalog(
        "slack", "import os", "import httpx, os"
    ),
    "stripe: TestStripe does not give probe": (
        "tests/connectors/test_stripe_provider.py",
        "    probe = ",
        "    other = ",
    ),
}
MORE_MISTAKES = {
    "airtable: its header lists no quirk (1., 2., … or: none)": _catalog(
        "airtable", "Quirks:", "Quirks:\n\nScopes:"
    ),
    "figma: a comment names quirk 77, which its header does not list": _catalog(
        "figma", "# quirk 2", "# quirk 77"
    ),
    "google: its header does not say why PKCE is off": _catalog(
        "google", FIELD, f"        use_pkce=False,\n{FIELD}"
    ),
    "hubspot: connectors/sandbox/hubspot.py imports urllib.request": (
        "connectors/sandbox/hubspot.py",
        "from typing import Any",
        "from typing import Any\nfrom urllib import request",
    ),
    "linear: without error_codes nothing would be different": _catalog(
        "linear", FIELD, f'        error_codes={{"x": "invalid_grant"}},\n{FIELD}'
    ),
    "microsoft: fetch_account_info is code, and no comment beside it names the quirk that needs it": _catalog(
        "microsoft", "fetch_account_info,  # quirk 5", "fetch_account_info,"
    ),
    "(catalog): CONNECTOR_CATALOG is not in alphabetical order": (
        "connectors/catalog/__init__.py",
        '    "airtable": "connectors.catalog.airtable",\n    "atlassian": "connectors.catalog.atlassian",\n',
        '    "atlassian": "connectors.catalog.atlassian",\n    "airtable": "connectors.catalog.airtable",\n',
    ),
}


@pytest.mark.parametrize("mistakes", [MISTAKES, MORE_MISTAKES], ids=["some", "more"])
def test_every_mistake_is_found_and_nothing_else(
    tree: Path, mistakes: dict[str, tuple[str, str, str]]
) -> None:
    for file, old, new in mistakes.values():
        change(tree / file, old, new)

    code, output = validate(tree, "--json")

    found = [
        f"{problem['connector']}: {problem['message']}"
        for problem in json.loads(output)["problems"]
    ]
    for expected in mistakes:
        assert [text for text in found if text.startswith(expected)], (
            f"{expected} is not in {found}"
        )
    assert len(found) == len(mistakes), found
    assert code == 1


def test_the_checklist_is_ticked_where_nothing_is_wrong(tree: Path) -> None:
    change(tree / ".env.local.example", "OAUTH_FIGMA_CLIENT_ID=\n", "")
    code, output = validate(tree, "--connector", "figma", "--checklist")
    found = re.findall(r"^- \[(.)\] (.+)$", output, re.MULTILINE)
    boxes = {text: tick for tick, text in found}
    assert boxes["both variables are in .env.local.example"] == " "
    assert boxes["a sandbox file describes the provider's own side"] == "x"
    assert boxes["it was connected, refreshed and disconnected once with a real app"] == " "
    assert code == 1
