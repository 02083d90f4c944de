"""The line about its connectors that a starting process logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.environment import app_variables
from gateway.sandbox.link import NO_SANDBOX, SandboxLink
from gateway.wiring.mounted import log_connectors

FIGMA = app_variables("figma", "id", "secret")


def logged(
    env: dict[str, str], folder: Path | None = None, link: SandboxLink = NO_SANDBOX
) -> list[dict[str, Any]]:
    """The lines of a start with these variables."""
    with capture_logs() as lines:
        log_connectors(Catalog(link.overlay(env), folder), env, link)
    return [dict(line) for line in lines]


def test_one_line_names_the_mounted_and_the_hidden_with_the_reason() -> None:
    half = {"OAUTH_NOTION_CLIENT_ID": "id", "OAUTH_SLACK_CLIENT_SECRET": "s"}
    (line,) = logged(FIGMA | half)
    assert (line["event"], line["log_level"]) == ("connectors_mounted", "info")
    assert (line["mounted"], line["simulated"]) == (["figma"], 0)
    taken = "OAUTH_NOTION_CLIENT_SECRET is not set: its key alone is taken"
    assert line["hidden"] == {"notion": taken, "slack": "OAUTH_SLACK_CLIENT_ID is not set"}
    assert line["others"] == len(CONNECTOR_CATALOG) - 3
    assert "secret" not in repr(line).replace("CLIENT_SECRET", "")


def test_a_broken_connector_is_an_error_with_its_reason(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    (catalog / "syntax.py").write_text("def create_config(env:\n")
    (catalog / "imports.py").write_text("import nowhere_at_all\n")
    (catalog / "raises.py").write_text("def create_config(env):\n    raise ValueError('s3cret')\n")
    *errors, line = logged({}, tmp_path)
    assert {error["event"] for error in errors} == {"connector_broken"}
    assert {error["log_level"] for error in errors} == {"error"}
    assert {error["connector"]: error["reason"] for error in errors} == {
        "syntax": "syntax: cannot be loaded (SyntaxError in line 1: '(' was never closed)",
        "imports": "imports: cannot be loaded "
        "(ModuleNotFoundError: No module named 'nowhere_at_all')",
        "raises": "raises: cannot be loaded (ValueError)",  # its text may hold a secret
    }
    assert {line["hidden"][name] for name in ("syntax", "imports", "raises")} == {"broken"}


def test_a_connector_with_one_of_two_variables_is_said_to_be_simulated() -> None:
    link = SandboxLink(
        variables=app_variables("notion", "x", "y") | app_variables("slack", "x", "y")
    )
    warning, line = logged(FIGMA | {"OAUTH_NOTION_CLIENT_ID": "id"}, link=link)
    assert warning["event"] == "connector_simulated"
    assert (warning["connector"], warning["not_set"]) == ("notion", "OAUTH_NOTION_CLIENT_SECRET")
    assert (line["mounted"], line["simulated"]) == (["figma"], 2)
