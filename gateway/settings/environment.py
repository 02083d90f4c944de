"""The server's settings: environment variables, read once at start into a frozen object.

All problems are reported together, and each names its variable. An unknown variable with the prefix
``GATEWAY_`` is an error: a typo in the name of a security setting must not pass as "not set".
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
from gateway.settings.limits import LimitRates, read_limit_rates
from gateway.settings.login import LoginMethod, LoginSettings
from gateway.settings.mcp import McpSettings
from gateway.settings.urls import LOOPBACK, read_origins

ENV_FILE = ".env.local"
PREFIX = "GATEWAY_"
HostPort = tuple[str, int]
CLIENT_VARIABLES = frozenset({"GATEWAY_URL", "GATEWAY_API_KEY"})
"""The variables of the SDK; server and SDK may share an environment."""

_HOST_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")


class Mode(StrEnum):
    """``production``, or ``dev``, which has a login without proof and simulated providers."""

    PRODUCTION = "production"
    DEV = "dev"


class Driver(StrEnum):
    """The MongoDB drivers."""

    MOTOR = "motor"
    PYMONGO = "pymongo"


class Settings(LoginSettings, McpSettings):
    """The gateway's settings. A field is the variable ``GATEWAY_<FIELD>``; see docs/settings.md."""

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
    """The URL at which browsers reach the gateway, without a path; https in production.

    Redirect URIs are made from it.
    """

    environment: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,32}$")] = ""
    """The environment whose OAuth apps are used, as `staging`: others do not refresh its grants."""

    host: str = "127.0.0.1"
    """The address that the web process listens on."""

    port: Annotated[int, Field(ge=0, le=65535)] = 3141
    """The port that the web process listens on."""

    mongodb_url: SecretStr = SecretStr("")
    """The MongoDB replica set. If empty in dev mode, a local one is started."""

    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = "gateway"
    """The database's name."""

    mongodb_driver: Driver = Driver.MOTOR
    """`motor`, or `pymongo` for PyMongo's own asyncio client."""

    encryption_keys: SecretStr = SecretStr("")
    """`id:key,id:key`, base64 of 32 bytes each. The first encryption key seals, all open.

    In dev mode, the gateway creates one and keeps it.
    """

    encryption_keys_file: Path | None = None
    """A file with the encryption keys, one on a line, instead of `GATEWAY_ENCRYPTION_KEYS`."""

    connectors_path: Path | None = None
    """A folder with more connectors, structured like `connectors/`."""

    integrations_file: Path | None = None
    """A JSON file with APIs that the gateway adds by URL when it starts."""

    ca_file: Path | None = None
    """Certificate authorities (PEM) for verifying providers, instead of the bundled ones."""

    egress_allow: Annotated[frozenset[HostPort], NoDecode] = frozenset()
    """`host:port,host:port`: private, local or plain http targets that may be called."""

    return_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    """`https://app.example.com,…`: origins of applications that a connect link may return to."""

    sandbox: str = ""
    """Dev mode only: `off` hides connectors without credentials; a URL names a running sandbox."""

    metrics: str = ""
    """The listener of `/metrics`: `host:port`, or `off`. If empty in dev mode, the web port."""

    provider_concurrency: Annotated[int, Field(ge=1, le=1000)] = 20
    """The most simultaneous requests of a process to one connector's provider."""

    proxy_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 100
    """The most simultaneous calls of a process that tools make to one connector's provider."""

    proxy_request_bytes: Annotated[int, Field(ge=1024)] = 256 * 1024 * 1024
    """The largest body of a request that is passed on to a provider."""

    proxy_answer_bytes: Annotated[int, Field(ge=1024)] = 4 * 1024 * 1024 * 1024
    """The largest body of a provider's answer that is passed on; a larger one is aborted."""

    proxy_wait_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """The longest pause of a provider, before its answer to a tool and within."""

    proxy_total_seconds: Annotated[float, Field(gt=0, le=3000)] = 900.0
    """The longest time that a tool's call may take as a whole."""

    event_streams: Annotated[int, Field(ge=0, le=100_000)] = 1000
    """The most open streams of `GET /v1/events` of a process."""

    drain_seconds: Annotated[float, Field(ge=0, le=15)] | None = None
    """Seconds after SIGTERM in which requests are still accepted: 3, in dev mode 0."""

    proxy_hops: Annotated[int, Field(ge=0, le=10)] = 0
    """Trust this many hops of `X-Forwarded-For`, from its right end."""

    limits: str = ""
    """`name=600/m,name=off`: rate limits that differ from the defaults."""

    data_dir: Path = Path(".gateway-dev")
    """Dev mode only: the folder of the local database, the encryption key and the sandbox."""

    worker_concurrency: Annotated[int, Field(ge=4, le=500)] = 32
    """The most simultaneous refreshes of a worker; one connector gets at most a quarter."""

    token_cache: bool = True
    """`on` or `off`: whether a process caches tokens, at most one second behind the database."""

    audit_days: Annotated[int, Field(ge=0, le=36_500)] = 365
    """Days for which a new audit line is kept; `0` is for ever. Existing lines keep their end."""

    usage_days: Annotated[int, Field(ge=0, le=36_500)] = 365
    """Days for which a new usage event is kept; `0` is for ever. Existing ones keep their end."""

    shared_clients: bool = False
    """`on` or `off`: whether tenants other than `default` may use this deployment's OAuth apps."""

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
        """Whether browsers use https. Cookies and headers depend on this, never on a request."""
        return self.public_url.startswith("https://")

    @property
    def is_on_loopback(self) -> bool:
        """Whether browsers reach the gateway on this machine alone, through no tunnel."""
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def metrics_address(self) -> HostPort | None:
        """The address of a separate listener for the metrics, if there is one."""
        return _host_port(self.metrics)

    @property
    def metrics_on_web(self) -> bool:
        """Whether the web port serves the metrics: in dev mode, for this machine alone."""
        return self.dev and not self.metrics and self.is_on_loopback

    @property
    def rates(self) -> LimitRates:
        """The default rates with the changes of ``limits``."""
        return read_limit_rates(self.limits)

    @property
    def mcp_on(self) -> bool:
        """Whether `/mcp` is served."""
        return self.serves_mcp(dev=self.dev)

    @property
    def authorization_server_on(self) -> bool:
        """Whether the gateway is the authorization server for `/mcp`."""
        return self.is_authorization_server(dev=self.dev, signs_in=self._signs_in)

    @property
    def mcp_url(self) -> str:
        """The URL of `/mcp`, which is the name of the protected resource (RFC 8707)."""
        return f"{self.public_url}/mcp"

    @property
    def _signs_in(self) -> bool:
        return self.login_method(dev=self.dev) is not LoginMethod.NONE

    @property
    def drain(self) -> float:
        """``drain_seconds``, or its default in this mode."""
        if self.drain_seconds is None:
            return 0.0 if self.dev else 3.0
        return self.drain_seconds

    @field_validator("limits")
    @classmethod
    def _check_limits(cls, value: str) -> str:
        read_limit_rates(value)
        return value

    @field_validator("metrics")
    @classmethod
    def _check_metrics(cls, value: str) -> str:
        if value not in {"", "off"} and _host_port(value) is None:
            raise ValueError("must be host:port or off")
        return value

    @field_validator("egress_allow", mode="before")
    @classmethod
    def _read_egress_allow(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [_host_port(part.strip()) for part in value.split(",") if part.strip()]
        if None in pairs:
            raise ValueError(f"entry {pairs.index(None) + 1} is not host:port")
        return frozenset(pairs)

    @field_validator("return_origins", mode="before")
    @classmethod
    def _read_return_origins(cls, value: Any) -> Any:
        return read_origins(value) if isinstance(value, str) else value

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
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must be https (plain http is for localhost only)")
        return value

    @field_validator("ca_file", "encryption_keys_file", "integrations_file")
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
            if self.host not in LOOPBACK:
                problems.append(
                    "GATEWAY_HOST must be a loopback address in dev mode: "
                    "the development login accepts any name"
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
        if self.public_url in self.return_origins:
            problems.append("GATEWAY_RETURN_ORIGINS must not name the gateway itself")
        problems += self.login_problems(dev=self.dev)
        problems += self.mcp_problems(dev=self.dev, signs_in=self._signs_in)
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _host_port(text: str) -> HostPort | None:
    match = _HOST_PORT.fullmatch(text)
    if match is None or not 0 < int(match[2]) < 65536:
        return None
    return match[1].strip("[]").lower(), int(match[2])


def read_environment(folder: Path = Path()) -> dict[str, str]:
    """Return the variables of ``.env.local`` in ``folder``, overridden by the environment."""
    in_file = {k: v for k, v in dotenv_values(folder / ENV_FILE).items() if v is not None}
    return in_file | dict(os.environ)


def read_settings(folder: Path = Path()) -> Settings:
    """Read the settings; raises ``SettingsError`` that lists every problem and quotes no value."""
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
    # read_settings reports unknown names: it knows the SDK's variables and gives hints.
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
        # Pydantic checks the settings together only if each one is valid. So check a second time,
        # with defaults for the invalid ones, which are not reported again.
        defaults: dict[str, Any] = {name: Settings.model_fields[name].default for name in wrong}
        try:
            _FromEnvironment(_env_file=folder / ENV_FILE, **defaults)
        except ValidationError as more:
            names = tuple(f"{PREFIX}{name.upper()} " for name in wrong)
            found += [text for text in _problems(more, folder) if not text.startswith(names)]
    return found
