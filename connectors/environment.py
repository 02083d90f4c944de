"""The variables that hold a connector's app credentials: the only place that spells their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from connectors.errors import MissingVariable
from connectors.secret import Secret

Env = Mapping[str, str]
"""The variables that a connector is configured by."""


class App(TypedDict):
    """The fields of ``ConnectorConfig`` that an app registered at the provider decides."""

    name: str
    client_id: str
    client_secret: Secret


def app(name: str, env: Env, *, public: bool = False) -> App:
    """Read a connector's app credentials: ``ConnectorConfig(**app("acme", env), …)``.

    A ``public`` client has no secret (RFC 6749 2.1).

    Raises:
        MissingVariable: The client id or the client secret is unset or blank.
    """
    client_id = require_env(env, variable(name, "CLIENT_ID"), name)
    secret = "" if public else require_env(env, variable(name, "CLIENT_SECRET"), name)
    return {"name": name, "client_id": client_id, "client_secret": Secret(secret)}


def require_env(env: Env, variable: str, connector: str) -> str:
    """Return the value of a connector's variable, without spaces around it.

    Raises:
        MissingVariable: The variable is unset or blank.
    """
    value = env.get(variable, "").strip()
    if not value:
        raise MissingVariable(connector, variable)
    return value


def app_variables(name: str, client_id: str, client_secret: str) -> dict[str, str]:
    """Return the environment that configures a connector with these credentials."""
    return {variable(name, "CLIENT_ID"): client_id, variable(name, "CLIENT_SECRET"): client_secret}


def variable(name: str, suffix: str) -> str:
    """Return the name of a connector's variable, such as ``OAUTH_ACME_CLIENT_ID``."""
    return f"OAUTH_{name.upper().replace('-', '_')}_{suffix}"
