"""The settings of the login methods: contradictions are named together."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.encryption.vault import new_encryption_key
from gateway.errors import SettingsError
from gateway.settings.environment import Settings, read_settings
from gateway.settings.login import LoginMethod

PRODUCTION = {
    "MODE": "production",
    "PUBLIC_URL": "https://gateway.example.com",
    "MONGODB_URL": "mongodb://db.example.com/?replicaSet=rs0",
    "ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
}
DEV = {"MODE": "dev"}
OIDC = {"LOGIN": "oidc", "OIDC_ISSUER": "https://id.example.com", "OIDC_CLIENT_ID": "gateway"}
HANDOFF = {"LOGIN": "handoff", "HANDOFF_URL": "https://app.example.com/sign-in?to=gateway"}


class Read:
    """Reads the settings of an environment, in a temporary folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def __call__(self, *layers: dict[str, str]) -> Settings:
        """The settings with these variables; ``LOGIN`` is ``GATEWAY_LOGIN``."""
        for layer in layers:
            for name, value in layer.items():
                self._monkeypatch.setenv(f"GATEWAY_{name}", value)
        return read_settings(self._folder)

    def problems(self, *layers: dict[str, str]) -> list[str]:
        """The problems of these variables, one for each line."""
        with pytest.raises(SettingsError) as caught:
            self(*layers)
        return str(caught.value).splitlines()


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return Read(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("layers", "way"),
    [
        ([DEV], LoginMethod.DEV),
        ([DEV, {"LOGIN": "none"}], LoginMethod.NONE),
        ([DEV, OIDC], LoginMethod.OIDC),
        ([PRODUCTION], LoginMethod.NONE),
        ([PRODUCTION, {"LOGIN": "none"}], LoginMethod.NONE),
        ([PRODUCTION, OIDC], LoginMethod.OIDC),
        ([PRODUCTION, HANDOFF], LoginMethod.HANDOFF),
    ],
)
def test_one_variable_chooses_the_login_method(
    read: Read, layers: list[dict[str, str]], way: LoginMethod
) -> None:
    settings = read(*layers)
    assert settings.login_method(dev=settings.dev) is way


def test_a_made_up_login_does_not_exist_in_production(read: Read) -> None:
    """M4."""
    assert read.problems(PRODUCTION, {"LOGIN": "dev"}) == [
        "GATEWAY_LOGIN can be dev in dev mode only: it asks for no proof"
    ]


def test_missing_login_settings_are_named_together(read: Read) -> None:
    """M4: together with what else is wrong."""
    assert read.problems({"LOGIN": "oidc"}) == [
        "GATEWAY_PUBLIC_URL must be set (only dev mode has a default)",
        "GATEWAY_MONGODB_URL must be set (only dev mode has a default)",
        "GATEWAY_ENCRYPTION_KEYS must be set (only dev mode has a default)",
        "GATEWAY_OIDC_ISSUER must be set (GATEWAY_LOGIN is oidc)",
        "GATEWAY_OIDC_CLIENT_ID must be set (GATEWAY_LOGIN is oidc)",
    ]
    assert read.problems(PRODUCTION, {"LOGIN": "handoff"}) == [
        "GATEWAY_HANDOFF_URL must be set (GATEWAY_LOGIN is handoff)"
    ]


@pytest.mark.parametrize("login", ["", "none", "handoff"])
def test_login_setting_without_effect_is_an_error(read: Read, login: str) -> None:
    """Such a setting would have no effect."""
    handoff = HANDOFF if login == "handoff" else {}
    wrong = read.problems(
        PRODUCTION, handoff, OIDC, {"LOGIN": login, "OIDC_CLIENT_SECRET": "canary"}
    )
    assert wrong == [
        f"GATEWAY_LOGIN must be oidc where GATEWAY_{name} is set"
        for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    ]


def test_an_unknown_way_is_named_alone(read: Read) -> None:
    (wrong,) = read.problems(PRODUCTION, OIDC, {"LOGIN": "saml"})
    assert wrong.startswith("GATEWAY_LOGIN: Input should be 'dev', 'oidc', 'handoff' or 'none'")


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "HANDOFF_URL"])
@pytest.mark.parametrize(
    "value",
    [
        "http://id.example.com",
        "//id.example.com",
        "id.example.com",
        "javascript:alert(1)",
        "https://",
        "https://user@id.example.com",
        "https://id.example.com/#x",
        "https://id.example.com/a b",
        "https://id.example.com:port",
        "https://idé.example.com",
        "https://[::1",
        "ftp://localhost",
    ],
)
def test_an_address_must_be_https(read: Read, name: str, value: str) -> None:
    layers = OIDC if name == "OIDC_ISSUER" else HANDOFF
    (wrong,) = read.problems(PRODUCTION, layers, {name: value})
    assert wrong.startswith(f"GATEWAY_{name}: must be")
    assert value not in wrong


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:1", "[::1]:8000"])
def test_on_this_machine_plain_http_is_enough(read: Read, host: str) -> None:
    assert read(DEV, HANDOFF, {"HANDOFF_URL": f"http://{host}/x"}).handoff_url.startswith("http:")


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [
        ({"OIDC_ISSUER": "https://id.example.com/?x=y"}, "GATEWAY_OIDC_ISSUER: must be"),
        ({"OIDC_SCOPES": "profile email"}, "GATEWAY_OIDC_SCOPES: must be"),
        ({"OIDC_SCOPES": "openid  email"}, "GATEWAY_OIDC_SCOPES: must be"),
        ({"OIDC_SCOPES": "openid,email"}, "GATEWAY_OIDC_SCOPES: must be"),
        ({"OIDC_USER_CLAIM": "a b"}, "GATEWAY_OIDC_USER_CLAIM: String should match"),
        ({"OIDC_ADMIN_CLAIM": "groups"}, "GATEWAY_OIDC_ADMIN_CLAIM: String should match"),
        ({"OIDC_ADMIN_CLAIM": "groups="}, "GATEWAY_OIDC_ADMIN_CLAIM: String should match"),
    ],
)
def test_values_that_cannot_be_right_are_refused(
    read: Read, layer: dict[str, str], wrong: str
) -> None:
    (found,) = read.problems(PRODUCTION, OIDC, layer)
    assert found.startswith(wrong)


def test_the_challenge_is_added_by_the_gateway_alone(read: Read) -> None:
    url = "https://app.example.com/?login_challenge=x"
    (wrong,) = read.problems(PRODUCTION, HANDOFF, {"HANDOFF_URL": url})
    assert wrong == "GATEWAY_HANDOFF_URL: must not contain login_challenge: the gateway adds it"


def test_the_secret_does_not_show(read: Read) -> None:
    settings = read(PRODUCTION, OIDC, {"OIDC_CLIENT_SECRET": "canary"})
    assert "canary" not in repr(settings)
    assert settings.oidc_client_secret.get_secret_value() == "canary"


def test_an_issuer_is_kept_letter_for_letter(read: Read) -> None:
    """A slash at its end makes it another issuer."""
    issuer = "https://id.example.com/realms/x/"
    assert read(PRODUCTION, OIDC, {"OIDC_ISSUER": issuer}).oidc_issuer == issuer
