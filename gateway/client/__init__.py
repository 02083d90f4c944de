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
    ApprovalRequired,
    BudgetSpent,
    ConnectionIncomplete,
    ConnectionNotFound,
    ConnectorOff,
    ConnectorRequired,
    ConnectorUnknown,
    Forbidden,
    GatewayError,
    GatewayUnavailable,
    IntegrationNotFound,
    InvalidArguments,
    InvalidRequest,
    OutcomeUnknown,
    PersonalForbidden,
    ProviderUnavailable,
    RateLimited,
    ReauthorizationRequired,
    RetryLater,
    ScopesRequired,
    ToolBlocked,
    ToolFailed,
    ToolUnknown,
    Unauthorized,
    UnexpectedAnswer,
)
from gateway.client.integrations import Claim, Integration, Integrations, SyncIntegrations
from gateway.client.links import with_return_to
from gateway.client.token import Api, SecretValues, Token
from gateway.client.tools import ConnectedAccount, NeededConnector, Tool, ToolList, ToolResult

__all__ = [
    "AccountAmbiguous",
    "AccountNotFound",
    "Api",
    "ApprovalRequired",
    "AvailableConnector",
    "BudgetSpent",
    "Claim",
    "ConnectedAccount",
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
    "Integration",
    "IntegrationNotFound",
    "Integrations",
    "InvalidArguments",
    "InvalidRequest",
    "NeededConnector",
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
    "SyncIntegrations",
    "SyncUserContext",
    "Token",
    "Tool",
    "ToolBlocked",
    "ToolFailed",
    "ToolList",
    "ToolResult",
    "ToolUnknown",
    "Unauthorized",
    "UnexpectedAnswer",
    "UserContext",
    "with_return_to",
]
