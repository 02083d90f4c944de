"""The SDK of the connector gateway. It needs httpx and nothing of the server.

A call returns a working access token for a user, or raises an error that says how to get one.

    from gateway.client import ConnectorRequired, Gateway

    async with Gateway("http://localhost:3141", api_key=key) as gateway:
        try:
            token = await gateway.get_connector_token("notion", user="u_123")
        except ConnectorRequired as missing:
            return f"Please connect Notion first: {missing.connect_url}"

All decisions are in pure modules (``calls``, ``exchange``, ``answers``); ``asynchronous`` and
``blocking`` only send, read and sleep.
"""

from __future__ import annotations

from gateway.client.asynchronous import Gateway, UserContext
from gateway.client.blocking import SyncGateway, SyncUserContext
from gateway.client.connection import AvailableConnector, Connection, HookFailure, Revoked
from gateway.client.errors import (
    AccountAmbiguous,
    AccountNotFound,
    BudgetSpent,
    ConnectionIncomplete,
    ConnectionNotFound,
    ConnectorOff,
    ConnectorRequired,
    ConnectorUnknown,
    Forbidden,
    GatewayError,
    GatewayUnavailable,
    InvalidRequest,
    OutcomeUnknown,
    PersonalForbidden,
    ProviderUnavailable,
    RateLimited,
    ReauthorizationRequired,
    RetryLater,
    ScopesRequired,
    Unauthorized,
    UnexpectedAnswer,
)
from gateway.client.token import Api, SecretValues, Token

__all__ = [
    "AccountAmbiguous",
    "AccountNotFound",
    "Api",
    "AvailableConnector",
    "BudgetSpent",
    "Connection",
    "ConnectionIncomplete",
    "ConnectionNotFound",
    "ConnectorOff",
    "ConnectorRequired",
    "ConnectorUnknown",
    "Forbidden",
    "Gateway",
    "GatewayError",
    "GatewayUnavailable",
    "HookFailure",
    "InvalidRequest",
    "OutcomeUnknown",
    "PersonalForbidden",
    "ProviderUnavailable",
    "RateLimited",
    "ReauthorizationRequired",
    "RetryLater",
    "Revoked",
    "ScopesRequired",
    "SecretValues",
    "SyncGateway",
    "SyncUserContext",
    "Token",
    "Unauthorized",
    "UnexpectedAnswer",
    "UserContext",
]
