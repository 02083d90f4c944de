"""``connectors new``: the files of a connector, all of them or none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.__main__ import main
from gateway.commands.connectors.description import FILL_IN, Description
from gateway.commands.connectors.writing import CannotWrite, files_for, write_all
from gateway.sandbox.server import load_providers
from gateway.testing.contract import ConnectorContract
from gateway.testing.locate import find_contract
from gateway.testing.subject import ContractViolation
from tests.support.commands import ROOT, run_gateway

TODAY = date(2026, 11, 21)
COMPLETE = Description(
    name="acme-crm",
    display_name="Acme CRM",
    category="crm",
    docs_url="https://docs.acme.example/oauth",
    console_url="https://acme.example/apps",
    authorization_url="https://auth.acme.example/authorize",
    token_url="https://auth.acme.example/token",
    api_base_url="https://api.acme.example/v1",
    scopes=("read", "write"),
)
OPTIONS = (
    "--display-name",
    "Acme CRM",
    "--category",
    "crm",
    "--docs-url",
    COMPLETE.docs_url,
    "--console-url",
    COMPLETE.console_url,
    "--authorization-url",
    COMPLETE.authorization_url,
    "--token-url",
    COMPLETE.token_url,
    "--api-base-url",
    COMPLETE.api_base_url,
    "--scopes",
    "read, write",
)
CREDENTIALS = {"OAUTH_ACME_CRM_CLIENT_ID": "x", "OAUTH_ACME_CRM_CLIENT_SECRET": "y"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source tree, as far as connectors are concerned."""
    for folder in ("connectors", "tests/connectors"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in (".env.local.example", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` and its text; what Python caches is not counted."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def added_lines(before: str, after: str) -> list[str]:
    """The lines that ``after`` has more; everything else must be where it was."""
    old, new = before.splitlines(), after.splitlines()
    start = next(n for n, line in enumerate(new) if old[n : n + 1] != [line])
    count = len(new) - len(old)
    assert old == new[:start] + new[start + count :]
    return new[start : start + count]


def test_it_writes_a_connector_into_the_source_tree(tree: Path) -> None:
    before = contents(tree)
    done = run_gateway("connectors", "new", "acme-crm", *OPTIONS, cwd=tree)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == [
        "  python -m gateway connectors check acme-crm",
        "How to go on: docs/adding-a-connector.md",
    ]
    after = contents(tree)
    assert after.keys() - before.keys() == {
        "connectors/catalog/acme_crm.py",
        "connectors/sandbox/acme_crm.py",
        "tests/connectors/test_acme_crm_provider.py",
    }
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"connectors/catalog/__init__.py", ".env.local.example"}
    for name in changed | (after.keys() - before.keys()):
        assert str(tree / name) in done.stdout

    # It is there, and everything that is still to be done is named.
    listed = run_gateway("connectors", "list", cwd=tree, env=CREDENTIALS).stdout.splitlines()
    assert listed[1].split() == ["acme-crm", "Acme", "CRM", "package", "ready"]
    checked = run_gateway("connectors", "check", "acme-crm", cwd=tree)
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[:7] == [
        "acme-crm cannot be checked yet:",
        "  TestAcmeCrm does not give people, probe, token_sample, account_samples, error_samples",
        "  its header lists no quirk (1., 2., … or: none)",
        '  its header does not justify the scope "read"',
        '  its header does not justify the scope "write"',
        "  its sandbox file: accounts is empty: nobody could connect",
        "  its sandbox file: api is empty: a token would open nothing",
    ]
    for line, folder in zip(checked.stdout.splitlines()[7:], ("catalog", "sandbox"), strict=False):
        file = tree / "connectors" / folder / "acme_crm.py"
        marked = [n for n, t in enumerate(file.read_text().splitlines(), 1) if FILL_IN in t]
        lines = f"line{'s' * (len(marked) > 1)} {', '.join(map(str, marked))}"
        assert line == f"  {file} says fill-in in {lines}"


@pytest.mark.parametrize("name", ["aaa", "hub", "zzz", "google-ads", "slackb", "3d"])
def test_its_lines_are_in_alphabetical_order(tree: Path, name: str) -> None:
    catalog, example = tree / "connectors/catalog/__init__.py", tree / ".env.local.example"
    before = (catalog.read_text(), example.read_text())
    new = Description(name=name, console_url="https://acme.example/apps")
    write_all(files_for(new, root=tree, folder=None, today=TODAY))
    stem = name.replace("-", "_")

    assert added_lines(before[0], catalog.read_text()) == [
        f'    "{name}": "connectors.catalog.{stem}",'
    ]
    names = re.findall(r'^    "([a-z0-9-]+)": ', catalog.read_text(), re.MULTILINE)
    assert name in names
    assert names == sorted(names)

    lines = added_lines(before[1], example.read_text())
    assert sorted(lines) == sorted(
        [
            "",
            "# https://acme.example/apps",
            f"OAUTH_{stem.upper()}_CLIENT_ID=",
            f"OAUTH_{stem.upper()}_CLIENT_SECRET=",
        ]
    )
    blocks = re.findall(
        r"\n\n# https://\S+\nOAUTH_(\w+)_CLIENT_ID=\nOAUTH_\1_CLIENT_SECRET=(?=\n\n)",
        example.read_text(),
    )
    written = [block.lower().replace("_", "-") for block in blocks]
    assert name in written
    assert written == sorted(written)


def test_it_writes_a_connector_into_a_folder_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "my own"
    arguments = ("new", "acme-crm", *OPTIONS, "--auth", "header", "--body", "json")
    done = run_gateway("connectors", *arguments, "--no-refresh", "--folder", str(own), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path).keys() == {
        "my own/catalog/acme-crm.py",
        "my own/sandbox/acme-crm.py",
        "my own/tests/test_acme_crm_provider.py",
    }
    assert (
        f"GATEWAY_CONNECTORS_PATH='{own}' python -m gateway connectors check acme-crm"
        in done.stdout
    )

    catalog = Catalog(CREDENTIALS, own)
    config = catalog.get("acme-crm")
    assert (config.display_name, config.category) == ("Acme CRM", "crm")
    assert (config.authorization_url, config.token_url) == (
        COMPLETE.authorization_url,
        COMPLETE.token_url,
    )
    assert config.scopes == ("read", "write")
    assert (config.authorization_method, config.body_format) == ("header", "json")
    assert config.supports_refresh is False
    with pytest.raises(ConfigError) as caught:
        catalog.sandbox_module("acme-crm")
    assert caught.value.problems == (
        "accounts is empty: nobody could connect",
        "api is empty: a token would open nothing",
    )
    sandbox = own / "sandbox" / "acme-crm.py"
    sandbox.write_text(
        sandbox.read_text()
        .replace("accounts=(),", 'accounts=(FictionalAccount(key="a", label="A", facts={}),),')
        .replace("api=(),", 'api=(ApiRules(address="api.acme.example/me", answer=dict),),')
        .replace("api_hosts=frozenset(),", 'api_hosts=frozenset({"api.acme.example"}),')
        .replace("    AuthorizeRules,", "    ApiRules, AuthorizeRules, FictionalAccount,")
    )
    (provider,) = (p for p in load_providers(Catalog({}, own)) if p.name == "acme-crm")
    assert (provider.token.client_auth, provider.token.body_format) == ("basic", "json")
    assert provider.token.refresh_params == frozenset()
    contract: type[ConnectorContract] = find_contract("acme-crm", own)
    assert contract.folder == own
    with pytest.raises(ContractViolation, match="does not give people, probe, token_sample"):
        contract.expectations()


def test_what_was_not_said_is_named_when_it_is_loaded(tmp_path: Path) -> None:
    write_all(files_for(Description(name="acme"), root=ROOT, folder=tmp_path, today=TODAY))
    env = {name.replace("_CRM", ""): value for name, value in CREDENTIALS.items()}
    said = Catalog(env, tmp_path).hidden()["acme"]
    for field in (
        "docs_url",
        "console_url",
        "category",
        "authorization_url",
        "token_url",
        "api_base_url",
    ):
        assert f"{field} is not " in said


LONG_SCOPES = tuple(f"https://auth.acme.example/scopes/number-{n}" for n in range(4))


@pytest.mark.parametrize(
    "new",
    [
        COMPLETE,
        Description(name="host", token_url="https://${connection_config.team}.acme.example/t"),
        Description(name="x"),
        Description(name="a-name-of-some-thirty-characters", refresh=False, auth="header"),
        Description(name="a-name-of-some-forty-characters-and-a-few"),
        Description(name="a" * 64, auth="secret_key", scopes=LONG_SCOPES, body="json"),
        Description(name="acme", scopes=(f"https://acme.example/{'x' * 80}",)),
    ],
    ids=lambda new: new.name[:32],
)
def test_what_it_writes_needs_no_formatter_and_no_linter(tree: Path, new: Description) -> None:
    inside = files_for(new, root=tree, folder=None, today=TODAY)
    outside = files_for(new, root=tree, folder=tree / "own", today=TODAY)
    write_all(inside)
    write_all(outside)
    for command, files in (
        (["format", "--check"], inside),
        (["format", "--check"], outside),
        (["check"], inside),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"]
            + [str(path) for path in files if path.suffix == ".py"],
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
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
        (["acme", "--auth", "none"], "authorization_method is not one of body"),
        (["acme", "--scopes", "a,a"], "scopes has duplicates"),
        (["acme", "--scopes", ","], "scopes is empty"),
        (["acme", "--display-name", 'A"""'], "display_name holds a quote"),
        (["acme", "--docs-url", "https://a.example/\n"], "docs_url holds a quote"),
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["connectors", "new", *arguments, "--folder", str(tmp_path / "own")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"gateway: {said}")
    assert os.listdir(tmp_path) == []


def test_a_name_that_is_taken_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["connectors", "new", "acme", "--folder", str(tmp_path)]
    assert main(["connectors", "new", "notion", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "gateway: there is a connector notion already\n"
    assert os.listdir(tmp_path) == []
    assert main(command) == 0
    before = contents(tmp_path)
    capsys.readouterr()
    assert main(command) == 1
    assert capsys.readouterr().err == "gateway: there is a connector acme already\n"
    assert contents(tmp_path) == before


def test_a_file_in_the_way_is_not_overwritten(tree: Path) -> None:
    mine = tree / "connectors/sandbox/acme_crm.py"
    mine.write_text("mine = True\n")
    with pytest.raises(CannotWrite, match=r"acme_crm\.py exists already"):
        files_for(COMPLETE, root=tree, folder=None, today=TODAY)


def test_where_there_is_no_source_tree_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="with --folder to a folder of your own"):
        files_for(COMPLETE, root=tmp_path, folder=None, today=TODAY)


def test_when_one_file_cannot_be_written_the_others_are_taken_back(tree: Path) -> None:
    files = files_for(COMPLETE, root=tree, folder=None, today=TODAY)
    before = contents(tree)
    in_the_way = tree / "in-the-way"
    in_the_way.write_text("")
    files |= {tree / "new folder" / "file.py": "", in_the_way / "file.py": ""}
    with pytest.raises(CannotWrite, match="nothing was written"):
        write_all(files)
    in_the_way.unlink()
    assert contents(tree) == before
    assert not (tree / "new folder").exists()
