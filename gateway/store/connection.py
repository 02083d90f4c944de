"""One linked account: the record, and its row in the collection ``connections``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.errors import NewerRow, RowUnreadable
from gateway.store.audit import About
from gateway.store.events import EventType, new_event
from gateway.store.fresh.notices import Tag, accounts_tag, row_tag
from gateway.store.mongo import Document
from gateway.store.owners import kind_of, user_of

SCHEMA = 2
"""Newest version of the rows that this code reads.

Rows with pasted credentials have version 2: an earlier release would read them as OAuth tokens. So
have those of a tenant's own app: it would renew them with the deployment's. All others have version
1, so that it can go on with them.
"""


class Method(StrEnum):
    """The way in which a connection was made.

    A grant of OAuth 2, a pasted API key, or pasted values that are exchanged for access tokens.
    """

    OAUTH2 = "oauth2"
    API_KEY = "api_key"
    CLIENT_CREDENTIALS = "client_credentials"


NOT_CHECKED = "not_checked"
"""The ``status_reason`` of an API key that its provider has neither accepted nor refused yet."""


class Status(StrEnum):
    """The status of a connection. The last four are never stored (``gateway.services.states``).

    It works; its grant is over; scopes were refused; its token is over and its renewal fails; its
    tokens do not open; its connector is hidden; a part of its API's address is missing.
    """

    ACTIVE = "active"
    NEEDS_REAUTH = "needs_reauth"
    NEEDS_SCOPES = "needs_scopes"
    NOT_RENEWED = "not_renewed"
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedTokens:
    """Tokens as they are stored. A refresh is due at ``fresh_until``; all times are UTC.

    A value that is missing in a damaged row is empty: it does not open.

    ``encryption_key`` is the id of the encryption key that sealed them. A rotation finds rows by
    it; rows from before it was stored have an empty one.
    """

    access_token: bytes = field(repr=False)
    refresh_token: bytes | None = field(repr=False)
    encryption_key: str
    token_type: str
    issued_at: datetime
    expires_at: datetime | None
    fresh_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HookFailure:
    """The connector's hook has failed ``attempts`` times, first at ``since``.

    ``reason`` is that of the last time. The worker tries again at ``retry_at``, if it is set.
    """

    reason: str
    since: datetime
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """One linked account, as stored.

    ``status_reason`` says why renewals fail, since ``failing_since``, or why the grant is over.
    ``environment`` is that of the OAuth app that has the grant, empty if the setting was. ``app``
    is the app's id if it is the tenant's own (``gateway.store.oauth_apps``). ``grant`` counts what
    people gave: it grows with each connect and reconnect, and with no refresh.
    """

    id: str
    tenant: str
    owner: str
    connector: str
    method: Method
    external_account_id: str
    account_label: str
    metadata: Mapping[str, Any]
    connection_config: Mapping[str, str]
    environment: str
    requested_scopes: tuple[str, ...]
    granted_scopes: tuple[str, ...]
    status: Status
    status_reason: str | None
    status_since: datetime
    failing_since: datetime | None
    is_default: bool
    tokens: SealedTokens
    generation: int
    lease_owner: str | None
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None
    hook_failure: HookFailure | None = None
    app: str | None = None
    grant: int = 1

    def is_of(self, environment: str) -> bool:
        """Whether the OAuth apps of ``environment`` may have this grant; an empty one is any."""
        return not (self.environment and environment) or self.environment == environment

    @property
    def user(self) -> str | None:
        """The user id in ``owner``, ``None`` for a connection of the organisation."""
        return user_of(self.owner)

    @property
    def about(self) -> About:
        """The facts of an audit line about this connection."""
        return {
            "tenant": self.tenant,
            "user": self.user,
            "owner": kind_of(self.owner),
            "connector": self.connector,
            "connection": self.id,
        }

    @property
    def tags(self) -> tuple[Tag, Tag]:
        """The tags of changes that concern this connection: its row, and its owner's accounts."""
        accounts = accounts_tag(self.tenant, self.owner, self.connector)
        return row_tag("connections", self.id), accounts


def current(connection: Connection) -> Document:
    """Return the query for the row of this generation."""
    return {"_id": connection.id, "tenant": connection.tenant, "generation": connection.generation}


