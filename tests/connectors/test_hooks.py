"""Hooks are found next to their connector and checked when the connector is loaded."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from connectors import hooks
from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.errors import ConfigError, UnknownConnector
from tests.connectors.test_outside import ACME, install
from tests.connectors.test_outside import ENV as CREDENTIALS

HOOKED = ACME.replace(
    'api_base_url="https://api.example.com",',
    'api_base_url="https://api.example.com", post_connection_script="acme-hook",',
)
HOOK = """
async def post_connection(ctx):
    ctx.update_metadata({"seen": "by the folder's hook"})
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the connector ``acme``, which names a hook that is not there yet."""
    for kind in ("catalog", "hooks"):
        (tmp_path / kind).mkdir()
    (tmp_path / "catalog/acme.py").write_text(HOOKED)
    return tmp_path


def reason(folder: Path) -> str:
    """Why ``acme`` is hidden; all others are there."""
    catalog = Catalog(CREDENTIALS, folder)
    assert [config.name for config in catalog.ready()] == [*CONNECTOR_CATALOG]
    hidden = catalog.hidden()
    assert list(hidden) == ["acme"]
    return hidden["acme"]


def test_a_connector_without_a_hook_has_none() -> None:
    catalog = Catalog(CREDENTIALS)
    assert catalog.hook(catalog.oauth("google")) is None


def test_every_hook_of_the_package_belongs_to_a_connector() -> None:
    catalog = Catalog(CREDENTIALS)
    used = {config.post_connection_script for config in catalog.ready()} - {None}
    files = {path.stem.replace("_", "-") for path in Path(hooks.__path__[0]).glob("*.py")}
    assert files - {"--init--"} == used
    for config in catalog.ready():
        hook = catalog.hook(config)
        assert (hook is None) == (config.post_connection_script is None)
        assert hook is None or inspect.iscoroutinefunction(hook)


def test_a_missing_hook_hides_its_connector_with_the_reason(folder: Path) -> None:
    """Rule 7: found when the gateway starts, and not in the middle of somebody's flow."""
    assert reason(folder) == 'acme: there is no hook "acme-hook"'
    with pytest.raises(ConfigError, match=r'^acme: there is no hook "acme-hook"$'):
        Catalog(CREDENTIALS, folder).oauth("acme")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "post_connection = 1",
        "def post_connection(ctx): return {}",
        "async def postconnection(ctx): return {}",
        "async def post_connection(ctx):\n    yield {}",
        "class post_connection:\n    pass",
    ],
)
def test_a_hook_without_an_async_function_hides_its_connector(folder: Path, source: str) -> None:
    (folder / "hooks/acme-hook.py").write_text(source)
    assert reason(folder) == "acme: hooks/acme-hook.py has no async post_connection(ctx)"


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise ValueError('canary-secret')", "acme: cannot be loaded (ValueError)"),
        (
            "async def post_connection(ctx)\n    pass",
            "acme: cannot be loaded (SyntaxError in line 1: expected ':')",
        ),
    ],
)
def test_a_hook_that_does_not_load_hides_its_connector(
    folder: Path, source: str, told: str
) -> None:
    """Rule 7, J1."""
    (folder / "hooks/acme-hook.py").write_text(source)
    assert reason(folder) == told


async def test_a_folders_hook_is_the_one_beside_its_connector(folder: Path) -> None:
    (folder / "hooks/acme-hook.py").write_text(HOOK)
    catalog = Catalog(CREDENTIALS, folder)
    assert catalog.hidden() == {}
    hook = catalog.hook(catalog.oauth("acme"))
    assert hook is not None
    found: dict[str, str] = {}
    await hook(SimpleNamespace(update_metadata=found.update))
    assert found == {"seen": "by the folder's hook"}


def test_a_folders_connector_does_not_use_a_hook_of_the_package(folder: Path) -> None:
    """A folder is complete in itself: what a hook does cannot change with the package."""
    (folder / "catalog/acme.py").write_text(HOOKED.replace("acme-hook", "atlassian"))
    assert reason(folder) == 'acme: there is no hook "atlassian"'


def test_a_folders_hook_never_shadows_the_packages(folder: Path) -> None:
    (folder / "hooks/atlassian.py").write_text(HOOK)
    (folder / "hooks/acme-hook.py").write_text(HOOK)
    catalog = Catalog(CREDENTIALS, folder)
    hook = catalog.hook(catalog.oauth("atlassian"))
    assert hook is not None
    assert hook.__module__ == "connectors.hooks.atlassian"


def test_a_hook_of_the_package_is_found_by_its_kebab_case_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "two_words.py").write_text(HOOK)
    monkeypatch.setattr(hooks, "__path__", [*hooks.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "connectors.hooks.two_words", raising=False)
    catalog = Catalog(CREDENTIALS)
    config = dataclasses.replace(catalog.oauth("google"), post_connection_script="two-words")
    hook = catalog.hook(config)
    assert hook is not None
    assert hook.__module__ == "connectors.hooks.two_words"


def test_a_distribution_without_a_catalog_package_can_have_no_hook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "acme-hooked", "acme = acme_hooked", {"acme_hooked": HOOKED})
    monkeypatch.syspath_prepend(tmp_path)
    assert Catalog(CREDENTIALS).hidden() == {"acme": 'acme: there is no hook "acme-hook"'}


def test_a_distribution_with_a_catalog_package_has_its_hooks_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {
        "ours_hooked/__init__": "",
        "ours_hooked/catalog/__init__": "",
        "ours_hooked/catalog/acme": HOOKED,
        "ours_hooked/hooks/__init__": "",
        "ours_hooked/hooks/acme_hook": HOOK,
    }
    for module in modules:
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
    install(tmp_path, "ours-hooked", "acme = ours_hooked.catalog.acme", modules)
    monkeypatch.syspath_prepend(tmp_path)
    catalog = Catalog(CREDENTIALS)
    hook = catalog.hook(catalog.oauth("acme"))
    assert hook is not None
    assert hook.__module__ == "ours_hooked.hooks.acme_hook"


def test_a_connectors_own_module_is_found_wherever_it_is(folder: Path) -> None:
    catalog = Catalog(CREDENTIALS, folder)
    assert catalog.module("notion").__name__ == "connectors.catalog.notion"
    assert catalog.module("acme").__name__ == "_outside_connectors.catalog.acme"
    assert catalog.module("acme").__file__ == str(folder / "catalog/acme.py")
    for name in ("slakc", "google-workspace", ""):
        with pytest.raises(UnknownConnector):
            catalog.module(name)


def test_a_module_that_does_not_load_says_so_itself(folder: Path) -> None:
    """For tools that help an author: they need the error, and not its summary."""
    (folder / "catalog/bad.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        Catalog(CREDENTIALS, folder).module("bad")
