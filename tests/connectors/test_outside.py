"""Connectors from outside this package: a folder (GATEWAY_CONNECTORS_PATH) and entry points."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.environment import app_variables
from connectors.errors import ConfigError, UnknownConnector
from tests.support.configs import CATALOG_ENV

ENV = CATALOG_ENV | app_variables("acme", "acme-id", "acme-secret")

ALL = sorted(["acme", *CONNECTOR_CATALOG])

ACME = """
from datetime import date

from connectors import ConnectorConfig, account_lookup, app


def create_config(env):
    return ConnectorConfig(
        **app("acme", env), display_name="Acme", category="other", alias="acme-crm",
        docs_url="https://docs.example.com", console_url="https://console.example.com",
        checked_on=date(2026, 11, 1),
        authorization_url="https://auth.example.com/authorize",
        token_url="https://auth.example.com/token", scopes=("read",),
        supports_refresh=True, supports_multiple_accounts=True,
        fetch_account_info=account_lookup(id="id", label="name"),
        api_base_url="https://api.example.com",
    )
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder laid out like ``connectors/``, with the connector ``acme``."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/acme.py").write_text(ACME)
    return tmp_path


def install(folder: Path, name: str, entry_points: str, modules: dict[str, str]) -> None:
    """Lay down a distribution as an installer does."""
    metadata = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[gateway.connectors]\n{entry_points}\n")
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source)
        sys.modules.pop(module, None)


@pytest.mark.parametrize(
    ("alias", "other", "hidden"),
    [("twitter", "x", {"acme", "x"}), ("notion", "notion", {"acme"}), ("acme", "acme", {"acme"})],
)
def test_alias_that_names_another_connector_is_an_error_of_both(
    folder: Path, alias: str, other: str, hidden: set[str]
) -> None:
    """A silent winner would hand out the tokens of the wrong provider."""
    (folder / "catalog/acme.py").write_text(ACME.replace("acme-crm", alias))
    found = Catalog(ENV, folder).hidden()
    assert found.keys() == hidden
    assert found["acme"] == f'acme: its alias "{alias}" also names {other}'
    with pytest.raises(ConfigError, match=f'acme: its alias "{alias}" also names'):
        Catalog(ENV, folder).oauth("acme")


def test_first_of_several_rivals_is_named(folder: Path) -> None:
    """The message is the same in every process, whatever the order of a set."""
    rivals, env = ("acme", "beta", "crm", "delta"), dict(ENV)
    for name in rivals:
        env |= app_variables(name, "id", "secret")
        source = ACME.replace("acme-crm", "shared").replace('"acme"', f'"{name}"')
        (folder / f"catalog/{name}.py").write_text(source)
    found = Catalog(env, folder).hidden()
    assert [found[name].rpartition(" ")[2] for name in rivals] == ["beta", "acme", "acme", "acme"]


def test_a_folders_connector_stands_among_the_others(folder: Path) -> None:
    catalog = Catalog(ENV, folder)
    assert catalog.names() == tuple(ALL)
    assert [config.name for config in catalog.ready()] == ALL
    assert catalog.oauth("acme").client_id == "acme-id"
    assert catalog.oauth("acme-crm") is catalog.oauth("acme")


def test_without_the_folder_nothing_of_it_is_known(folder: Path) -> None:
    Catalog(ENV, folder).oauth("acme")
    with pytest.raises(UnknownConnector):
        Catalog(ENV).oauth("acme")


@pytest.mark.requirement("J1")
def test_a_broken_file_hides_itself_and_nothing_else(folder: Path) -> None:
    """Rule 7, and J1: what the file said is not repeated, it may be a secret."""
    (folder / "catalog/bad-luck.py").write_text("raise ValueError('canary-secret')")
    catalog = Catalog(ENV, folder)
    assert [config.name for config in catalog.ready()] == ALL
    assert catalog.hidden() == {"bad-luck": "bad-luck: cannot be loaded (ValueError)"}


def test_a_syntax_error_is_reported_with_its_line(folder: Path) -> None:
    (folder / "catalog/typo.py").write_text("x = 1\n\ndef create_config(env)\n    pass\n")
    catalog = Catalog(ENV, folder)
    assert [config.name for config in catalog.ready()] == ALL
    assert catalog.hidden() == {
        "typo": "typo: cannot be loaded (SyntaxError in line 3: expected ':')"
    }


