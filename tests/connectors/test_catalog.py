"""The catalog of this package: lazy, isolated, alphabetical. From outside: test_outside.py."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest

from connectors import catalog as catalog_module
from connectors.catalog import (
    CONNECTOR_CATALOG,
    Catalog,
    get_connector_config,
    list_ready_connectors,
)
from connectors.environment import require_env
from connectors.errors import ConfigError, MissingVariable, UnknownConnector
from tests.support.configs import CATALOG_ENV, KEYED

ROOT = Path(catalog_module.__file__).parents[2]

ENV = CATALOG_ENV


@pytest.fixture
def _imported_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connectors' modules as in a fresh process, so that a test sees them being imported."""
    for name in [name for name in sys.modules if name.startswith("connectors.catalog.")]:
        monkeypatch.delitem(sys.modules, name)


def test_every_file_is_a_connector_in_alphabetical_order() -> None:
    files = {path.stem for path in (ROOT / "connectors/catalog").glob("*.py")} - {"__init__"}
    assert {module.rpartition(".")[2] for module in CONNECTOR_CATALOG.values()} == files
    assert list(CONNECTOR_CATALOG) == sorted(CONNECTOR_CATALOG)


def test_the_table_is_read_only() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        CONNECTOR_CATALOG["evil"] = "evil"  # type: ignore[index]


def test_every_connector_is_named_like_its_key() -> None:
    for key in CONNECTOR_CATALOG:
        assert get_connector_config(key, ENV).name == key


def test_the_credentials_come_from_the_environment_that_is_given() -> None:
    ours, theirs = (
        Catalog(ENV).oauth("notion"),
        Catalog(
            ENV | {"OAUTH_NOTION_CLIENT_ID": "tenant-id", "OAUTH_NOTION_CLIENT_SECRET": "t"}
        ).oauth("notion"),
    )
    assert (ours.client_id, ours.client_secret.reveal()) == ("notion-id", "notion-secret")
    assert (theirs.client_id, theirs.client_secret.reveal()) == ("tenant-id", "t")


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    assert get_connector_config("google") == Catalog().get("google")
    assert Catalog().oauth("google").client_id == "google-id"
    assert [config.name for config in list_ready_connectors()] == list(CONNECTOR_CATALOG)


@pytest.mark.usefixtures("_imported_anew")
def test_a_connector_is_imported_when_it_is_asked_for_and_not_before() -> None:
    catalog = Catalog(ENV)
    assert catalog.names() == tuple(CONNECTOR_CATALOG)
    assert not [name for name in sys.modules if name.startswith("connectors.catalog.")]
    catalog.oauth("notion")
    assert [name for name in sys.modules if name.startswith("connectors.catalog.")] == [
        "connectors.catalog.notion"
    ]


def test_importing_the_catalog_imports_no_connector_and_no_http_library() -> None:
    code = (
        "import sys, connectors.catalog; "
        "print([m for m in sys.modules if m.startswith('connectors.catalog.') "
        "or m.partition('.')[0] in {'httpx', 'authlib', 'gateway', 'pymongo'}])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "[]\n", run.stderr


def test_a_connector_is_created_once() -> None:
    catalog = Catalog(ENV)
    assert catalog.oauth("google") is catalog.oauth("google")


@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('canary-secret')",
        "import a_module_that_does_not_exist",
        "def create_config(env): return (",
        "x = 1",
        "def create_config(env): return 1 / 0",
        "def create_config(env): return None",
        "from connectors.config import ConnectorConfig\n"
        "def create_config(env): return ConnectorConfig(nmae='broken')",
    ],
    ids=["raises", "import", "syntax", "no factory", "factory raises", "no config", "misspelt"],
)
def test_a_broken_module_hides_itself_and_nothing_else(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 7: a connector's module that fails while it loads hides only itself."""
    (tmp_path / "broken_connector.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_connector", raising=False)
    table = MappingProxyType({**CONNECTOR_CATALOG, "broken": "broken_connector"})
    monkeypatch.setattr(catalog_module, "CONNECTOR_CATALOG", table)

    catalog = Catalog(ENV)

    assert [config.name for config in catalog.ready()] == list(CONNECTOR_CATALOG)
    assert catalog.oauth("google-workspace").name == "google"
    assert catalog.oauth("microsoft-graph").name == "microsoft"
    assert list(catalog.hidden()) == ["broken"]
    with pytest.raises(ConfigError, match=r"^broken: ") as caught:
        catalog.oauth("broken")
    assert "canary-secret" not in str(caught.value)  # J1: it may be what the module read


def test_a_misspelt_field_is_named_to_the_connectors_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/acme.py").write_text(
        "from connectors.config import ConnectorConfig\n"
        "def create_config(env): return ConnectorConfig(nmae='acme')\n"
    )
    with pytest.raises(ConfigError, match="unexpected keyword argument 'nmae'"):
        Catalog({}, tmp_path).oauth("acme")


