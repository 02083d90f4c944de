"""The environment, read once at start into one frozen object.

Every problem is reported at once, in words that name the variable. A variable that starts with
``GATEWAY_`` and is not known is an error too: a typo in the name of a security setting must not
pass as "not set".
"""

from __future__ import annotations

import difflib
import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from gateway.errors import SettingsError
from gateway.settings.limits import LimitRates, read_rates
from gateway.settings.login import LoginSettings

ENV_FILE = ".env.local"
PREFIX = "GATEWAY_"
HostPort = tuple[str, int]
CLIENT_VARIABLES = frozenset({"GATEWAY_URL", "GATEWAY_API_KEY"})
"""Read by the SDK and not by the server; both may run in one environment."""

_HOST_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")


class Mode(StrEnum):
    """``production``, or ``dev``: the only mode with a made-up login and simulated providers."""

    PRODUCTION = "production"
    DEV = "dev"


class Driver(StrEnum):
    """Which MongoDB driver runs the store."""

    MOTOR = "motor"
    PYMONGO = "pymongo"


class Settings(LoginSettings):
    """The gateway's settings. Each field is the variable ``GATEWAY_<FIELD>``; docs: docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    mode: Mode = Mode.PRODUCTION
    """`production`, or `dev` for the development sign-in and the sandbox."""

    public_url: str = ""
    """Where browsers reach the gateway, without a path. https in production. Redirect URIs are made from it."""

    host: str = "127.0.0.1"
    """The address that the web process listens on."""

    port: Annotated[int, Field(ge=0, le=65535)] = 3141
    """The port that the web process listens on."""

    mongodb_url: SecretStr = SecretStr("")
    """The MongoDB replica set. In dev mode a local one is started if this is empty."""

    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = "gateway"
    """The database within it."""

    mongodb_driver: Driver = Driver.MOTOR
    """`motor`, or `pymongo` for PyMongo's own asyncio client."""

    encryption_keys: SecretStr = SecretStr("")
    """`id:key,id:key`, base64 of 32 bytes each. The first seals, all open. In dev mode one is made and kept."""

    encryption_keys_file: Path | None = None
    """A file with the keys, one on a line, instead of `GATEWAY_ENCRYPTION_KEYS`; for mounted secrets."""

    connectors_path: Path | None = None
    """A folder with more connectors, laid out like `connectors/`: `catalog/`, `hooks/`, `sandbox/`."""

    ca_file: Path | None = None
    """Certificate authorities (PEM) to verify providers with, instead of the bundled ones."""

    egress_allow: Annotated[frozenset[HostPort], NoDecode] = frozenset()
    """`host:port,host:port` that may be called although private, local or plain http."""

    sandbox: str = ""
    """Dev mode only: `off` hides connectors without credentials; an address uses a sandbox that runs there."""

    metrics: str = ""
    """Where `/metrics` is served: `host:port`, or `off`. In dev mode it is on the web port if this is empty."""

    provider_concurrency: Annotated[int, Field(ge=1, le=1000)] = 20
    """Requests to the provider of one connector that a process has under way at once."""

    drain_seconds: Annotated[float, Field(ge=0, le=15)] | None = None
    """After SIGTERM, how long requests are still taken while `/readyz` says no: 3, and 0 in dev mode."""

    proxy_hops: Annotated[int, Field(ge=0, le=10)] = 0
    """How many proxies of one's own are in front: so far is `X-Forwarded-For` believed, from its right end."""

    limits: str = ""
    """`name=600/m,name=off`: limits that differ from the defaults."""

    data_dir: Path = Path(".gateway-dev")
    """Dev mode only: where the local database, the encryption key and the sandbox keep their files."""

    worker_concurrency: Annotated[int, Field(ge=4, le=500)] = 32
    """How many refreshes a worker runs at once; a fourth of them at most for one connector."""

    token_cache: bool = True
    """`on`, or `off`: whether a process remembers tokens that it handed out, for a second or while none changes."""

    audit_days: Annotated[int, Field(ge=0, le=36_500)] = 365
    """How long a line of the audit is kept; `0` is for ever. Lines that exist keep the end that they got."""

    shared_clients: bool = False
    """`on`, or `off`: whether tenants besides `default` may connect with this deployment's OAuth apps."""

    log_format: Annotated[str, Field(pattern="^(auto|json|console)$")] = "auto"
    """`json`, `console`, or `auto`: console on a terminal, else JSON."""

    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    """The least severe level that is logged: `debug`, `info`, `warning` or `error`."""

    @property
    def dev(self) -> bool:
        """Whether this is dev mode."""
        return self.mode is Mode.DEV

    @property
    def secure(self) -> bool:
        """Whether browsers come over https; cookies and headers follow this and never a request header."""
        return self.public_url.startswith("https://")

    @property
    def metrics_address(self) -> HostPort | None:
        """Where a process listens for its scraper, if it has an address of its own for that."""
        match = _HOST_PORT.fullmatch(self.metrics)
        return (match[1].strip("[]"), int(match[2])) if match else None

    @property
    def metrics_on_web(self) -> bool:
        """Whether the web port serves them: in dev mode, where only this machine reaches it."""
        return self.dev and not self.metrics

    @property
    def rates(self) -> LimitRates:
        """``limits`` over the defaults."""
        return read_rates(self.limits)

    @property
    def drain(self) -> float:
        """``drain_seconds``, or its default in this mode."""
        if self.drain_seconds is None:
            return 0.0 if self.dev else 3.0
        return self.drain_seconds

    @field_validator("limits")
    @classmethod
    def _check_limits(cls, value: str) -> str:
        read_rates(value)
        return value

    @field_validator("metrics")
    @classmethod
    def _check_metrics(cls, value: str) -> str:
        match = _HOST_PORT.fullmatch(value)
        if value not in {"", "off"} and (match is None or not 0 < int(match[2]) < 65536):
            raise ValueError("must be host:port or off")
        return value

    @field_validator("egress_allow", mode="before")
    @classmethod
    def _read_egress_allow(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = []
        entries = filter(None, (part.strip() for part in value.split(",")))
        for number, entry in enumerate(entries, start=1):
            match = _HOST_PORT.fullmatch(entry)
            if match is None or not 0 < int(match[2]) < 65536:
                raise ValueError(f"entry {number} is not host:port")
            pairs.append((match[1].strip("[]").lower(), int(match[2])))
        return frozenset(pairs)

    @field_validator("public_url")
    @classmethod
    def _read_public_url(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path
            or parts.query
            or parts.fragment
            or "@" in parts.netloc
        ):
            raise ValueError("must be an origin like https://gateway.example.com")
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme == "http" and not local:
            raise ValueError("must be https (plain http is for localhost only)")
        return value

    @field_validator("ca_file", "encryption_keys_file")
    @classmethod
    def _check_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("there is no such file")
        return value

    @model_validator(mode="after")
    def _check_mode(self) -> Self:
        problems = []
        from_file = self.encryption_keys_file is not None
        if from_file and self.encryption_keys.get_secret_value():
            problems.append(
                "GATEWAY_ENCRYPTION_KEYS_FILE cannot be set together with GATEWAY_ENCRYPTION_KEYS"
            )
        if self.dev:
            if not self.public_url:
                object.__setattr__(self, "public_url", f"http://localhost:{self.port}")
            if self.host not in {"127.0.0.1", "localhost", "::1"}:
                problems.append(
                    "GATEWAY_HOST must be a loopback address in dev mode: anybody could sign in as anybody"
                )
        else:
            for name in ("public_url", "mongodb_url", "encryption_keys"):
                value = getattr(self, name)
                if name == "encryption_keys" and from_file:
                    continue
                if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                    problems.append(
                        f"GATEWAY_{name.upper()} must be set (only dev mode has a default)"
                    )
            if self.sandbox:
                problems.append("GATEWAY_SANDBOX can be set in dev mode only")
            if self.public_url and not self.secure:
                problems.append("GATEWAY_PUBLIC_URL must be https outside dev mode")
        problems += self.login_problems(dev=self.dev)
        if problems:
            raise ValueError("\n".join(problems))
        return self


def read_environment(folder: Path = Path()) -> dict[str, str]:
    """The process's environment over the variables of ``.env.local`` in ``folder``, if it is there."""
    in_file = {k: v for k, v in dotenv_values(folder / ENV_FILE).items() if v is not None}
    return in_file | dict(os.environ)


def read_settings(folder: Path = Path()) -> Settings:
    """The settings in the environment and in ``.env.local`` of ``folder``.

    Raises ``SettingsError`` with every problem at once, and never with a value.
    """
    known = [name.upper() for name in Settings.model_fields]
    problems = []
    for name in sorted(read_environment(folder).keys() - CLIENT_VARIABLES):
        short = name.removeprefix(PREFIX)
        if short != name and short not in known:
            near = difflib.get_close_matches(short, known, n=1)
            hint = f" (did you mean {PREFIX}{near[0]}?)" if near else ""
            problems.append(f"{name} is not a setting{hint}")
    try:
        settings: Settings = _FromEnvironment(_env_file=folder / ENV_FILE)
    except ValidationError as error:
        raise SettingsError("\n".join(problems + _problems(error, folder))) from None
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


class _FromEnvironment(Settings):
    # Unknown names are found by read_settings, which knows the SDK's variables and gives hints.
    model_config = SettingsConfigDict(extra="ignore")


def _problems(error: ValidationError, folder: Path) -> list[str]:
    wrong: dict[str, str] = {}
    for item in error.errors(include_input=False, include_url=False):
        text = item["msg"].removeprefix("Value error, ")
        if not item["loc"]:
            return text.split("\n")
        wrong[str(item["loc"][0])] = text
    found = [f"{PREFIX}{name.upper()}: {text}" for name, text in wrong.items()]
    if "mode" not in wrong:
        # Pydantic looks at the settings together only once each is right by itself. So a second
        # time, with defaults for the wrong ones, which are not reported again.
        defaults: dict[str, Any] = {name: Settings.model_fields[name].default for name in wrong}
        try:
            _FromEnvironment(_env_file=folder / ENV_FILE, **defaults)
        except ValidationError as more:
            names = tuple(f"{PREFIX}{name.upper()} " for name in wrong)
            found += [text for text in _problems(more, folder) if not text.startswith(names)]
    return found
