"""The indexes, created at start: uniqueness that no race can break, and housekeeping."""

from __future__ import annotations

from datetime import timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.store.mongo import Database
from gateway.store.sessions import IDLE

_OWNER = [("tenant", ASCENDING), ("owner", ASCENDING), ("connector", ASCENDING)]

RENEWABLE = {"tokens.refresh": {"$type": "binData"}}
"""Rows with a refresh token: those in the indexes of what is due. Their queries must say it, too."""
_DUE = [("connector", ASCENDING), ("status", ASCENDING)]

WAITING_EVENTS = {"outbox._id": {"$gt": ""}}
"""Rows with events that no worker has passed on yet: those in the index of the outbox."""
UNDELIVERED = {"due_at": {"$type": "date"}}
"""Deliveries that are not done: those in the indexes of the queue."""
DONE_LIFETIME = timedelta(days=30)
"""How long a delivery that is done can be looked at."""

_NEWEST = [("time", DESCENDING), ("_id", DESCENDING)]

INDEXES = {
    "connections": [
        IndexModel([*_OWNER, ("external_account_id", ASCENDING)], unique=True, name="account"),
        # "slot" is the account id, or empty where the connector takes one account per user.
        IndexModel([*_OWNER, ("slot", ASCENDING)], unique=True, name="slot"),
        # Token reads ask for this one by its name (gateway.store.defaults).
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
            [("outbox._id", ASCENDING)], name="outbox", partialFilterExpression=WAITING_EVENTS
        ),
        # What an encryption key still has to open; walked by _id when the key is changed.
        IndexModel([("tokens.key", ASCENDING), ("_id", ASCENDING)], name="sealed_with"),
    ],
    # Rows stay a while after they expired, so that a late callback can be told what happened.
    "oauth_state": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=3600),
        IndexModel(
            [("tenant", ASCENDING), ("user", ASCENDING), ("created_at", DESCENDING)], name="person"
        ),
    ],
    "limits": [IndexModel("expires_at", name="expiry", expireAfterSeconds=0)],
    "sessions": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel("seen_at", name="idle", expireAfterSeconds=int(IDLE.total_seconds())),
        IndexModel([("tenant", ASCENDING), ("user", ASCENDING)], name="person"),
    ],
    "logins": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel(
            [("tenant", ASCENDING), ("user", ASCENDING)],
            name="person",
            partialFilterExpression={"user": {"$type": "string"}},
        ),
    ],
    "service_keys": [IndexModel([("tenant", ASCENDING), ("created_at", ASCENDING)], name="tenant")],
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
    # Written all the time, and read now and then: as few as the questions of docs/audit.md need.
    "audit": [
        IndexModel([("tenant", ASCENDING), *_NEWEST], name="newest"),
        IndexModel([("tenant", ASCENDING), ("user", ASCENDING), *_NEWEST], name="user"),
        IndexModel([("tenant", ASCENDING), ("connection", ASCENDING), *_NEWEST], name="connection"),
        # Which keys used a connection, however often each did.
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
        # The one thing that happened among millions of hand-outs.
        IndexModel(
            [("tenant", ASCENDING), ("action", ASCENDING), *_NEWEST],
            name="rare",
            partialFilterExpression={"rare": True},
        ),
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
    ],
}


async def create_indexes(database: Database) -> None:
    """Create every index that is missing."""
    for name, indexes in INDEXES.items():
        await database.collection(name).create_indexes(indexes)