def test_a_config_named_otherwise_than_its_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    table = MappingProxyType({"nation": "connectors.catalog.notion"})
    monkeypatch.setattr(catalog_module, "CONNECTOR_CATALOG", table)
    with pytest.raises(ConfigError, match='nation: its config is named "notion"'):
        Catalog(ENV).oauth("nation")


def test_no_alias_of_the_package_is_another_name_in_it() -> None:
    """Connectors of the package are not compared when they are loaded."""
    aliases = [config.alias for config in Catalog({}).descriptions() if config.alias]
    assert len(aliases) > 1
    assert len({*aliases, *CONNECTOR_CATALOG}) == len(aliases) + len(CONNECTOR_CATALOG)


def test_an_alias_finds_its_connector() -> None:
    assert get_connector_config("google-workspace", ENV).name == "google"


def test_the_alias_of_a_connector_without_credentials_is_unknown() -> None:
    with pytest.raises(UnknownConnector):
        get_connector_config("google-workspace", {})


def test_a_name_comes_before_an_alias(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/google-workspace.py").write_text("raise RuntimeError('no second google')")
    with pytest.raises(ConfigError, match=r"^google-workspace: cannot be loaded"):
        Catalog(ENV, tmp_path).oauth("google-workspace")


@pytest.mark.parametrize("name", ["slakc", "", "Notion", "../notion", "notion\n", "connectors"])
def test_an_unknown_connector_is_an_error_of_its_own(name: str) -> None:
    with pytest.raises(UnknownConnector, match=f'no usable connector "{re.escape(name)}"'):
        get_connector_config(name, ENV)


def test_a_missing_variable_is_reported_in_two_clear_lines() -> None:
    with pytest.raises(MissingVariable) as caught:
        get_connector_config("notion", {"OAUTH_NOTION_CLIENT_SECRET": "canary"})
    assert str(caught.value) == (
        'OAuth provider "notion" is not configured: missing env var OAUTH_NOTION_CLIENT_ID.\n'
        "Set it in .env.local or in the deployment environment."
    )
    assert (caught.value.connector, caught.value.variable) == ("notion", "OAUTH_NOTION_CLIENT_ID")


@pytest.mark.parametrize("value", [None, "", "  ", "\t\n"])
def test_a_blank_variable_is_a_missing_one(value: str | None) -> None:
    env = {} if value is None else {"OAUTH_X_CLIENT_ID": value}
    with pytest.raises(MissingVariable, match="missing env var OAUTH_X_CLIENT_ID"):
        require_env(env, "OAUTH_X_CLIENT_ID", "x")


def test_blanks_around_a_variable_are_not_part_of_it() -> None:
    assert require_env({"OAUTH_X_CLIENT_ID": " id\n"}, "OAUTH_X_CLIENT_ID", "x") == "id"


def test_only_connectors_with_both_variables_are_ready() -> None:
    env = {name: value for name, value in ENV.items() if name != "OAUTH_NOTION_CLIENT_SECRET"}
    assert [config.name for config in list_ready_connectors(env)] == [
        name for name in CONNECTOR_CATALOG if name != "notion"
    ]
    assert [config.name for config in list_ready_connectors({})] == [*KEYED]
    hidden = Catalog(env).hidden()
    assert list(hidden) == ["notion"]
    assert "missing env var OAUTH_NOTION_CLIENT_SECRET" in hidden["notion"]
