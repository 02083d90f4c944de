"""A database with very many linked accounts, and a working set spread evenly over them.

One row is stored by the gateway itself; every other one is that row with another id, user, account
and tokens, the tokens sealed for their own row. The indexes are made at the end, which takes a
fraction of the time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from pymongo import MongoClient, WriteConcern

from bench.seed import (
    CONNECTOR,
    CREDENTIALS,
    LIFE,
    SEEDING_DRIVER,
    Place,
    Seeded,
    access_token,
    account_id,
    create_key,
    link,
    refresh_token,
    user_name,
)
from connectors.catalog import Catalog
from connectors.context import Tokens
from gateway.access.identity import DEFAULT_TENANT
from gateway.encryption.tokens import TokenSealer
from gateway.store.connection import token_fields
from gateway.store.indexes import INDEXES
from gateway.store.mongo import Document, open_database
from gateway.store.owners import owner_of

BATCH = 2_000
SHARE = 50_000
"""Rows that one writing process is given at a time."""
WRITERS = 2


async def seed_many(place: Place, accounts: int, read: int) -> Seeded:
    """Store a key and ``accounts`` linked accounts, of which ``read`` are going to be read."""
    scopes = tuple(Catalog(CREDENTIALS).oauth(CONNECTOR).scopes)
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        await link(database, place.sealer(database), 0, scopes=scopes)
        template = await database.collection("connections").find_one({})
        assert template is not None
        shares = [range(start, min(start + SHARE, accounts)) for start in range(1, accounts, SHARE)]
        # Not forked: a copy of the driver's threads and locks would be of no use.
        with ProcessPoolExecutor(WRITERS, mp_context=get_context("spawn")) as writers:
            list(writers.map(_write, [place] * len(shares), [template] * len(shares), shares))
        _finish(place)
        key = await create_key(database, place.vault)
    return Seeded(key=key, users=[user_name(each * accounts // read) for each in range(read)])


def _finish(place: Place) -> None:
    """Indexes, and everything on disk: else MongoDB goes on writing while reads are timed.

    With a client that waits: over so many rows it takes longer than the gateway's would.
    """
    with MongoClient[dict[str, Any]](place.mongodb_url) as client:
        for name, indexes in INDEXES.items():
            client[place.database][name].create_indexes(indexes)
        client.admin.command("fsync")


def _write(place: Place, template: Document, numbers: range) -> None:
    asyncio.run(_insert(place, template, numbers))


async def _insert(place: Place, template: Document, numbers: range) -> None:
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        sealer = place.sealer(database)
    with MongoClient[dict[str, Any]](place.mongodb_url, tz_aware=True) as client:
        rows = client[place.database].get_collection("connections", write_concern=WriteConcern(w=1))
        for batch in _batches(numbers):
            rows.insert_many([_row(template, sealer, number) for number in batch], ordered=False)


def _batches(numbers: range) -> Iterator[range]:
    for start in itertools.count(0, BATCH):
        if not (batch := numbers[start : start + BATCH]):
            return
        yield batch


def _row(template: Document, sealer: TokenSealer, number: int) -> Document:
    user, row_id = user_name(number), f"con_{os.urandom(12).hex()}"
    owner, now = owner_of(user), template["created_at"]
    return (
        template
        | {
            "_id": row_id,
            "owner": owner,
            "outbox": [],
            "slot": account_id(number),
            "external_account_id": account_id(number),
            "account_label": f"{user}@example.com",
            "metadata": json.dumps({"name": f"The user {user}"}),
        }
        | _sealed(sealer, user, owner, row_id, now)
    )


def _sealed(sealer: TokenSealer, user: str, owner: str, row_id: str, now: datetime) -> Document:
    tokens = Tokens(
        access_token=access_token(user),
        refresh_token=refresh_token(user),
        token_type="Bearer",
        expires_at=now + LIFE,
        scopes=(),
    )
    return token_fields(
        sealer.seal(
            tokens,
            tenant=DEFAULT_TENANT,
            owner=owner,
            connector=CONNECTOR,
            row=row_id,
            generation=1,
            now=now,
        )
    )