def test_a_file_of_bytes_that_are_no_text_hides_itself(folder: Path) -> None:
    (folder / "catalog/binary.py").write_bytes(b"\xff\xfe\x00")
    catalog = Catalog(ENV, folder)
    assert "acme" in [config.name for config in catalog.ready()]
    assert list(catalog.hidden()) == ["binary"]


def test_a_file_with_the_name_of_a_connector_is_refused(folder: Path) -> None:
    """A silent winner would send people's tokens through the wrong file."""
    (folder / "catalog/notion.py").write_text(ACME)
    with pytest.raises(ConfigError) as caught:
        Catalog(ENV, folder)
    assert str(caught.value) == (
        f'the connector "notion" is defined twice; the second is {folder}/catalog/notion.py'
    )


@pytest.mark.parametrize("name", ["acme_crm", "Acme", "-x", "ac.me"])
def test_a_file_whose_name_is_not_kebab_case_is_refused(folder: Path, name: str) -> None:
    (folder / f"catalog/{name}.py").write_text(ACME)
    with pytest.raises(ConfigError, match=f'the connector name "{name}" is not kebab-case'):
        Catalog(ENV, folder)


def test_a_package_file_and_other_files_are_not_connectors(folder: Path) -> None:
    (folder / "catalog/__init__.py").write_text("")
    (folder / "catalog/README.md").write_text("Ours.")
    assert Catalog(ENV, folder).names() == tuple(ALL)


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"GATEWAY_CONNECTORS_PATH: .* has no folder catalog/"):
        Catalog(ENV, tmp_path)
    with pytest.raises(ConfigError, match="GATEWAY_CONNECTORS_PATH"):
        Catalog(ENV, tmp_path / "missing")


def test_a_folders_file_never_shadows_an_installed_module(folder: Path) -> None:
    (folder / "catalog/json.py").write_text(ACME.replace('"acme"', '"json"'))
    standard = sys.modules["json"]
    assert Catalog(app_variables("json", "x", "x"), folder).get("json").name == "json"
    assert sys.modules["json"] is standard


def test_a_folders_sandbox_is_the_one_beside_its_connector(folder: Path) -> None:
    catalog = Catalog(ENV, folder)
    with pytest.raises(UnknownConnector, match=r"there is no file sandbox/acme\.py"):
        catalog.sandbox_module("acme")
    (folder / "sandbox").mkdir()
    (folder / "sandbox/acme.py").write_text("PROVIDER = 'simulated acme'")
    assert catalog.sandbox_module("acme").PROVIDER == "simulated acme"
    assert catalog.sandbox_module("notion").__name__ == "connectors.sandbox.notion"


def test_an_installed_distribution_adds_a_connector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "acme-for-gateway", "acme = acme_for_gateway", {"acme_for_gateway": ACME})
    monkeypatch.syspath_prepend(tmp_path)
    catalog = Catalog(ENV)
    assert catalog.names() == tuple(ALL)
    assert "acme_for_gateway" not in sys.modules  # found without being imported
    assert catalog.oauth("acme").client_id == "acme-id"


def test_a_broken_distribution_hides_itself_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        tmp_path,
        "mixed-connectors",
        "acme = mixed_acme\nbad-luck = mixed_bad\ngone = mixed_gone",
        {"mixed_acme": ACME, "mixed_bad": "raise OSError('canary-secret')"},
    )
    monkeypatch.syspath_prepend(tmp_path)
    catalog = Catalog(ENV)
    assert [config.name for config in catalog.ready()] == ALL
    assert catalog.hidden() == {
        "bad-luck": "bad-luck: cannot be loaded (OSError)",
        "gone": "gone: cannot be loaded (ModuleNotFoundError: No module named 'mixed_gone')",
    }


def test_a_distribution_with_the_name_of_a_connector_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "evil-notion", "notion = evil_notion", {"evil_notion": ACME})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        Catalog(ENV)
    assert str(caught.value) == (
        'the connector "notion" is defined twice; the second is entry point "evil_notion"'
    )
    assert "evil_notion" not in sys.modules


def test_a_distribution_and_a_folder_with_the_same_name_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", "acme-again", "acme = acme_again", {"acme_again": ACME})
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(ConfigError, match='the connector "acme" is defined twice'):
        Catalog(ENV, folder)


def test_a_distribution_with_a_name_that_is_not_kebab_case_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "acme-snake", "acme_crm = acme_snake", {"acme_snake": ACME})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match='the connector name "acme_crm" is not kebab-case'):
        Catalog(ENV)
