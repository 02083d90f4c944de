"""The environment, read once: all problems together, and never a value."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.encryption.vault import new_encryption_key
from gateway.errors import SettingsError
from gateway.settings.environment import Driver, Mode, Settings, read_environment, read_settings

KEYS = f"k1:{new_encryption_key()}"
PRODUCTION = {
    "GATEWAY_PUBLIC_URL": "https://gateway.example.com",
    "GATEWAY_MONGODB_URL": "mongodb://canary-user:canary-password@db.example.com/?replicaSet=rs0",
    "GATEWAY_ENCRYPTION_KEYS": KEYS,
}
DEV = {"GATEWAY_MODE": "dev"}


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return Read(tmp_path, monkeypatch)


class Read:
    """Reads the settings of an environment, in a temporary folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch

    def __call__(self, *layers: dict[str, str], **variables: str) -> Settings:
        """The settings with these variables; ``PORT`` is ``GATEWAY_PORT``."""
        for layer in (*layers, {f"GATEWAY_{name}": value for name, value in variables.items()}):
            for name, value in layer.items():
                self._monkeypatch.setenv(name, value)
        return read_settings(self.folder)

    def problems(self, *layers: dict[str, str], **variables: str) -> list[str]:
        """The problems of these variables, one for each line."""
        with pytest.raises(SettingsError) as caught:
            self(*layers, **variables)
        return str(caught.value).splitlines()

    def file(self, text: str) -> None:
        """Write ``.env.local``."""
        (self.folder / ".env.local").write_text(text)


def test_production_needs_three_settings_and_is_the_default(read: Read) -> None:
    settings = read(PRODUCTION)
    assert settings.mode is Mode.PRODUCTION
    assert not settings.dev
    assert settings.secure
    assert (settings.host, settings.port, settings.mongodb_database) == (
        "127.0.0.1",
        3141,
        "gateway",
    )
    assert settings.mongodb_driver is Driver.MOTOR
    assert settings.egress_allow == frozenset()


def test_every_problem_is_reported_at_once(read: Read) -> None:
    """M4: wrong values, what is missing, what production forbids, and names that do not exist."""
    read.file("GATEWAY_HOTS=0.0.0.0\n")
    assert read.problems(
        PUBLIC_URL="ftp://gateway.example.com",
        PORT="http",
        MONGODB_DATABASE="a b",
        MONGODB_DRIVER="mongoose",
        CA_FILE="/nowhere/ca.pem",
        EGRESS_ALLOW="localhost:8080,localhost",
        LOG_LEVEL="loud",
        SANDBOX="off",
        ENCRYPTION_KEY="x",
    ) == [
        "GATEWAY_ENCRYPTION_KEY is not a setting (did you mean GATEWAY_ENCRYPTION_KEYS?)",
        "GATEWAY_HOTS is not a setting (did you mean GATEWAY_HOST?)",
        "GATEWAY_PUBLIC_URL: must be an origin like https://gateway.example.com",
        "GATEWAY_PORT: Input should be a valid integer, unable to parse string as an integer",
        "GATEWAY_MONGODB_DATABASE: String should match pattern '^[A-Za-z0-9_-]{1,38}$'",
        "GATEWAY_MONGODB_DRIVER: Input should be 'motor' or 'pymongo'",
        "GATEWAY_CA_FILE: there is no such file",
        "GATEWAY_EGRESS_ALLOW: entry 2 is not host:port",
        "GATEWAY_LOG_LEVEL: String should match pattern '^(debug|info|warning|error)$'",
        "GATEWAY_MONGODB_URL must be set (only dev mode has a default)",
        "GATEWAY_ENCRYPTION_KEYS must be set (only dev mode has a default)",
        "GATEWAY_SANDBOX can be set in dev mode only",
    ]


def test_empty_environment_names_the_settings_that_production_needs(read: Read) -> None:
    assert read.problems() == [
        f"{name} must be set (only dev mode has a default)" for name in PRODUCTION
    ]


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_an_empty_variable_is_not_set(read: Read, name: str) -> None:
    assert read.problems(PRODUCTION | {name: ""}) == [
        f"{name} must be set (only dev mode has a default)"
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("GATEWAY_CONNECTOR_PATH", " (did you mean GATEWAY_CONNECTORS_PATH?)"),
        ("GATEWAY_EGRES_ALLOW", " (did you mean GATEWAY_EGRESS_ALLOW?)"),
        ("GATEWAY_PUBLIC_ULR", " (did you mean GATEWAY_PUBLIC_URL?)"),
        ("GATEWAY_ZZZ", ""),
    ],
)
@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_misspelt_variable_is_an_error_with_a_hint(
    read: Read, name: str, hint: str, place: str
) -> None:
    """M4: a typo in a security setting must not pass as "not set"."""
    if place == "file":
        read.file(f"{name}=canary\n")
        assert read.problems(PRODUCTION) == [f"{name} is not a setting{hint}"]
    else:
        assert read.problems(PRODUCTION, {name: "canary"}) == [f"{name} is not a setting{hint}"]