def since(connection: Connection, status: Status, now: datetime) -> datetime:
    """Return the ``status_since`` of a write of ``status``: the same status keeps its time."""
    return connection.status_since if connection.status is status else now


def grant_is_over(reason: str, now: datetime) -> Document:
    """Return the fields of a row whose grant is over."""
    status = str(Status.NEEDS_REAUTH)
    return {"status": status, "status_reason": reason, "status_since": now, "updated_at": now}


def needs_reauth_event(connection: Connection, reason: str, now: datetime) -> Document:
    """Return the event that the grant is over."""
    return _event(EventType.NEEDS_REAUTH, connection, Status.NEEDS_REAUTH, reason, now)


def recovered_event(connection: Connection, now: datetime) -> Document:
    """Return the event that the connection works again."""
    return _event(EventType.RECOVERED, connection, Status.ACTIVE, None, now)


def _event(
    kind: EventType, connection: Connection, status: Status, reason: str | None, now: datetime
) -> Document:
    return new_event(
        kind,
        now,
        tenant=connection.tenant,
        connection=connection.id,
        generation=connection.generation,
        connector=connection.connector,
        owner=connection.owner,
        status=str(status),
        reason=reason,
    )


def token_fields(tokens: SealedTokens) -> Document:
    """Return the fields of a row that a connect and a refresh both write."""
    return {
        "tokens": {
            "access": tokens.access_token,
            "refresh": tokens.refresh_token,
            "key": tokens.encryption_key,
            "type": tokens.token_type,
        },
        "issued_at": tokens.issued_at,
        "expires_at": tokens.expires_at,
        "fresh_until": tokens.fresh_until,
    }


def read_row(row: Document | None) -> Connection | None:
    """Return a stored row as a ``Connection``; ``None`` stays ``None``."""
    return None if row is None else read_connection(row)


def check_schema(row: Document) -> None:
    """Raise ``NewerRow`` for a row of a newer version, before it is misread or overwritten (K5)."""
    if row.get("schema", SCHEMA) > SCHEMA:
        raise NewerRow("the connection was written by a newer version of the gateway")


def read_connection(row: Document) -> Connection:
    """Return a stored row as a ``Connection``; raises ``NewerRow`` or ``RowUnreadable``."""
    check_schema(row)
    try:
        return _connection(row)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # Without the error, whose text may quote the row.
        raise RowUnreadable(f"the row is damaged ({type(error).__name__})") from None


def _sealed(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _connection(row: Document) -> Connection:
    tokens, refresh, scopes = row.get("tokens") or {}, row["refresh"], row["scopes"]
    refresh_token = tokens.get("refresh")
    return Connection(
        id=row["_id"],
        tenant=row["tenant"],
        owner=row["owner"],
        connector=row["connector"],
        method=Method(row.get("method", Method.OAUTH2)),  # an earlier release may still write
        external_account_id=row["external_account_id"],
        account_label=row["account_label"],
        metadata=json.loads(row["metadata"]),
        connection_config=row["connection_config"],
        environment=row.get("environment", ""),
        requested_scopes=tuple(scopes["requested"]),
        granted_scopes=tuple(scopes["granted"]),
        status=Status(row["status"]),
        status_reason=row["status_reason"],
        status_since=row.get("status_since") or row["updated_at"],
        failing_since=refresh.get("failing_since"),
        is_default=row["is_default"],
        tokens=SealedTokens(
            access_token=_sealed(tokens.get("access")),
            refresh_token=None if refresh_token is None else _sealed(refresh_token),
            encryption_key=tokens.get("key", ""),
            token_type=tokens.get("type", ""),
            issued_at=row["issued_at"],
            expires_at=row["expires_at"],
            fresh_until=row["fresh_until"],
        ),
        generation=row["generation"],
        lease_owner=refresh.get("owner"),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_used_at=row["last_used_at"],
        hook_failure=_hook_failure(row.get("hook")),
        app=row.get("app"),
        grant=row.get("grant", 1),  # an earlier release wrote none
    )


def _hook_failure(hook: Document | None) -> HookFailure | None:
    if hook is None:
        return None
    names = ("reason", "since", "attempts", "retry_at")
    return HookFailure(**{name: hook[name] for name in names})
