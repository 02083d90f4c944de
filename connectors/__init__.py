"""The differences between providers: vocabulary, catalog, hooks and simulated providers.

A catalog file imports the vocabulary from here. A sandbox file imports from ``connectors.sandbox``.
"""

from __future__ import annotations

from connectors.account import AccountInfo, account_lookup, as_text, dig
from connectors.config import ConnectorConfig
from connectors.config_types import ErrorInSuccess, Revocation
from connectors.context import CallbackContext, ConnectionContext, PostConnectionContext
from connectors.environment import Env, app, require_env
from connectors.errors import AccountUnfit, AccountUnreadable, CallbackRefused
from connectors.inputs import ConnectionInput
from connectors.secret import Secret

__all__ = [
    "AccountInfo",
    "AccountUnfit",
    "AccountUnreadable",
    "CallbackContext",
    "CallbackRefused",
    "ConnectionContext",
    "ConnectionInput",
    "ConnectorConfig",
    "Env",
    "ErrorInSuccess",
    "PostConnectionContext",
    "Revocation",
    "Secret",
    "account_lookup",
    "app",
    "as_text",
    "dig",
    "require_env",
]
