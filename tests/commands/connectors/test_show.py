"""``connectors show``: what one needs to register an app for a connector, and no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.__main__ import main
from gateway.encryption.vault import new_encryption_key
from gateway.testing.header import header_problems, read_header
from tests.commands.connectors.conftest import RunConnectors
from tests.support.configs import KEYED, OWN_HOSTS
from tests.support.outside import write_solo

CANARIES = {"OAUTH_SHOPIFY_CLIENT_ID": "canary-id", "OAUTH_SHOPIFY_CLIENT_SECRET": "canary-secret"}


def facts(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    """What ``show --json`` prints."""
    assert main(["connectors", "show", name, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def paragraphs(text: str) -> dict[str, list[str]]:
    """Title -> lines, of what ``show`` prints."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines()[2:]:
        title = line[:16].strip() or title
        found.setdefault(title, []).append(line[18:])
    return found


@pytest.mark.requirement("J1")
def test_everything_is_there_and_no_value_of_a_variable(run_connectors: RunConnectors) -> None:
    """Credentials are named and never shown."""
    env = CANARIES | {
        "GATEWAY_PUBLIC_URL": "https://gateway.example.com",
        "GATEWAY_MONGODB_URL": "mongodb://db",
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
    }
    done = run_connectors("show", "shopify", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "canary" not in done.stdout
    assert done.stdout.startswith("Shopify (shopify)\n\n")
    found = paragraphs(done.stdout)
    assert found["State"] == ["ready"]
    assert found["Redirect URI"] == ["https://gateway.example.com/v1/connectors/shopify/callback"]
    assert found["Variables"] == [
        "OAUTH_SHOPIFY_CLIENT_ID  set",
        "OAUTH_SHOPIFY_CLIENT_SECRET  set",
    ]
    assert found["Token"] == [
        "https://${connection_config.shop}.myshopify.com/admin/oauth/access_token"
    ]
    assert found["Scopes"][:2] == ["read_products", "read_orders"]
    assert found["Authentication"] == ["client id and secret in the body; the body is form"]
    assert found["PKCE"] == ["S256"]
    assert found["Refresh tokens"] == ["yes"]
    assert found["Disconnecting"][0].startswith("DELETE, sends no token in the body")
    assert found["Inputs"] == ["shop: Store, e.g. acme"]
    assert found["Quirks"][0].startswith("1. Every store has its own host")


@pytest.mark.parametrize("name", [*CONNECTOR_CATALOG])
def test_it_works_before_the_app_is_registered(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    found = facts(capsys, name)
    assert found["ready"] is (name in KEYED)
    pasted = name in (*KEYED, *OWN_HOSTS)
    assert list(found.get("variables", {}).values()) == [False, False] * (not pasted)
    redirect_uri = f"{{GATEWAY_PUBLIC_URL}}/v1/connectors/{name}/callback"
    assert found.get("redirect_uri") == (None if pasted else redirect_uri)
    assert found["quirks"] or "none." in found["notes"]
    assert found["docs_url"].startswith("https://")
    assert main(["connectors", "show", name]) == 0
    assert f"({name})" in capsys.readouterr().out


def test_an_alias_stands_for_its_connector(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts(capsys, "google-workspace")["name"] == "google"


def test_a_variable_of_the_connectors_own_is_named_and_its_value_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solo(tmp_path)
    file = tmp_path / "catalog/solo.py"
    file.write_text(
        file.read_text().replace(
            '"https://api.solo.example"', 'require_env(env, "SOLO_SERVER_URL", "solo")'
        )
    )
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    monkeypatch.setenv("SOLO_SERVER_URL", "https://canary.example")
    found = facts(capsys, "solo")
    assert found["variables"] == {
        "OAUTH_SOLO_CLIENT_ID": False,
        "OAUTH_SOLO_CLIENT_SECRET": False,
        "SOLO_SERVER_URL": True,
    }
    assert found["api_base_url"] == "https://solo-server-url.example"
    assert "canary" not in json.dumps(found)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("gooogle", 'there is no connector "gooogle" (did you mean google or google-ads?)'),
        ("Slack", 'there is no connector "Slack" (did you mean slack?)'),
        ("zzz", 'there is no connector "zzz" (gateway connectors list names them all)'),
    ],
)
def test_an_unknown_name_is_one_sentence_with_what_may_be_meant(
    capsys: pytest.CaptureFixture[str], typed: str, sentence: str
) -> None:
    assert main(["connectors", "show", typed]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"gateway: {sentence}\n")


def test_a_connector_that_cannot_be_loaded_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/broken.py").write_text("raise ValueError('canary')")
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    assert main(["connectors", "show", "broken"]) == 1
    assert capsys.readouterr().err == "gateway: broken: cannot be loaded (ValueError)\n"


def test_the_parts_of_a_header_are_one_line_each() -> None:
    quirks = "1. One,\n   and 2. is not the next.\n2. Two.\n\nA note\nof two lines.\n\n"
    header = read_header(f"Acme.\nDocs: https://acme.example\n\nQuirks:\n{quirks}Scopes: 1. none")
    assert header.links == (("Docs", "https://acme.example"),)
    assert header.quirks == ("One, and 2. is not the next.", "Two.")
    assert header.notes == ("A note of two lines.",)
    assert header.scopes == "1. none"
    assert read_header("Acme.\n\nQuirks:\n\nScopes:\n").quirks == ()


def test_the_header_keeps_facts_without_a_document_apart() -> None:
    docstring = (
        "Acme.\n\nQuirks: none.\n\nUnconfirmed: a,\nb.\n\nScopes: none exist.\n\nUnconfirmed: c."
    )
    header = read_header(docstring)
    assert (header.unconfirmed, header.notes) == (("a, b.", "c."), ("none.",))
    assert header.scopes == "none exist."
    assert header_problems("Quirks: none.\n\nUnconfirmed:\n\nScopes: none exist.", None) == [
        "its header says Unconfirmed: and not what"
    ]
    assert header_problems(docstring, None) == []
