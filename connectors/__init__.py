"""The differences between providers: vocabulary, catalog, hooks and simulated providers.

A catalog file imports the vocabulary from here. A sandbox file imports from ``connectors.sandbox``.
"""

from __future__ import annotations

from connectors.account import AccountInfo, account_lookup, as_text, claims_of, dig
from connectors.config import Connector, ConnectorConfig, KeyConnectorConfig
from connectors.config_types import ErrorInSuccess, LongLived, Revocation, ScopeSet
from connectors.context import (
    CallbackContext,
    ConnectionContext,
    PostConnectionContext,
    StepContext,
)
from connectors.environment import Env, app, require_env
from connectors.errors import AccountUnfit, AccountUnreadable, CallbackRefused
from connectors.inputs import ConnectionInput
from connectors.key_method import KeyMethod, TokenRequest, Verify
from connectors.secret import Secret

__all__ = [
    "AccountInfo",
    "AccountUnfit",
    "AccountUnreadable",
    "CallbackContext",
    "CallbackRefused",
    "ConnectionContext",
    "ConnectionInput",
    "Connector",
    "ConnectorConfig",
    "Env",
    "ErrorInSuccess",
    "KeyConnectorConfig",
    "KeyMethod",
    "LongLived",
    "PostConnectionContext",
    "Revocation",
    "ScopeSet",
    "Secret",
    "StepContext",
    "TokenRequest",
    "Verify",
    "account_lookup",
    "app",
    "as_text",
    "claims_of",
    "dig",
    "require_env",
]