def test_the_variables_of_tools_and_connectors_are_not_ours(read: Read) -> None:
    read.file("OAUTH_NOTION_CLIENT_ID=x\nGATEWAY_API_KEY=gk_x\nPATH_OF_MINE=x\n")
    read(PRODUCTION, {"GATEWAY_URL": "http://localhost:3141", "OAUTH_GOOGLE_CLIENT_ID": "x"})


BAD = {
    "GATEWAY_MODE": "canary",
    "GATEWAY_PUBLIC_URL": "canary://canary",
    "GATEWAY_PORT": "canary",
    "GATEWAY_MONGODB_DATABASE": "canary canary",
    "GATEWAY_MONGODB_DRIVER": "canary",
    "GATEWAY_CA_FILE": "/canary",
    "GATEWAY_EGRESS_ALLOW": "canary",
    "GATEWAY_LOG_FORMAT": "canary",
    "GATEWAY_LOG_LEVEL": "canary",
    "GATEWAY_CANARIES": "canary",
}


@pytest.mark.requirement("J1")
@pytest.mark.parametrize("name", sorted(BAD))
def test_no_value_is_in_any_message(read: Read, name: str) -> None:
    """A secret in the wrong variable would end in a terminal or a log."""
    problems = read.problems(PRODUCTION | {name: BAD[name]})
    assert any(problem.startswith(name) for problem in problems)
    assert "canary" not in "\n".join(problems)
    assert KEYS not in "\n".join(problems)


@pytest.mark.requirement("J1")
def test_the_settings_do_not_show_their_secrets(read: Read) -> None:
    shown = repr(read(PRODUCTION))
    assert "canary-password" not in shown
    assert KEYS not in shown


@pytest.mark.requirement("A13")
@pytest.mark.parametrize(
    "url",
    [
        "gateway.example.com",
        "//gateway.example.com",
        "https://",
        "https://a.example.com/base",
        "https://a.example.com?x",
        "https://a.example.com#x",
        "https://u@a.example.com",
        "https://u:p@a.example.com",
        "javascript:alert(1)",
    ],
)
def test_the_public_url_is_an_origin(read: Read, url: str) -> None:
    """Redirect URIs are made from it."""
    assert read.problems(PRODUCTION | {"GATEWAY_PUBLIC_URL": url}) == [
        "GATEWAY_PUBLIC_URL: must be an origin like https://gateway.example.com"
    ]


@pytest.mark.requirement("G1")
@pytest.mark.parametrize("mode", [{}, DEV])
def test_plain_http_is_for_localhost_only(read: Read, mode: dict[str, str]) -> None:
    """M4, G1."""
    assert read.problems(PRODUCTION | mode, PUBLIC_URL="http://gateway.example.com") == [
        "GATEWAY_PUBLIC_URL: must be https (plain http is for localhost only)"
    ]


def test_production_refuses_plain_http_even_for_localhost(read: Read) -> None:
    """M4."""
    assert read.problems(PRODUCTION, PUBLIC_URL="http://localhost:3141") == [
        "GATEWAY_PUBLIC_URL must be https outside dev mode"
    ]


def test_a_trailing_slash_is_not_part_of_the_public_url(read: Read) -> None:
    assert (
        read(PRODUCTION, PUBLIC_URL="https://g.example.com/").public_url == "https://g.example.com"
    )


def test_dev_mode_needs_nothing(read: Read) -> None:
    settings = read(DEV, PORT="4000")
    assert settings.dev
    assert not settings.secure
    assert settings.public_url == "http://localhost:4000"


def test_dev_mode_is_for_this_machine_only(read: Read) -> None:
    """Its sign-in asks for a name and nothing else."""
    for host in ("0.0.0.0", "192.168.0.7", "::"):  # noqa: S104 - a setting to be read, nothing listens
        for public_url in ("", "https://gateway.example.com"):
            assert read.problems(DEV, HOST=host, PUBLIC_URL=public_url) == [
                "GATEWAY_HOST must be a loopback address in dev mode: "
                "the development login accepts any name"
            ]
    assert read(DEV, HOST="::1").host == "::1"


def test_only_dev_mode_has_a_sandbox(read: Read) -> None:
    assert read(DEV, SANDBOX="http://localhost:3142").sandbox == "http://localhost:3142"
    assert read.problems(PRODUCTION, MODE="production", SANDBOX="off") == [
        "GATEWAY_SANDBOX can be set in dev mode only"
    ]


def test_the_file_is_read_and_the_environment_wins(read: Read) -> None:
    read.file("GATEWAY_MODE=dev\nGATEWAY_PORT=4000\nGATEWAY_LOG_LEVEL=debug\nOAUTH_X=file\n")
    settings = read(PORT="5000")
    assert (settings.dev, settings.port, settings.log_level) == (True, 5000, "debug")
    environment = read_environment(read.folder)
    assert environment["GATEWAY_PORT"] == "5000"
    assert environment["GATEWAY_LOG_LEVEL"] == "debug"
    assert environment["OAUTH_X"] == "file"
    assert "OAUTH_X" not in os.environ


