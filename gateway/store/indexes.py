"""The indexes, created at start: uniqueness that no race can break, queries, and expiry."""

from __future__ import annotations

from datetime import timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.store.mongo import Database
from gateway.store.sessions import IDLE

_OWNER = [("tenant", ASCENDING), ("owner", ASCENDING), ("connector", ASCENDING)]

RENEWABLE = {"tokens.refresh": {"$type": "binData"}}
"""Rows with a refresh token: the partial indexes of due rows. Their queries must repeat it."""
_DUE = [("connector", ASCENDING), ("status", ASCENDING)]

HOOK_DUE = {"hook.retry_at": {"$type": "date"}}
"""Rows whose hook is tried again: the partial index of those."""
WAITING_EVENTS = {"outbox._id": {"$gt": ""}}
"""Rows with events that wait for a worker: the partial index of the outbox."""
UNDELIVERED = {"due_at": {"$type": "date"}}
"""Deliveries that are not done: the partial indexes of the queue."""
DONE_LIFETIME = timedelta(days=30)
"""How long a finished delivery is kept."""

_NEWEST = [("time", DESCENDING), ("_id", DESCENDING)]

INDEXES = {
    "connections": [
        IndexModel([*_OWNER, ("external_account_id", ASCENDING)], unique=True, name="account"),
        # "slot" is the account id, or empty where the connector takes one account per user.
        IndexModel([*_OWNER, ("slot", ASCENDING)], unique=True, name="slot"),
        # Token reads name this index (gateway.store.default_account).
        IndexModel(
            _OWNER, unique=True, name="one_default", partialFilterExpression={"is_default": True}
        ),
        IndexModel(
            [*_OWNER, ("is_default", DESCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)],
            name="choice",
        ),
        IndexModel(
            [("tenant", ASCENDING), ("connector", ASCENDING), ("external_account_id", ASCENDING)],
            name="siblings",
        ),
        IndexModel(
            [*_DUE, ("fresh_until", ASCENDING), ("_id", ASCENDING)],
            name="expiring",
            partialFilterExpression=RENEWABLE,
        ),
        IndexModel(
            [*_DUE, ("issued_at", ASCENDING), ("_id", ASCENDING)],
            name="idle",
            partialFilterExpression=RENEWABLE,
        ),
        IndexModel(
            [("connector", ASCENDING), ("_id", ASCENDING)],
            name="unchecked",
            partialFilterExpression={"status_reason": "not_checked"},
        ),
        IndexModel(
            [*_DUE, ("hook.retry_at", ASCENDING)], name="hook_due", partialFilterExpression=HOOK_DUE
        ),
        IndexModel(
            [("outbox._id", ASCENDING)], name="outbox", partialFilterExpression=WAITING_EVENTS
        ),
        # Rows by encryption key, in the order of _id: a rotation walks through them.
        IndexModel([("tokens.key", ASCENDING), ("_id", ASCENDING)], name="sealed_with"),
    ],
    # Rows stay for an hour after they expired, so that a late callback gets the right error.
    "oauth_state": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=3600),
        IndexModel(
            [("tenant", ASCENDING), ("user", ASCENDING), ("created_at", DESCENDING)], name="person"
        ),
    ],
    "idempotency": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel([("answer.key", ASCENDING), ("_id", ASCENDING)], name="sealed_with"),
    ],
    "approvals": [
        # One call waits once, however often it is repeated.
        IndexModel(
            [("tenant", ASCENDING), ("binding", ASCENDING)],
            name="waiting",
            unique=True,
            partialFilterExpression={"state": "waiting"},
        ),
        IndexModel(
            [("tenant", ASCENDING), ("binding", ASCENDING), ("created_at", DESCENDING)],
            name="binding",
        ),
        IndexModel(
            [("tenant", ASCENDING), ("user", ASCENDING), ("created_at", DESCENDING)], name="person"
        ),
        IndexModel([("tenant", ASCENDING), ("created_at", DESCENDING)], name="newest"),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel([("request.key", ASCENDING), ("_id", ASCENDING)], name="sealed_with"),
    ],
    "mcp_messages": [
        IndexModel(
            [("tenant", ASCENDING), ("topic", ASCENDING), ("kind", ASCENDING), ("_id", ASCENDING)],
            name="topic",
        ),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
    ],
    "cool_downs": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "limits": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "sessions": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel("seen_at", name="idle", expireAfterSeconds=int(IDLE.total_seconds())),
        IndexModel([("tenant", ASCENDING), ("user", ASCENDING)], name="person"),
    ],
    "sign_outs": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "logins": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel(
            [("tenant", ASCENDING), ("user", ASCENDING)],
            name="person",
            partialFilterExpression={"user": {"$type": "string"}},
        ),
    ],
    "oauth_grants": [
        IndexModel(
            [("tenant", ASCENDING), ("owner", ASCENDING), ("created_at", DESCENDING)], name="person"
        ),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel([("content.key", ASCENDING), ("_id", ASCENDING)], name="sealed_with"),
    ],
    "oauth_clients": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "signing_keys": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "service_keys": [IndexModel([("tenant", ASCENDING), ("created_at", ASCENDING)], name="tenant")],
    "oauth_apps": [
        IndexModel(
            [("tenant", ASCENDING), ("connector", ASCENDING), ("updated_at", DESCENDING)],
            name="tenant",
        )
    ],
    # Its id is the name of the connector: unique over tenants, too.
    "integrations": [
        IndexModel([("tenant", ASCENDING), ("slug", ASCENDING)], unique=True, name="slug"),
        IndexModel(
            [("renewable", ASCENDING), ("_id", ASCENDING)],
            name="renewable",
            partialFilterExpression={"renewable": True},
        ),
    ],
    "tools": [
        IndexModel(
            [
                ("tenant", ASCENDING),
                ("integration", ASCENDING),
                ("connection", ASCENDING),
                ("name", ASCENDING),
            ],
            unique=True,
            name="operation",
        )
    ],
    "events": [IndexModel([("time", ASCENDING), ("generation", ASCENDING)], name="oldest")],
    "webhooks": [IndexModel([("tenant", ASCENDING), ("created_at", ASCENDING)], name="tenant")],
    "deliveries": [
        IndexModel(
            [("due_at", ASCENDING), ("webhook", ASCENDING)],
            name="due",
            partialFilterExpression=UNDELIVERED,
        ),
        IndexModel(
            [("tenant", ASCENDING), ("webhook", ASCENDING), ("event.connection", ASCENDING)],
            name="queue",
            partialFilterExpression=UNDELIVERED,
        ),
        IndexModel("done_at", name="expiry", expireAfterSeconds=int(DONE_LIFETIME.total_seconds())),
    ],
    # Written all the time and read rarely: only the indexes that docs/audit.md's queries need.
    "audit": [
        IndexModel([("tenant", ASCENDING), *_NEWEST], name="newest"),
        IndexModel([("tenant", ASCENDING), ("user", ASCENDING), *_NEWEST], name="user"),
        IndexModel([("tenant", ASCENDING), ("connection", ASCENDING), *_NEWEST], name="connection"),
        # The keys that used a connection, independent of how often.
        IndexModel(
            [
                ("tenant", ASCENDING),
                ("connection", ASCENDING),
                ("actor.key", ASCENDING),
                ("time", DESCENDING),
            ],
            name="uses",
            partialFilterExpression={"action": "token.issued"},
        ),
        # The few lines that are not hand-outs of tokens.
        IndexModel(
            [("tenant", ASCENDING), ("action", ASCENDING), *_NEWEST],
            name="rare",
            partialFilterExpression={"rare": True},
        ),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
    ],
    "budgets": [
        IndexModel([("tenant", ASCENDING), ("kind", ASCENDING), ("until", ASCENDING)], name="kind"),
        # Counters with reservations or waiting events: sparse, so that most have no entry.
        IndexModel("open.at", name="open", sparse=True),
        IndexModel("outbox.at", name="outbox", sparse=True),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
    ],
    "usage": [
        IndexModel([("tenant", ASCENDING), *_NEWEST], name="newest"),
        IndexModel([("tenant", ASCENDING), ("user", ASCENDING), *_NEWEST], name="user"),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
    ],
}


async def create_indexes(database: Database) -> None:
    """Create every missing index."""
    for name, indexes in INDEXES.items():
        await database.collection(name).create_indexes(indexes)
