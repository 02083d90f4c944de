"""``connectors new``: the files of a connector, all of them or none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors.catalog import Catalog
from gateway.commands.connectors.new import FILL_IN, CannotWrite, NewConnector, files_for, write_all
from gateway.testing.locate import find_contract, find_contracts
from tests.commands.connectors.conftest import RunConnectors
from tests.support.commands import ROOT, run_gateway

TODAY = date(2026, 11, 21)
ACME = NewConnector(
    name="acme-crm",
    display_name="Acme CRM",
    category="crm",
    docs_url="https://docs.acme.example/oauth",
    console_url="https://acme.example/apps",
    authorization_url="https://auth.acme.example/authorize",
    token_url="https://auth.acme.example/token",
    api_base_url="https://api.acme.example/v1",
    scopes="read, write",
)
OPTIONS = [
    text
    for name in (
        "display_name",
        "category",
        "docs_url",
        "console_url",
        "authorization_url",
        "token_url",
        "api_base_url",
        "scopes",
    )
    for text in (f"--{name.replace('_', '-')}", getattr(ACME, name))
]
CREDENTIALS = {"OAUTH_ACME_CRM_CLIENT_ID": "x", "OAUTH_ACME_CRM_CLIENT_SECRET": "y"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source tree, as far as connectors are concerned."""
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("connectors", "tests/connectors"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    for file in (".env.local.example", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` and its text, without Python's and ruff's caches."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & {*path.parts}
    }


def test_a_connector_is_written_into_the_source_tree(tree: Path) -> None:
    """A subprocess imports the written connector from the tree."""
    before = contents(tree)
    write_all(files_for(ACME, root=tree, folder=None, today=TODAY))
    after = contents(tree)
    assert after.keys() - before.keys() == {
        "connectors/catalog/acme_crm.py",
        "connectors/sandbox/acme_crm.py",
        "tests/connectors/test_acme_crm_provider.py",
    }
    assert [name for name in before if before[name] != after[name]] == []
    listed = run_gateway("connectors", "list", cwd=tree, env=CREDENTIALS)
    assert listed.returncode == 0
    (line,) = (each for each in listed.stdout.splitlines() if each.startswith("acme-crm"))
    assert line.split() == ["acme-crm", "Acme", "CRM", "package", "confirmed", "ready"]


def test_a_public_client_asks_for_no_secret(tree: Path) -> None:
    new = NewConnector(name="acme", console_url="https://acme.example/apps", auth="none")
    write_all(files_for(new, root=tree, folder=None, today=TODAY))
    assert "public=True" in (tree / "connectors/catalog/acme.py").read_text()


def test_a_connector_with_a_key_says_plainly_what_to_fill_in(
    tree: Path, tmp_path: Path, run_connectors: RunConnectors
) -> None:
    """Both sides and the contract load, the marks are left."""
    own = tmp_path / "own"
    url = "https://${connection_config.team}.acme.example/v1"
    given = ("--category", "crm", "--docs-url", ACME.docs_url, "--console-url", ACME.console_url)
    arguments = ("new", "acme", "--key", *given, "--api-base-url", url, "--folder", str(own))
    assert run_connectors(*arguments).returncode == 0
    config = Catalog({}, own).get("acme")
    assert (config.name, config.api_base_url) == ("acme", "https://${team}.acme.example/v1")
    assert config.key is not None
    assert [*config.key.inputs] == ["team", "key"]
    (contract,) = find_contracts("acme", own)
    assert contract.subject().name == "acme"
    done = run_connectors("check", "acme", folder=own)
    title, *problems = done.stdout.splitlines()
    assert (done.returncode, title) == (1, "acme cannot be checked yet:")
    assert [re.sub(r".*/|in lines.*", "", problem) for problem in problems] == [
        "acme.py says fill-in ",
        "acme.py says fill-in ",
        "test_acme_provider.py says fill-in ",
    ]


def test_a_key_goes_with_no_option_of_oauth(tmp_path: Path, run_connectors: RunConnectors) -> None:
    options = ("--key", "--no-refresh", "--token-url", "https://acme.example/token")
    done = run_connectors("new", "acme", *options, "--folder", str(tmp_path / "own"))
    said = "gateway: a connector with a key has no --no-refresh, --token-url\n"
    assert (done.returncode, done.stderr) == (2, said)
    assert os.listdir(tmp_path) == []


def test_a_connector_is_written_into_an_own_folder(
    tmp_path: Path, run_connectors: RunConnectors
) -> None:
    own = tmp_path / "my own"
    arguments = ("new", "acme-crm", *OPTIONS, "--auth", "header", "--body", "json")
    done = run_connectors(*arguments, "--no-refresh", "--folder", str(own))
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path).keys() == {
        "my own/catalog/acme-crm.py",
        "my own/sandbox/acme-crm.py",
        "my own/tests/test_acme_crm_provider.py",
    }
    for name in contents(tmp_path):
        assert f"wrote  {tmp_path / name}" in done.stdout.splitlines()
    command = f"GATEWAY_CONNECTORS_PATH='{own}' gateway connectors check acme-crm"
    assert command in done.stdout

    config = Catalog(CREDENTIALS, own).oauth("acme-crm")
    assert (config.name, config.client_id) == ("acme-crm", "x")
    for field in ("display_name", "category", "docs_url", "console_url", "authorization_url"):
        assert getattr(config, field) == getattr(ACME, field)
    assert (config.token_url, config.api_base_url) == (ACME.token_url, ACME.api_base_url)
    assert config.scopes == ("read", "write")
    assert (config.authorization_method, config.body_format) == ("header", "json")
    assert config.supports_refresh is False
    contract = find_contract("acme-crm", own)
    assert contract.folder == own
    assert contract.expectations().scopes == ("read", "write")


def test_everything_unknown_is_reported_by_the_check(
    tmp_path: Path, run_connectors: RunConnectors
) -> None:
    run_connectors("new", "acme", "--folder", str(tmp_path))
    done = run_connectors("check", "acme", folder=tmp_path)
    assert done.returncode == 1
    for field in ("docs_url", "console_url", "category", "authorization_url", "token_url"):
        assert f"  {field} is not " in done.stdout
    for field in ("token.client_auth", "token.body_format", "authorize.pkce", "grant.rotation"):
        assert f"  its sandbox file: {field} is not one of " in done.stdout
    for file in ("catalog/acme.py", "sandbox/acme.py", "tests/test_acme_provider.py"):
        lines = (tmp_path / file).read_text().splitlines()
        marked = [str(n) for n, line in enumerate(lines, 1) if FILL_IN in line]
        assert f"  {tmp_path / file} says fill-in in lines {', '.join(marked)}" in done.stdout


def test_values_that_people_type_become_inputs_to_fill_in(
    tmp_path: Path, run_connectors: RunConnectors
) -> None:
    urls = {
        "--authorization-url": "https://${connection_config.team}.acme.example/authorize",
        "--token-url": "https://${connection_config.team}.acme.example/token",
        "--api-base-url": "https://api.acme.example/v1/${connection_config.region_1}",
    }
    options = [*OPTIONS, *(text for option in urls.items() for text in option)]
    done = run_connectors("new", "acme-crm", *options, "--folder", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    config = Catalog(CREDENTIALS, tmp_path).oauth("acme-crm")
    assert [config.authorization_url, config.token_url, config.api_base_url] == [*urls.values()]
    assert [*config.connection_config] == ["team", "region_1"]
    team, region = config.connection_config.values()
    for part in (team, region):
        assert (part.title, part.description, part.example) == (FILL_IN,) * 3
        assert not re.fullmatch(part.pattern, "evil.com")
    assert (team.suffix, region.suffix) == (".acme.example", "")


@pytest.mark.parametrize(
    "new",
    [
        ACME,
        NewConnector(name="host", token_url="https://${connection_config.team}.acme.example/t"),
        replace(ACME, key=True),
        NewConnector(name="key", key=True, api_base_url="https://${connection_config.x}.a.example"),
        NewConnector(name="a" * 32, auth="secret_key", scopes=f"{'x' * 80}, {'y' * 80}"),
    ],
    ids=["complete", "with an input", "a key", "a key and an input", "long"],
)
def test_written_files_need_no_formatter_and_no_linter(tree: Path, new: NewConnector) -> None:
    inside = files_for(new, root=tree, folder=None, today=TODAY)
    outside = files_for(new, root=tree, folder=tree / "own", today=TODAY)
    write_all(inside)
    write_all(outside)
    python = [str(path) for path in inside if path.suffix == ".py"]
    for command, files in (("format --check", [*python, *map(str, outside)]), ("check", python)):
        ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", *files]
        done = subprocess.run(ruff, cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Acme"], 'name "Acme" is not kebab-case of at most 64 characters'),
        (["acme_crm"], 'name "acme_crm" is not kebab-case of at most 64 characters'),
        (["../acme"], 'name "../acme" is not kebab-case of at most 64 characters'),
        (["a" * 65], f'name "{"a" * 65}" is not kebab-case of at most 64 characters'),
        (["acme", "--token-url", "http://acme.example/t"], "token_url is not https"),
        (["acme", "--category", "toys"], "category is not one of productivity"),
        (["acme", "--auth", "magic"], "authorization_method is not one of body"),
        (["acme", "--scopes", "a,a"], "scopes has duplicates"),
        (["acme", "--scopes", ","], "scopes is empty"),
        (["acme", "--display-name", 'A"""'], "display_name holds a quote"),
        (["acme", "--docs-url", "https://a.example/\n"], "docs_url holds a quote"),
        (["acme", "--docs-url", "https://a.example/${connection_config.x}"], "docs_url holds a"),
        (["acme", "--token-url", "https://${x}.a.example/"], "token_url holds a quote"),
        (
            ["acme", "--token-url", "https://${connection_config.x}/"],
            "token_url has a placeholder without a domain",
        ),
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(
    tmp_path: Path, run_connectors: RunConnectors, arguments: list[str], said: str
) -> None:
    done = run_connectors("new", *arguments, "--folder", str(tmp_path / "own"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"gateway: {said}")
    assert os.listdir(tmp_path) == []


def test_a_name_that_is_taken_is_refused(tmp_path: Path, run_connectors: RunConnectors) -> None:
    done = run_connectors("new", "notion", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "gateway: there is a connector notion already; gateway connectors check"
    )
    assert os.listdir(tmp_path) == []
    assert run_connectors("new", "acme", "--folder", str(tmp_path)).returncode == 0
    before = contents(tmp_path)
    done = run_connectors("new", "acme", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "gateway: there is a connector acme already; gateway connectors check"
    )
    assert contents(tmp_path) == before


def test_a_file_in_the_way_is_not_overwritten(tree: Path) -> None:
    (tree / "connectors/sandbox/acme_crm.py").write_text("mine = True\n")
    with pytest.raises(CannotWrite, match=r"acme_crm\.py exists already"):
        files_for(ACME, root=tree, folder=None, today=TODAY)


def test_a_missing_source_tree_is_reported_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="with --folder to a folder of your own"):
        files_for(ACME, root=tmp_path, folder=None, today=TODAY)


def test_a_file_that_cannot_be_written_undoes_the_others(tree: Path) -> None:
    files = files_for(ACME, root=tree, folder=None, today=TODAY)
    before = contents(tree)
    in_the_way = tree / "in-the-way"
    in_the_way.write_text("")
    files |= {tree / "new folder" / "file.py": "", in_the_way / "file.py": ""}
    with pytest.raises(CannotWrite, match="nothing was written"):
        write_all(files)
    in_the_way.unlink()
    assert contents(tree) == before
    assert not (tree / "new folder").exists()
