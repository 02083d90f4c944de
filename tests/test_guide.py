"""The guide to adding a connector cannot be wrong: its examples are taken out of it and run."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import pytest

from connectors import context, errors, sandbox
from connectors.account import AccountInfo, AccountLookup, account_lookup, as_text, dig
from connectors.config import ConnectionInput, ConnectorConfig, ErrorInSuccess, Revocation
from connectors.secret import Secret
from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.expectations import FIELDS
from gateway.testing.locate import find_contract
from gateway.testing.runner import workshop
from gateway.testing.subject import Subject

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "adding-a-connector.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FILES = {
    block.split("\n", 1)[0].removeprefix("# "): block
    for block in BLOCKS
    if re.match(r"# [a-z]+/[a-z_]+\.py\n", block)
}
SNIPPETS = [block for block in BLOCKS if block not in FILES.values()]
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


PROVIDER_ABOUT = {
    "name": "acme",
    "display_name": "Acme",
    "client_id": "acme-id",
    "client_secret": "acme-secret",
    "accounts": (sandbox.FictionalAccount(key="ana", label="Ana", facts={"id": 1}),),
    "grant": sandbox.GrantRules(
        access_token_prefix="at-",
        refresh_token_prefix="rt-",
        expires=lambda params: 3600,
        offline=lambda params, consented_before: True,
        rotation="strict",
    ),
    "token_answer": lambda issued: {"access_token": issued.access_token},
}


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the guide has no section {title}"
    return found[1]


def first_column(title: str) -> list[str]:
    """What stands in backticks in the first column of a section's tables."""
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
        "AccountInfo": AccountInfo,
        "account_lookup": account_lookup,
        "as_text": as_text,
        "dig": dig,
        "ConnectorConfig": ConnectorConfig,
        "ConnectionInput": ConnectionInput,
        "ErrorInSuccess": ErrorInSuccess,
        "Revocation": Revocation,
        "ConnectionContext": context.ConnectionContext,
        "CallbackContext": context.CallbackContext,
        "PostConnectionContext": context.PostConnectionContext,
        "AccountUnfit": errors.AccountUnfit,
        "AccountUnreadable": errors.AccountUnreadable,
        "CallbackRefused": errors.CallbackRefused,
        **vars(sandbox),
    }
    if "SimulatedProvider(" in snippet:
        given["about"] = PROVIDER_ABOUT
    names = dict(given)
    exec(compile(snippet, str(GUIDE), "exec"), names)  # noqa: S102 - the guide's own code
    return {name: value for name, value in names.items() if name not in {*given, "__builtins__"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's complete example, in a folder of its own."""
    place = tmp_path_factory.mktemp("acme")
    for name, source in FILES.items():
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def subject(folder: Path) -> Subject:
    """Acme with everything that its contract expects."""
    return find_contract("acme", folder).subject()


def test_the_example_has_its_three_files() -> None:
    assert [*FILES] == ["catalog/acme.py", "sandbox/acme.py", "tests/test_acme_provider.py"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_example_keeps_its_contract(check: Check, subject: Subject) -> None:
    assert subject.expectations.gaps == {}
    assert workshop().failure(check, subject) is None


def test_the_contract_notices_when_the_example_is_changed(subject: Subject) -> None:
    """Each quirk of the example is needed: without its field, a check fails."""
    changes: list[dict[str, Any]] = [
        {"scopes_not_echoed": frozenset()},
        {"extra_authorize_params": {}},
        {"error_codes": {}},
        {"api_headers": {"Authorization": "Bearer ${access_token}"}},
        {"fetch_account_info": replace(_lookup(subject.config), id=("workspace.id",))},
    ]
    for changed in changes:
        mutated = replace(subject, config=replace(subject.config, **changed))
        assert any(workshop().failure(check, mutated) is not None for check in CHECKS), changed


def _lookup(config: ConnectorConfig) -> AccountLookup:
    assert isinstance(config.fetch_account_info, AccountLookup)
    return config.fetch_account_info


def test_the_command_that_the_guide_names_says_so_too(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "connectors", "check", "acme", "--json"],
        cwd=ROOT,
        env={**os.environ, "GATEWAY_CONNECTORS_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["holds"] is True


def options(*command: str) -> set[str]:
    """The options that a command says it has."""
    done = subprocess.run(
        [sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {*re.findall(r"--[a-z-]+", done.stdout)} - {"--help"}


@pytest.mark.parametrize(
    ("title", "commands"),
    [
        (
            "The quickest way",
            [("-m", "gateway", "connectors", "new"), ("-m", "gateway", "connectors", "list")],
        ),
        ("The validator", [("scripts/validate_connectors.py",)]),
    ],
)
def test_the_guide_names_every_option_and_no_other(
    title: str, commands: list[tuple[str, ...]]
) -> None:
    named = {*re.findall(r"--[a-z-]+", section(title))}
    assert named == set().union(*(options(*command) for command in commands))


def test_every_archetype_is_a_valid_description() -> None:
    text = section("Archetypes")
    found = [run(snippet) for snippet in SNIPPETS if snippet in text]
    assert len(found) == 7
    assert all(isinstance(names["config"], ConnectorConfig) for names in found)


def test_every_other_snippet_defines_what_its_text_says() -> None:
    text = section("Archetypes")
    defined = [run(snippet) for snippet in SNIPPETS if snippet not in text]
    assert [[*names] for names in defined] == [
        ["lookup"],
        ["fetch_account_info"],
        ["verify_callback"],
        ["post_connection"],
        ["me", "provider"],
    ]
    lookup, fetch, verify, hook = (next(iter(names.values())) for names in defined[:4])
    assert lookup.problems() == []
    assert inspect.iscoroutinefunction(fetch)
    assert callable(verify)
    assert inspect.iscoroutinefunction(hook)


def test_both_halves_of_a_host_for_every_tenant_fit_together() -> None:
    archetypes = [run(snippet) for snippet in SNIPPETS if snippet in section("Archetypes")]
    (config,) = (n["config"] for n in archetypes if "team}.acme" in n["config"].token_url)
    provider = run(SNIPPETS[-1])["provider"]
    template = re.compile(r"\$\{connection_config\.team\}")
    urls = (config.authorization_url, config.token_url, config.fetch_account_info.url)
    expected = [template.sub("{tenant}", url).removeprefix("https://") for url in urls]
    assert [address for _, address in provider.addresses()] == expected
    assert provider.api_hosts == {template.sub("{tenant}", urlsplit(config.api_base_url).netloc)}


def test_every_reason_of_a_refusal_is_explained() -> None:
    found = first_column("Which reason comes where")
    assert sorted(found) == sorted({"reason", *get_args(sandbox.Reason)})


def test_every_rotation_is_explained_with_what_the_catalog_says() -> None:
    hint = get_type_hints(sandbox.GrantRules)["rotation"]
    found = first_column("What a refresh does to its token")
    assert sorted(found) == sorted({"rotation", *get_args(hint)})


@pytest.mark.parametrize(
    "kind",
    [
        ConnectionInput,
        Revocation,
        ErrorInSuccess,
        sandbox.SimulatedProvider,
        sandbox.FictionalAccount,
        sandbox.AuthorizeRules,
        sandbox.TokenRules,
        sandbox.GrantRules,
        sandbox.RevokeRules,
        sandbox.IntrospectRules,
        sandbox.ApiRules,
        sandbox.IssuedTokens,
        sandbox.ApiCall,
        sandbox.RefusedRequest,
    ],
)
def test_every_field_of_a_type_is_explained_under_its_name(kind: type[Any]) -> None:
    assert sorted(first_column(kind.__name__)) == sorted(field.name for field in fields(kind))


def test_every_attribute_of_a_contract_is_explained() -> None:
    assert sorted(first_column("The contract")) == sorted(FIELDS)


def test_every_argument_of_the_account_lookup_is_explained() -> None:
    arguments = inspect.signature(account_lookup).parameters
    assert sorted(first_column("The account")) == sorted(arguments)
