"""The tutorial and the reference for connectors: their examples run, their tables are complete."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import pytest

import connectors
from connectors import ConnectorConfig, Secret, account_lookup, provider, rfc6749, sandbox
from connectors.config_types import ErrorInSuccess, Revocation
from connectors.inputs import ConnectionInput
from gateway.__main__ import main
from gateway.testing.expectations import Expectations, KeyExpectations, fields_of
from gateway.testing.mutants.__main__ import main as mutants

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "adding-a-connector.md").read_text("utf-8")
TEXT = (ROOT / "docs" / "connector-reference.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(block.removeprefix("# ").split("\n", 1) for block in BLOCK.findall(GUIDE))
SNIPPETS = BLOCK.findall(TEXT)
BROOK = ROOT / "tests" / "invented" / "brook"
LINES = 100  # the price of a plain provider
ABOUT = {
    "name": "acme",
    "display_name": "Acme",
    "category": "other",
    "docs_url": "https://docs.acme.example/oauth",
    "console_url": "https://acme.example/settings/apps",
    "checked_on": date(2026, 11, 21),
    "client_id": "acme-id",
    "client_secret": Secret("acme-secret"),
    "supports_refresh": True,
    "supports_multiple_accounts": True,
}


def section(title: str, text: str = TEXT) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no section {title}"
    return found[1]


def first_column(title: str) -> list[str]:
    """The names in backticks in the first column of a section's tables."""
    rows = re.findall(r"^\| *(`.+?) *\|", section(title), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([a-z_]+)`", row)]


def run(snippet: str) -> dict[str, Any]:
    """The names that a snippet defines."""
    given: dict[str, Any] = {
        "about": ABOUT,
        "Any": Any,
        "Mapping": Mapping,
        "hashlib": hashlib,
        "hmac": hmac,
        **{name: getattr(connectors, name) for name in connectors.__all__},
        **{name: getattr(sandbox, name) for name in sandbox.__all__},
    }
    names = dict(given)
    exec(compile(snippet, "connector-reference.md", "exec"), names)  # noqa: S102 - the reference's code
    return {name: value for name, value in names.items() if name not in {*given, "__builtins__"}}


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """The tutorial's example, in a folder."""
    for name, source in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path


def check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str
) -> Any:
    """What ``connectors check`` of a folder's connector reports."""
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(folder))
    (name,) = (path.stem for path in (folder / "catalog").glob("*.py"))
    code = main(["connectors", "check", name, "--json", *options])
    report = json.loads(capsys.readouterr().out)
    assert code == (0 if report["holds"] else 1)
    return report


def test_the_tutorial_is_short_and_its_example_has_three_files() -> None:
    assert len(GUIDE.splitlines()) <= 200
    assert [*FILES] == ["catalog/acme.py", "sandbox/acme.py", "tests/test_acme_provider.py"]


@pytest.mark.parametrize(
    "sources",
    [[*FILES.values()], [path.read_text() for path in BROOK.glob("*/*.py")]],
    ids=["acme", "brook"],
)
def test_an_invented_plain_provider_costs_at_most_100_lines(sources: list[str]) -> None:
    assert len(sources) == 3
    assert sum(len(source.splitlines()) for source in sources) <= LINES


def test_the_example_keeps_its_contract_once_it_is_recorded(
    acme: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(capsys, monkeypatch, acme, "--record")
    assert [row for row in report["checks"] if row["outcome"] != "ok"] == []
    assert (acme / "tests/wire/acme.json").is_file()


def test_a_connector_written_from_the_tutorial_alone_keeps_its_contract(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(capsys, monkeypatch, BROOK)
    assert [row for row in report["checks"] if row["outcome"] != "ok"] == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["acme", "brook"])
def test_no_mutant_of_an_invented_connector_survives(
    name: str, acme: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = BROOK
    if name == "acme":
        check(capsys, monkeypatch, acme, "--record")
        folder = acme
    assert mutants(["--connector", name, "--folder", str(folder)]) == 0
    assert capsys.readouterr().out.endswith("; 0 survived\n")


def options(capsys: pytest.CaptureFixture[str], run: Any, *command: str) -> set[str]:
    """The options that a command says it has."""
    with pytest.raises(SystemExit):
        run([*command, "--help"])
    return {*re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out)} - {"--help"}


def test_every_option_is_named_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    def named(title: str, text: str = TEXT) -> set[str]:
        return {*re.findall(r"--[a-z][a-z-]+", section(title, text))}

    assert named("1. Begin", GUIDE) == options(capsys, main, "connectors", "new")
    import validate_connectors

    assert named("The validator") == options(capsys, validate_connectors.main)


def test_every_archetype_is_a_valid_description() -> None:
    text = section("Archetypes")
    found = [run(snippet) for snippet in SNIPPETS if snippet in text]
    assert len(found) == 7
    assert all(isinstance(names["config"], ConnectorConfig) for names in found)


def test_every_other_snippet_defines_what_its_text_says() -> None:
    text = section("Archetypes")
    defined = [run(snippet) for snippet in SNIPPETS if snippet not in text]
    assert [[*names] for names in defined] == [
        ["key"],
        ["lookup"],
        ["fetch_account_info"],
        ["verify_callback"],
        ["refresh_tokens"],
        ["post_connection"],
        ["me", "provider"],
    ]
    _, lookup, fetch, verify, step, hook = (next(iter(names.values())) for names in defined[:6])
    assert lookup.problems() == []
    assert inspect.iscoroutinefunction(fetch)
    assert callable(verify)
    assert inspect.iscoroutinefunction(step)
    assert inspect.iscoroutinefunction(hook)


def test_both_halves_of_a_host_for_every_tenant_fit_together() -> None:
    archetypes = [run(snippet) for snippet in SNIPPETS if snippet in section("Archetypes")]
    (config,) = (n["config"] for n in archetypes if "team}.acme" in n["config"].token_url)
    simulated = run(SNIPPETS[-1])["provider"]
    template = re.compile(r"\$\{connection_config\.team\}")
    urls = (config.authorization_url, config.token_url, config.fetch_account_info.url)
    expected = [template.sub("{tenant}", url).removeprefix("https://") for url in urls]
    assert [address for _, address in simulated.addresses()] == expected
    assert simulated.api_hosts == {template.sub("{tenant}", urlsplit(config.api_base_url).netloc)}


def test_every_reason_of_a_refusal_is_explained() -> None:
    found = first_column("Which reason comes where")
    assert sorted(found) == sorted({"reason", *get_args(provider.Reason)})


def test_every_rotation_is_explained_with_what_the_catalog_says() -> None:
    hint = get_type_hints(provider.GrantRules)["rotation"]
    found = first_column("What a refresh does to its token")
    assert sorted(found) == sorted({"rotation", *get_args(hint)})


@pytest.mark.parametrize(
    "kind",
    [
        ConnectionInput,
        Revocation,
        ErrorInSuccess,
        provider.SimulatedProvider,
        provider.FictionalAccount,
        provider.AuthorizeRules,
        provider.TokenRules,
        provider.GrantRules,
        provider.RevokeRules,
        provider.IntrospectRules,
        provider.ApiRules,
        provider.IssuedTokens,
        provider.ApiCall,
        provider.RefusedRequest,
    ],
)
def test_every_field_of_a_type_is_explained_under_its_name(kind: type[Any]) -> None:
    assert sorted(first_column(kind.__name__)) == sorted(field.name for field in fields(kind))


def test_every_attribute_of_a_contract_is_explained() -> None:
    assert sorted(first_column("The contract")) == sorted(fields_of(Expectations))


def test_every_attribute_of_a_contract_for_keys_is_explained() -> None:
    assert sorted(first_column("The contract of a key")) == sorted(fields_of(KeyExpectations))


def test_every_argument_of_the_account_lookup_is_explained() -> None:
    arguments = inspect.signature(account_lookup).parameters
    assert sorted(first_column("The account")) == sorted(arguments)


def test_every_argument_of_rfc6749_is_explained() -> None:
    arguments = inspect.signature(rfc6749.rfc6749).parameters
    assert sorted(first_column("rfc6749")) == sorted(arguments)
