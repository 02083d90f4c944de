"""Hooks that failed: the connections whose hook is due again, one attempt at a time.

A claim counts the attempt and sets the time of the next one before the hook runs, so a process that
dies uses up its attempt. The lease is judged by the database's clock. A reconnect ends it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.account import AccountInfo
from gateway.store.connection import (
    SCHEMA,
    Connection,
    HookFailure,
    Status,
    read_connection,
    read_row,
)
from gateway.store.indexes import HOOK_DUE
from gateway.store.mongo import Database, Document

LEASE_SECONDS = 90
"""Longer than an attempt (``services.hooks.ATTEMPT_SECONDS``) and the writes around it."""
MOST_ATTEMPTS = 12
"""Attempts, the first one included, after which the worker stops: about a day."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

_ALIVE = {"$in": [str(Status.ACTIVE), str(Status.NEEDS_SCOPES)]}
_FREE: Document = {"$expr": {"$lte": [{"$ifNull": ["$hook.until", "$$NOW"]}, "$$NOW"]}}


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """Return the time of the next attempt; ``None`` after the last one."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(FIRST_PAUSE * (1 << attempts - 1), LONGEST_PAUSE)


def first_failure(reason: str, now: datetime) -> HookFailure:
    """Return the failure of the first attempt."""
    return HookFailure(reason=reason, since=now, attempts=1, retry_at=retry_at(1, now))


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to run a connection's hook once."""

    connection: Connection
    owner: str


class HookRetries:
    """Claims and results of attempts."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("connections")
        self._notices = database.notices

    async def due(self, connector: str, now: datetime, limit: int) -> list[Connection]:
        """Return connections of all tenants whose hook is due at ``now``, the oldest first."""
        query: Document = {
            "connector": connector,
            "status": _ALIVE,
            "schema": {"$lte": SCHEMA},
            "hook.retry_at": HOOK_DUE["hook.retry_at"] | {"$lte": now},
            **_FREE,
        }
        rows = await self._rows.find(query, sort=[("hook.retry_at", 1)], limit=limit)
        return [read_connection(row) for row in rows]

    async def claim(self, connection: Connection, reason: str, now: datetime) -> Claim | None:
        """Claim one attempt; ``None`` if another process has it or the row has changed.

        ``reason`` is that of the failure so far.
        """
        failure, owner = connection.hook_failure, secrets.token_hex(16)
        attempts = failure.attempts if failure else 0
        row = await self._rows.find_one_and_update(
            {
                "_id": connection.id,
                "tenant": connection.tenant,
                "hook.attempts": attempts or None,
                **_FREE,
            },
            [
                {
                    "$set": {
                        "hook": {
                            "reason": reason,
                            "since": failure.since if failure else now,
                            "attempts": attempts + 1,
                            "retry_at": retry_at(attempts + 1, now),
                            "owner": owner,
                            "until": {"$add": ["$$NOW", LEASE_SECONDS * 1000]},
                        }
                    }
                }
            ],
            after=True,
        )
        claimed = read_row(row)
        return None if claimed is None else Claim(connection=claimed, owner=owner)

    async def finish(
        self,
        claim: Claim,
        account: AccountInfo,
        reason: str | None,
        now: datetime,
        *,
        final: bool = False,
    ) -> bool:
        """Store what the hook found, and ``reason`` if it failed; ``False`` if the claim was lost.

        After a ``final`` failure the worker does not try again.
        """
        fields: Document = {
            "metadata": json.dumps(dict(account.metadata)),
            "account_label": account.account_label,
            "updated_at": now,
        }
        if reason is None:
            fields["hook"] = None
        else:
            fields |= {"hook.reason": reason, "hook.owner": None, "hook.until": None}
            if final:
                fields["hook.retry_at"] = None
        connection = claim.connection
        query = {"_id": connection.id, "tenant": connection.tenant, "hook.owner": claim.owner}
        with self._notices.telling(*connection.tags):
            return await self._rows.update_one(query, {"$set": fields})