def test_without_a_file_there_is_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTH_X", "real")
    assert read_environment(tmp_path) == dict(os.environ)


def test_addresses_that_may_be_called_are_host_and_port(read: Read) -> None:
    settings = read(PRODUCTION, EGRESS_ALLOW=" Localhost:8080, [::1]:9 ,10.0.0.1:443,")
    assert settings.egress_allow == {("localhost", 8080), ("::1", 9), ("10.0.0.1", 443)}


@pytest.mark.requirement("H1")
@pytest.mark.parametrize(
    "entry", ["localhost", ":80", "a:0", "a:65536", "a:-1", "a:http", "http://a:80", "a:80/x", "*"]
)
def test_anything_else_may_not_be_called(read: Read, entry: str) -> None:
    assert read.problems(PRODUCTION, EGRESS_ALLOW=f"ok:1,{entry}") == [
        "GATEWAY_EGRESS_ALLOW: entry 2 is not host:port"
    ]


def test_settings_are_frozen(read: Read) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read(PRODUCTION).mode = Mode.DEV  # type: ignore[misc]


def test_metrics_are_off_in_production_and_on_the_web_port_in_dev(read: Read) -> None:
    settings = read(PRODUCTION)
    assert (settings.metrics_on_web, settings.metrics_address) == (False, None)
    settings = read(PRODUCTION, METRICS="10.0.0.7:9464")
    assert (settings.metrics_on_web, settings.metrics_address) == (False, ("10.0.0.7", 9464))
    settings = read(DEV, METRICS="[::1]:9464")
    assert (settings.metrics_on_web, settings.metrics_address) == (False, ("::1", 9464))
    settings = read(DEV, METRICS="off")
    assert (settings.metrics_on_web, settings.metrics_address) == (False, None)
    settings = read(DEV, METRICS="", PUBLIC_URL="http://localhost:3141")
    assert (settings.metrics_on_web, settings.metrics_address) == (True, None)
    settings = read(DEV, PUBLIC_URL="https://abc.tunnel.example")
    assert (settings.metrics_on_web, settings.metrics_address) == (False, None)


@pytest.mark.parametrize("value", ["on", "9464", "host:0", "host:65536", "http://host:1"])
def test_an_address_for_metrics_is_host_and_port(read: Read, value: str) -> None:
    (problem,) = read.problems(DEV, METRICS=value)
    assert problem == "GATEWAY_METRICS: must be host:port or off"


def test_the_drain_is_short_and_there_is_none_in_dev(read: Read) -> None:
    assert read(PRODUCTION).drain == 3
    assert read(DEV).drain == 0
    assert read(DEV, DRAIN_SECONDS="1.5").drain == 1.5
    (problem,) = read.problems(DEV, DRAIN_SECONDS="16")
    assert problem.startswith("GATEWAY_DRAIN_SECONDS")


def test_origins_to_return_to_are_as_a_browser_writes_them(read: Read) -> None:
    given = (
        " https://app.example.com, https://a-b.example:8443 ,http://localhost:9000,http://[::1]:8,"
    )
    assert read(PRODUCTION).return_origins == frozenset()
    assert read(PRODUCTION, RETURN_ORIGINS=given).return_origins == {
        "https://app.example.com",
        "https://a-b.example:8443",
        "http://localhost:9000",
        "http://[::1]:8",
    }


NO_ORIGIN = (
    "is not an origin like https://app.example.com: scheme, host in lower case, and a port if it "
    "has one"
)


@pytest.mark.requirement("A14")
@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        *[
            (entry, NO_ORIGIN)
            for entry in (
                "app.example.com",
                "*",
                "https://*.example.com",
                "https://",
                "https://App.example.com",
                "HTTPS://app.example.com",
                "https://app.example.com/",
                "https://app.example.com/done",
                "https://app.example.com?",
                "https://app.example.com#",
                "https://user@app.example.com",
                "https://app.example.com:",
                "https://app.example.com:0",
                "https://app.example.com:65536",
                "https://app.example.com:http",
                "https://app.example.com.",
                "https://bücher.example",
                "https://app example.com",
                "https://app.example.com\\",
                "ftp://app.example.com",
                "javascript:alert(1)",
                "null",
            )
        ],
        ("https://app.example.com:443", "must leave out its port, which is the default"),
        ("http://localhost:80", "must leave out its port, which is the default"),
        ("http://app.example.com", "must be https (plain http is for localhost only)"),
        ("http://localhost.example.com", "must be https (plain http is for localhost only)"),
    ],
)
def test_anything_else_is_no_origin_to_return_to(read: Read, entry: str, problem: str) -> None:
    assert read.problems(PRODUCTION, RETURN_ORIGINS=f"https://ok.example,{entry}") == [
        f"GATEWAY_RETURN_ORIGINS: entry 2 {problem}"
    ]


def test_the_gateway_itself_is_no_origin_to_return_to(read: Read) -> None:
    assert read.problems(PRODUCTION, RETURN_ORIGINS="https://gateway.example.com") == [
        "GATEWAY_RETURN_ORIGINS must not name the gateway itself"
    ]
