"""Linked accounts: the collection ``connections``.

Every write that replaces tokens names the ``generation`` that it read, and fails if the row has a
newer one: a late refresh can neither overwrite a reconnect nor bring back a deleted row. A refresh
lease is judged by the database's clock (``$$NOW``), never by a process's.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connectors.account import AccountInfo
from gateway.errors import (
    AccountAmbiguous,
    AccountMismatch,
    ConnectionNotFound,
    RowUnreadable,
    WriteConflict,
)
from gateway.store.connection import (
    SCHEMA,
    Connection,
    HookFailure,
    Method,
    SealedTokens,
    Status,
    current,
    grant_is_over,
    needs_reauth_event,
    read_connection,
    read_row,
    since,
    token_fields,
)
from gateway.store.default_account import ORDER, Defaults
from gateway.store.events import EventType, keep, new_event
from gateway.store.fresh.notices import accounts_tag
from gateway.store.mongo import Collection, Database, Document


@dataclass(frozen=True, kw_only=True, slots=True)
class NewConnection:
    """The facts about an account that is about to be linked, before it has a row."""

    tenant: str
    owner: str
    connector: str
    account: AccountInfo
    connection_config: Mapping[str, str]
    requested_scopes: tuple[str, ...]
    granted_scopes: tuple[str, ...]
    status: Status
    several_accounts: bool
    environment: str = ""
    method: Method = Method.OAUTH2
    status_reason: str | None = None
    hook_failure: HookFailure | None = None
    app: str | None = None

    @property
    def schema(self) -> int:
        """The version of its row."""
        return 1 if self.method is Method.OAUTH2 and self.app is None else SCHEMA


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The row and generation that the tokens of a finished flow are sealed for.

    ``replaces`` is the connection of the same account as it was read, ``None`` for a new row.
    """

    new: NewConnection
    row: str
    generation: int
    replaces: Connection | None


