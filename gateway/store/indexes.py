"""The indexes, created at start: uniqueness that no race can break, and housekeeping."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.store.mongo import Database
from gateway.store.sessions import IDLE

_OWNER = [("tenant", ASCENDING), ("owner", ASCENDING), ("connector", ASCENDING)]

RENEWABLE = {"tokens.refresh": {"$type": "binData"}}
"""Rows with a refresh token: those in the indexes of what is due. Their queries must say it, too."""
_DUE = [("connector", ASCENDING), ("status", ASCENDING)]

INDEXES = {
    "connections": [
        IndexModel([*_OWNER, ("external_account_id", ASCENDING)], unique=True, name="account"),
        # "slot" is the account id, or empty where the connector takes one account per user.
        IndexModel([*_OWNER, ("slot", ASCENDING)], unique=True, name="slot"),
        IndexModel(
            _OWNER,
            unique=True,
            name="one_default",
            partialFilterExpression={"is_default": True},
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
    ],
    # Rows stay a while after they expired, so that a late callback can be told what happened.
    "oauth_state": [IndexModel("expires_at", name="expiry", expireAfterSeconds=3600)],
    "sessions": [
        IndexModel("expires_at", name="expiry", expireAfterSeconds=0),
        IndexModel("seen_at", name="idle", expireAfterSeconds=int(IDLE.total_seconds())),
    ],
    "service_keys": [IndexModel([("tenant", ASCENDING), ("created_at", ASCENDING)], name="tenant")],
}


async def create_indexes(database: Database) -> None:
    """Create every index that is missing."""
    for name, indexes in INDEXES.items():
        await database.collection(name).create_indexes(indexes)
