"""Linked accounts and available connectors: the parts of the API without tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast, get_args

from gateway.client.fields import Fields

Revoked = Literal["yes", "no", "unsupported", "shared"]
"""The fate of the grant at the provider. The gateway deletes the connection in each case.

``yes``: revoked. ``no``: the attempt failed. ``unsupported``: the provider cannot revoke.
``shared``: another connection still uses the grant.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFailure:
    """The connector's step after connecting has failed ``attempts`` times, first at ``since``.

    ``reason`` is that of the last time. The gateway tries again at ``retry_at``, if it is set.
    """

    reason: str
    since: datetime
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One linked account. Times are aware and in UTC.

    ``owner`` is ``user``, ``org`` or ``platform``; ``user`` is ``None`` unless a user owns it.
    ``method`` is ``oauth2``, ``api_key`` or ``client_credentials``.

    ``status`` is what the next call would meet: a token (``active``, ``needs_scopes``) or an error
    (``needs_reauth``, ``not_renewed``, ``incomplete``, ``unreadable``, ``unavailable``).
    ``status_reason`` says why the grant is over or why it is not renewed, ``status_since`` since
    when; ``action`` mends it: ``reconnect``, ``wait``, ``administrator`` or ``operator``.
    ``metadata`` holds the provider's facts about the account.
    """

    id: str
    connector: str
    method: str
    owner: str
    user: str | None
    external_account_id: str
    account_label: str
    status: str
    status_reason: str | None
    status_since: datetime | None
    action: str | None
    is_default: bool
    scopes: tuple[str, ...]
    metadata: Mapping[str, Any] = field(hash=False)
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None
    hook_failure: HookFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableConnector:
    """One connector that users of this gateway can link now, at ``connect_url``.

    ``description`` says in a sentence what it is for, and may be empty.
    ``methods`` are the ways to connect: ``oauth2``, ``api_key``, ``client_credentials``.
    ``connection_config`` describes what the user types before a flow of OAuth, ``key_inputs`` what
    they paste.
    """

    name: str
    display_name: str
    description: str
    category: str
    scopes: tuple[str, ...]
    methods: tuple[str, ...]
    connection_config: Any = field(hash=False)
    key_inputs: Any = field(hash=False)
    supports_refresh: bool
    supports_multiple_accounts: bool
    connect_url: str


def read_connection(fields: Fields) -> Connection:
    """Read one connection; raises ``WrongShape`` if a field is missing or of another type."""
    return Connection(
        id=fields.text("id"),
        connector=fields.text("connector"),
        method=fields.text("method"),
        owner=fields.text("owner"),
        user=fields.optional("user", fields.text),
        external_account_id=fields.text("external_account_id"),
        account_label=fields.text("account_label"),
        status=fields.text("status"),
        status_reason=fields.optional("status_reason", fields.text),
        status_since=fields.optional("status_since", fields.moment),
        action=fields.optional("action", fields.text),
        is_default=fields.flag("is_default"),
        scopes=fields.texts("scopes"),
        metadata=fields.mapping("metadata"),
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        last_used_at=fields.optional("last_used_at", fields.moment),
        hook_failure=fields.optional("hook_failure", lambda name: _failure(fields.record(name))),
    )


def _failure(fields: Fields) -> HookFailure:
    return HookFailure(
        reason=fields.text("reason"),
        since=fields.moment("since"),
        attempts=fields.number("attempts"),
        retry_at=fields.optional("retry_at", fields.moment),
    )


def read_connections(fields: Fields) -> list[Connection]:
    """Read ``{"connections": [...]}``; raises ``WrongShape``."""
    return [read_connection(each) for each in fields.records("connections")]


def read_connectors(fields: Fields) -> list[AvailableConnector]:
    """Read ``{"connectors": [...]}``; raises ``WrongShape``."""
    return [
        AvailableConnector(
            name=each.text("name"),
            display_name=each.text("display_name"),
            description=each.text("description"),
            category=each.text("category"),
            scopes=each.texts("scopes"),
            methods=each.texts("methods"),
            connection_config=each.any("connection_config"),
            key_inputs=each.any("key_inputs"),
            supports_refresh=each.flag("supports_refresh"),
            supports_multiple_accounts=each.flag("supports_multiple_accounts"),
            connect_url=each.text("connect_url"),
        )
        for each in fields.records("connectors")
    ]


def read_revoked(fields: Fields) -> Revoked:
    """Read ``{"revoked": ...}``; raises ``WrongShape``."""
    revoked = fields.text("revoked")
    if revoked not in get_args(Revoked):
        raise fields.wrong("revoked", f"one of {', '.join(get_args(Revoked))}")
    return cast(Revoked, revoked)