class ConnectionStore:
    """Linked accounts. Every method takes the caller's tenant; foreign rows look missing."""

    def __init__(self, database: Database) -> None:
        self._rows: Collection = database.collection("connections")
        self._events = database.collection("events")
        self._notices = database.notices
        self._defaults = Defaults(self._rows)

    async def target(self, new: NewConnection) -> Target:
        """Find where a finished flow is stored: a new row, or the row of the same account.

        Raises ``AccountMismatch`` if the connector takes one account per user and another one is
        linked, and ``NewerRow`` if a newer version wrote the row.
        """
        mine = _owner(new)
        row = await self._rows.find_one(mine | {"slot": _slot(new)})
        if row is None:
            # A row from before the connector's "several accounts" changed has another slot.
            row = await self._rows.find_one(
                mine | {"external_account_id": new.account.external_account_id}
            )
        if row is None and not new.several_accounts:
            row = await self._rows.find_one(mine)
        if row is None:
            return Target(new=new, row=f"con_{secrets.token_hex(12)}", generation=1, replaces=None)
        old = read_connection(row)
        if old.external_account_id != new.account.external_account_id:
            raise AccountMismatch(connector=new.connector)
        return Target(new=new, row=old.id, generation=old.generation + 1, replaces=old)

    async def target_of(self, new: NewConnection, connection_id: str) -> Target:
        """Return the row of a connection whose credential is replaced.

        Raises ``ConnectionNotFound`` if its owner has deleted it.
        """
        old = read_row(await self._rows.find_one(_owner(new) | {"_id": connection_id}))
        if old is None:
            raise ConnectionNotFound
        return Target(new=new, row=old.id, generation=old.generation + 1, replaces=old)

    async def save(
        self, target: Target, tokens: SealedTokens, now: datetime, *, keeps: bool = False
    ) -> Connection | None:
        """Store a finished flow with its tokens, which are sealed for ``target``.

        ``keeps`` says that ``tokens`` has the refresh token that the row had before. Returns
        ``None`` if a concurrent write was faster: find a new target then.
        """
        with self._notices.telling(accounts_tag(*_owner(target.new).values())):
            if target.replaces is not None:
                return await self._replace(target, target.replaces, tokens, now, keeps)
            try:
                return await self._insert(target, tokens, now)
            except WriteConflict:
                return None  # a concurrent flow for the same account inserted its row first

    async def _insert(self, target: Target, tokens: SealedTokens, now: datetime) -> Connection:
        new, mine = target.new, _owner(target.new)
        document: Document = mine | {
            "_id": target.row,
            "slot": _slot(new),
            "external_account_id": new.account.external_account_id,
            "generation": target.generation,
            "grant": 1,
            "is_default": await self._rows.find_one(mine) is None,
            "created_at": now,
            "status_since": now,
            "last_used_at": None,
            "refresh": {"fencing": 0, "failing_since": now if new.status_reason else None},
            "outbox": [_flow_event(EventType.CREATED, target, now)],
        }
        document |= _flow_fields(new, tokens, now)
        await self._rows.insert(document)
        if document["is_default"]:
            return read_connection(document)
        await self._defaults.ensure(document, now)  # the default may have been deleted meanwhile
        return await self.get(new.tenant, target.row) or read_connection(document)

    async def _replace(
        self, target: Target, old: Connection, tokens: SealedTokens, now: datetime, keeps: bool
    ) -> Connection | None:
        fields = _flow_fields(target.new, tokens, now) | {
            "generation": target.generation,
            "grant": old.grant + 1,
            "status_since": since(old, target.new.status, now),
            "refresh.owner": None,
            "refresh.until": None,
            "refresh.attempts": 0,
            "refresh.not_before": None,
            "refresh.failing_since": now if target.new.status_reason else None,
        }
        if (account := target.new.account.external_account_id) != old.external_account_id:
            fields |= {"external_account_id": account, "slot": _slot(target.new)}
        if not keeps:  # the marker is about the refresh token (rule 2)
            fields["refresh.marker"] = None
        update: Document = {"$set": fields}
        if old.status is Status.NEEDS_REAUTH:
            update["$push"] = {"outbox": _flow_event(EventType.RECOVERED, target, now)}
        # The status as well: a refresh that gives up keeps the generation.
        query = current(old) | {"status": str(old.status)}
        try:
            return read_row(await self._rows.find_one_and_update(query, update, after=True))
        except WriteConflict:  # another connection of the owner has this account
            raise AccountMismatch(connector=old.connector) from None

    async def get(self, tenant: str, connection_id: str) -> Connection | None:
        """Return the connection of that id."""
        return read_row(await self._rows.find_one({"_id": connection_id, "tenant": tenant}))

    async def list_for(self, tenant: str, owner: str) -> list[Connection]:
        """Return the owner's connections, by connector, each connector's default first."""
        rows = await self._rows.find({"tenant": tenant, "owner": owner}, sort=ORDER)
        return [read_connection(row) for row in rows]

    async def list_of(self, tenant: str, connector: str) -> list[Connection]:
        """Return the connections of a connector, of all owners; unreadable ones are left out."""
        rows = await self._rows.find({"tenant": tenant, "connector": connector})
        found = [_read_or_error(row) for row in rows]
        return [each for each in found if isinstance(each, Connection)]

    async def read_all(
        self, tenant: str, owners: Sequence[str]
    ) -> list[tuple[str, str, Connection | RowUnreadable]]:
        """Return all connections of some owners by one query: owner, connector, connection.

        They are in the order of ``list_for``. A row that cannot be used is the error that its
        reader gets, so that it harms no other.
        """
        query = {"tenant": tenant, "owner": {"$in": list(owners)}}
        rows = await self._rows.find(query, sort=ORDER)
        return [(row["owner"], row["connector"], _read_or_error(row)) for row in rows]

    async def find_account(
        self, tenant: str, owner: str, connector: str, account: str | None
    ) -> Connection | None:
        """Return the requested account, or the default one.

        ``account`` is a connection id, an external account id or a label, in this order.

        Raises:
            AccountAmbiguous: Several accounts have this label.
        """
        if account is None:
            return read_row(await self._defaults.find(tenant, owner, connector))
        mine = {"tenant": tenant, "owner": owner, "connector": connector}
        for name in ("_id", "external_account_id", "account_label"):
            rows = await self._rows.find(mine | {name: account}, sort=ORDER)
            if len(rows) > 1:
                raise AccountAmbiguous(connector, [row["_id"] for row in rows])
            if rows:
                return read_connection(rows[0])
        return None

    async def is_linked(
        self,
        tenant: str,
        connector: str,
        external_account_id: str,
        *,
        besides: str | None = None,
        app: str | None = None,
    ) -> bool:
        """Whether any user's OAuth connection by ``app``, other than ``besides``, has this account.

        Revoking a grant can end every connection of the account to the app (security B7).
        """
        query = {
            "tenant": tenant,
            "connector": connector,
            "external_account_id": external_account_id,
            "app": app,
            "method": {"$in": [None, str(Method.OAUTH2)]},  # an earlier release wrote none
            "_id": {"$ne": besides},
        }
        return await self._rows.find_one(query, projection={"_id": 1}) is not None

    async def set_default(self, connection: Connection, now: datetime) -> None:
        """Make this connection the default of its owner and connector, if it still exists."""
        row = {
            "_id": connection.id,
            "tenant": connection.tenant,
            "owner": connection.owner,
            "connector": connection.connector,
        }
        with self._notices.telling(*connection.tags):
            await self._defaults.choose(row, now)

    async def delete(self, connection: Connection, now: datetime) -> Connection | None:
        """Delete a connection and return its last state; the oldest sibling becomes the default."""
        with self._notices.telling(*connection.tags):
            row = await self._delete_and_tell(connection, now)
            if row is not None and row["is_default"]:
                await self._defaults.ensure(row, now)
        return read_row(row)

    async def _delete_and_tell(self, connection: Connection, now: datetime) -> Document | None:
        query = {"_id": connection.id, "tenant": connection.tenant}

        async def forget(both: Any) -> Document | None:
            row = await self._rows.find_one_and_delete(query, transaction=both)
            if row is None:
                return None
            event = new_event(
                EventType.DISCONNECTED,
                now,
                tenant=row["tenant"],
                connection=row["_id"],
                generation=row["generation"] + 1,
                connector=row["connector"],
                owner=row["owner"],
                status="disconnected",
            )
            for waiting in [*row.get("outbox", ()), event]:
                await keep(self._events, waiting, transaction=both)
            return row

        return await self._rows.transact(forget)

    async def end_grant(self, connection: Connection, reason: str, now: datetime) -> bool:
        """Set the connection to ``needs_reauth``; ``False`` if its row has changed meanwhile."""
        with self._notices.telling(*connection.tags):
            return await self._rows.update_one(
                current(connection) | {"status": str(connection.status)},
                {
                    "$set": grant_is_over(reason, now),
                    "$push": {"outbox": needs_reauth_event(connection, reason, now)},
                },
            )

    async def touch(self, connection: Connection, now: datetime) -> None:
        """Record that a token was handed out."""
        await self._rows.update_one(
            {"_id": connection.id, "tenant": connection.tenant}, {"$set": {"last_used_at": now}}
        )


