"""The vocabulary in which a provider is described.

A ``ConnectorConfig`` is data: one engine (``gateway.engine``) serves every connector from it, and
each field has an effect that a simulated provider can see. Instances are frozen and check
themselves (``connectors.review``): a bad description raises one ``ConfigError`` that names every
problem at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from connectors.account import AccountInfo
from connectors.config_types import BodyFormat, ErrorInSuccess, LongLived, Revocation, ScopeSet
from connectors.context import Answer, CallbackContext, ConnectionContext, StepContext
from connectors.errors import ConfigError
from connectors.inputs import ConnectionInput
from connectors.key_method import KeyMethod
from connectors.review import key_connector_problems, problems_of
from connectors.secret import Secret

Category = Literal[
    "productivity",
    "communication",
    "crm",
    "design",
    "commerce",
    "data",
    "devtools",
    "media",
    "finance",
    "ai",
    "hr",
    "legal",
    "marketing",
    "recruiting",
    "support",
    "surveys",
    "other",
]
Rotation = Literal["none", "rotates"]
Override = Callable[[StepContext], Awaitable[Answer | Mapping[str, Any]]]
"""A function in place of one step: it returns the answer, or what the answer means."""
UnreadAnswers = Literal["pass", "refuse"]
AuthorizationMethod = Literal["body", "header", "header_raw", "secret_key", "none"]


@dataclass(frozen=True, kw_only=True)
class ConnectorBase:
    """What every connector says, however people connect to it."""

    name: str
    display_name: str
    description: str = ""
    category: Category
    alias: str | None = None
    docs_url: str
    console_url: str
    checked_on: date
    post_connection_script: str | None = None
    api_base_url: str
    api_hosts: tuple[str, ...] = ()
    unread_answers: UnreadAnswers = "pass"
    repeat_unauthorized: bool = False

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            if isinstance(value := getattr(self, each.name), Mapping):
                object.__setattr__(self, each.name, MappingProxyType(dict(value)))
        if problems := self.problems():
            message = f"{self.name or '(no name)'}: " + "; ".join(problems)
            raise ConfigError(message, tuple(problems))

    def problems(self) -> list[str]:
        """Describe each mistake of this description."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ConnectorConfig(ConnectorBase):
    """Describe one provider with OAuth 2. docs/connector-reference.md explains every field.

    ``key`` is a second way to connect: by pasting an API key.
    """

    client_id: str
    client_secret: Secret
    authorization_url: str
    token_url: str
    refresh_url: str | None = None
    revocation_url: str | None = None
    revocation: Revocation = field(default_factory=Revocation)
    introspection_url: str | None = None
    issuer: str | None = None
    issuer_required: bool = False

    response_type: str = "code"
    code_param: str = "code"
    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    scope_param: str = "scope"
    scopes_sent: bool = True
    scopes_not_echoed: frozenset[str] = frozenset()
    scope_aliases: Mapping[str, str] = field(default_factory=dict)
    scope_implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope_sets: Mapping[str, ScopeSet] = field(default_factory=dict)
    granted_scopes_path: str = "scope"
    use_pkce: bool = True
    extra_authorize_params: Mapping[str, str] = field(default_factory=dict)
    extra_token_params: Mapping[str, str] = field(default_factory=dict)
    extra_refresh_params: Mapping[str, str] = field(default_factory=dict)
    param_names: Mapping[str, str] = field(default_factory=dict)
    token_query: Mapping[str, str] = field(default_factory=dict)
    refresh_query: Mapping[str, str] = field(default_factory=dict)
    omit_authorize_params: frozenset[str] = frozenset()
    omit_token_params: frozenset[str] = frozenset()
    omit_refresh_params: frozenset[str] = frozenset()

    authorization_method: AuthorizationMethod = "body"
    body_format: BodyFormat = "form"
    token_headers: Mapping[str, str] = field(default_factory=dict)
    alternate_access_token_response_path: str | None = None
    token_paths: Mapping[str, str] = field(default_factory=dict)
    token_types: frozenset[str] = frozenset()
    error_in_success: ErrorInSuccess | None = None
    error_codes: Mapping[str, str] = field(default_factory=dict)
    refresh_rejected_codes: frozenset[str] = frozenset()
    approval_codes: frozenset[str] = frozenset()
    refresh_rejected_statuses: frozenset[int] = frozenset()

    supports_refresh: bool
    refresh_rotation: Rotation = "rotates"
    refresh_grace_seconds: int = 0
    renew_before_seconds: int | None = None
    long_lived: LongLived | None = None
    refresh_extends: bool = False
    supports_multiple_accounts: bool
    connection_config: Mapping[str, ConnectionInput] = field(default_factory=dict)
    callback_verifier: Callable[[CallbackContext], None] | None = None
    exchange_code: Override | None = None
    refresh_tokens: Override | None = None
    revoke_token: Override | None = None
    fetch_account_info: Callable[[ConnectionContext], Awaitable[AccountInfo]]
    callback_metadata: Mapping[str, str] = field(default_factory=dict)
    token_metadata: Mapping[str, str] = field(default_factory=dict)
    key: KeyMethod | None = None
    api_headers: Mapping[str, str] = field(
        default_factory=lambda: {"Authorization": "Bearer ${access_token}"}
    )

    def problems(self) -> list[str]:
        return problems_of(self)

    @cached_property
    def key_alone(self) -> KeyConnectorConfig | None:
        """The connector without its OAuth app; ``None`` if it takes no pasted key."""
        if self.key is None:
            return None
        shared = {each.name: getattr(self, each.name) for each in dataclasses.fields(ConnectorBase)}
        several = self.supports_multiple_accounts
        return KeyConnectorConfig(**shared, key=self.key, supports_multiple_accounts=several)


@dataclass(frozen=True, kw_only=True)
class KeyConnectorConfig(ConnectorBase):
    """Describe one provider to which people connect by pasting values alone.

    It needs no app, so it reads no environment variable.
    """

    key: KeyMethod
    supports_multiple_accounts: bool = True

    def problems(self) -> list[str]:
        return key_connector_problems(self)


Connector = ConnectorConfig | KeyConnectorConfig
"""A connector of the catalog."""

FIELD_NAMES = tuple(f.name for f in dataclasses.fields(ConnectorConfig))
"""Every field, for the documentation test and the validator."""
