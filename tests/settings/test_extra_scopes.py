"""Scopes that an operator adds: ``OAUTH_<NAME>_EXTRA_SCOPES``."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.errors import SettingsError
from gateway.settings.environment import Settings
from gateway.settings.extra_scopes import read_extra_scopes
from gateway.wiring.catalog import open_catalog
from tests.conftest import GATEWAY_URL
from tests.support.configs import CATALOG_ENV, WITH_OAUTH
from tests.support.gateway import KEYS, running_gateway
from tests.support.sandbox import SandboxProcess

DRIVE = "https://www.googleapis.com/auth/drive.readonly"


def read(name: str, text: str) -> dict[str, tuple[str, ...]]:
    """The scopes of one variable."""
    return read_extra_scopes({name: text, "PATH": "/bin"}, ["google", "acme-crm"])


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (DRIVE, (DRIVE,)),
        ("a b", ("a", "b")),
        (" a, b,\tc ,", ("a", "b", "c")),
        ("data.records:read", ("data.records:read",)),
    ],
)
def test_scopes_are_separated_by_spaces_or_commas(text: str, scopes: tuple[str, ...]) -> None:
    assert read("OAUTH_GOOGLE_EXTRA_SCOPES", text) == {"google": scopes}
    assert read("OAUTH_ACME_CRM_EXTRA_SCOPES", text) == {"acme-crm": scopes}


def test_an_empty_variable_is_not_set() -> None:
    assert read("OAUTH_GOOGLE_EXTRA_SCOPES", "  ") == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("OAUTH_GOGLE_EXTRA_SCOPES", "a", "OAUTH_GOGLE_EXTRA_SCOPES: there is no connector"),
        ("OAUTH_GOOGLE_EXTRA_SCOPES", 'a "b"', "OAUTH_GOOGLE_EXTRA_SCOPES: scopes are separated"),
        ("OAUTH_GOOGLE_EXTRA_SCOPES", "a\\b", "OAUTH_GOOGLE_EXTRA_SCOPES: scopes are separated"),
    ],
)
def test_a_typo_is_named(name: str, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read(name, text)


def test_they_stand_behind_the_connectors_own_and_none_twice() -> None:
    own = Catalog(CATALOG_ENV).oauth("google").scopes
    catalog = Catalog(CATALOG_ENV).with_scopes({"google": (DRIVE, own[0], DRIVE)})
    assert catalog.oauth("google").scopes == (*own, DRIVE)
    assert catalog.oauth("linear").scopes == Catalog(CATALOG_ENV).oauth("linear").scopes


def test_a_connector_without_scopes_cannot_have_any() -> None:
    with pytest.raises(ConfigError, match="scopes are given although scopes_sent=False"):
        Catalog(CATALOG_ENV).with_scopes({"notion": ("a",)}).get("notion")


def test_every_connector_of_the_catalog_can_have_more() -> None:
    for name in WITH_OAUTH:
        if Catalog(CATALOG_ENV).oauth(name).scopes_sent:
            assert (
                Catalog(CATALOG_ENV).with_scopes({name: ("x.more",)}).oauth(name).scopes[-1]
                == "x.more"
            )


@pytest.mark.parametrize(
    ("extra", "provider_says"),
    [
        ("https://graph.microsoft.com/Mail.Read", "Mail.Read"),
        ("user.read", "User.Read"),
        ("Mail.Read", None),
    ],
)
def test_start_warns_of_a_spelling_that_the_provider_changes(
    extra: str, provider_says: str | None
) -> None:
    env = {**CATALOG_ENV, "OAUTH_MICROSOFT_EXTRA_SCOPES": extra}
    with capture_logs() as logged:
        open_catalog(Settings(mode="dev", encryption_keys=SecretStr(KEYS)), env)
    warned = [(line["connector"], line["scope"], line["provider_says"]) for line in logged]
    assert warned == ([("microsoft", extra, provider_says)] if provider_says else [])


@pytest.mark.parametrize(
    ("connector", "extra", "warned"),
    [
        pytest.param(
            "microsoft", "mail.read", True, id="microsoftgraph/microsoft-graph-toolkit#648"
        ),
        pytest.param("microsoft", "files.readwrite.all", True, id="several words"),
        pytest.param("slack", "Chat:Write", True, id="capitals where there are none"),
        ("microsoft", "Mail.Read", False),
        ("microsoft", "email", False),
        ("google", "https://www.googleapis.com/auth/drive.readonly", False),
        ("slack", "channels:read", False),
    ],
)
def test_start_warns_of_unusual_letters(connector: str, extra: str, warned: bool) -> None:
    """No description has every scope: a connector's own ones show how the provider writes them."""
    env = {**CATALOG_ENV, f"OAUTH_{connector.upper()}_EXTRA_SCOPES": extra}
    with capture_logs() as logged:
        open_catalog(Settings(mode="dev", encryption_keys=SecretStr(KEYS)), env)
    found = [line["scope"] for line in logged if line["event"] == "extra_scope_letters"]
    assert found == [extra] * warned


async def test_they_are_asked_for_and_granted(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    env = {"OAUTH_LINEAR_EXTRA_SCOPES": "comments:create"}
    async with running_gateway(
        mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL, env=env
    ) as gateway:
        browser = await gateway.browser("alice")
        account = Catalog({}).sandbox_module("linear").PROVIDER.accounts[0].label
        assert await browser.connect("linear", account) == "connected"
        token = (await gateway.token("linear", "alice")).json()
        assert "comments:create" in token["scopes"]
        assert token["connection"]["status"] == "active"


async def test_a_typo_keeps_the_gateway_from_starting(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    env = {"OAUTH_LINAER_EXTRA_SCOPES": "comments:create"}
    with pytest.raises(SettingsError, match="OAUTH_LINAER_EXTRA_SCOPES"):
        async with running_gateway(
            mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL, env=env
        ):
            pass