def _read_or_error(row: Document) -> Connection | RowUnreadable:
    try:
        return read_connection(row)
    except RowUnreadable as error:
        return error


def _flow_fields(new: NewConnection, tokens: SealedTokens, now: datetime) -> Document:
    return {
        "schema": new.schema,
        "method": str(new.method),
        "account_label": new.account.account_label,
        "metadata": json.dumps(dict(new.account.metadata)),
        "connection_config": dict(new.connection_config),
        "environment": new.environment,
        "app": new.app,
        "hook": None if new.hook_failure is None else asdict(new.hook_failure),
        "scopes": {"requested": list(new.requested_scopes), "granted": list(new.granted_scopes)},
        "status": str(new.status),
        "status_reason": new.status_reason,
        "updated_at": now,
    } | token_fields(tokens)


def _owner(new: NewConnection) -> dict[str, str]:
    return {"tenant": new.tenant, "owner": new.owner, "connector": new.connector}


def _slot(new: NewConnection) -> str:
    """The account id, or empty where the connector takes one account per user."""
    return new.account.external_account_id if new.several_accounts else ""


def _flow_event(kind: EventType, target: Target, now: datetime) -> Document:
    return new_event(
        kind,
        now,
        **_owner(target.new),
        connection=target.row,
        generation=target.generation,
        status=str(target.new.status),
    )
