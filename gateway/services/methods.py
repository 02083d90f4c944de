"""The methods of a connector, and what follows from the method of a connection."""

from __future__ import annotations

import math
from collections.abc import Collection

from connectors.added import TEMPLATE, key_named, keys_of
from connectors.config import Connector, ConnectorConfig
from connectors.key_method import KeyMethod
from connectors.secret import Secret
from gateway.encryption.tokens import TokenSealer
from gateway.engine.pasted import unpack
from gateway.engine.scopes import missing_scopes, named_scopes
from gateway.errors import InvalidRequest, ReauthorizationRequired
from gateway.store.connection import Connection, Method

_A_YEAR = 365 * 86400  # seconds; a tenth of the life is the most there is

METHOD_GONE = "method_gone"
"""The reason of a connection whose method its connector does not have any more."""


def method_of(key: KeyMethod) -> Method:
    """Return the method of connections that are made with ``key``."""
    return Method.API_KEY if key.token is None else Method.CLIENT_CREDENTIALS


def methods_of(config: Connector) -> list[Method]:
    """Return the ways to connect, OAuth first."""
    oauth = [Method.OAUTH2] if isinstance(config, ConnectorConfig) else []
    return list(dict.fromkeys([*oauth, *map(method_of, keys_of(config).values())]))


def key_of(config: Connector, connection: Connection) -> KeyMethod:
    """Return how the connection's credential is used, or raise ``ReauthorizationRequired``."""
    key = key_named(config, connection.connection_config.get(TEMPLATE))
    if key is None or method_of(key) is not connection.method:
        raise ReauthorizationRequired(config.name, METHOD_GONE, connection.id)
    return key


def pasted_values(sealer: TokenSealer, connection: Connection) -> dict[str, str]:
    """Return all pasted values by name, secret or not; raises ``VaultError``."""
    if connection.method is Method.API_KEY:
        packed: Secret | None = sealer.access_token(connection)
    else:  # the access token is what they were exchanged for
        packed = sealer.refresh_token(connection)
    return {**connection.connection_config, **unpack(packed or Secret(""))}


def oauth_of(config: Connector, connection: Connection) -> ConnectorConfig:
    """Return the connector as one with OAuth 2, or raise ``ReauthorizationRequired``."""
    if not isinstance(config, ConnectorConfig):
        raise ReauthorizationRequired(config.name, METHOD_GONE, connection.id)
    return config


def is_renewable(config: Connector, method: Method) -> bool:
    """Whether access tokens of this method can be renewed without the person."""
    if method is Method.OAUTH2:
        return isinstance(config, ConnectorConfig) and config.supports_refresh
    return method is Method.CLIENT_CREDENTIALS


def is_checkable(config: Connector, method: Method) -> bool:
    """Whether the provider can be asked whether it accepts a stored API key."""
    return method is Method.API_KEY and config.key is not None and config.key.verify is not None


def repeatable_seconds(config: Connector, method: Method = Method.OAUTH2) -> float:
    """Return for how long a request for new tokens may be repeated; ``inf``: always."""
    if method is not Method.OAUTH2 or not isinstance(config, ConnectorConfig):
        return math.inf
    return math.inf if config.refresh_rotation == "none" else config.refresh_grace_seconds


def wanted_scopes(config: Connector, names: Collection[str]) -> tuple[str, ...]:
    """Return the scopes of ``names``, sets or scopes; raise ``InvalidRequest`` for any other."""
    if not names:
        return ()
    if isinstance(config, ConnectorConfig):
        return named_scopes(config, names)
    raise InvalidRequest(f"{config.name} has no scopes", {"scopes": "must be empty"})


def lacks_scopes(config: Connector, connection: Connection, scopes: Collection[str]) -> bool:
    """Whether the connection was not granted all of ``scopes``. A pasted key has no scopes."""
    if not scopes or connection.method is not Method.OAUTH2:
        return False
    oauth = oauth_of(config, connection)
    return bool(missing_scopes(oauth, scopes, connection.granted_scopes))


def renew_before_seconds(config: Connector, method: Method) -> int | None:
    """Return how long before its end a token may be renewed; ``None``: at any time."""
    if method is not Method.OAUTH2 or not isinstance(config, ConnectorConfig):
        return None
    return config.renew_before_seconds


def renewal_margin(config: Connector, method: Method) -> int | None:
    """Return from how many seconds before its end a token is renewed; ``None``: as usual.

    A token that has to be alive for its own renewal has the last tenth of its life for that.
    """
    seconds = renew_before_seconds(config, method)
    if seconds is None and method is Method.OAUTH2 and isinstance(config, ConnectorConfig):
        return _A_YEAR if config.long_lived or config.refresh_extends else None
    return seconds
