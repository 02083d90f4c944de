"""Rows that a newer version of the gateway wrote: refused, and left as they are (security K5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.errors import NewerRow
from gateway.store.connection import SCHEMA
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.renewal_queue import Due, RenewalQueue
from tests.support.linking import NOW, linked, new_connection, save, sealing


@pytest.mark.requirement("K5")
async def test_a_row_of_a_newer_version_is_refused_and_not_changed(database: Database) -> None:
    """By every reader, by a flow for the same account, and by the worker, which leaves it out."""
    store, rows = ConnectionStore(database), database.collection("connections")
    connection = await linked(store)
    await rows.update_one(
        {"_id": connection.id},
        {
            "$set": {
                "schema": SCHEMA + 1,
                "expires_at": NOW,
                "fresh_until": NOW,
                "new": {"shape": 1},
            }
        },
    )
    before = await rows.find_one({"_id": connection.id})

    with pytest.raises(NewerRow):
        await store.get(connection.tenant, connection.id)
    with pytest.raises(NewerRow):
        await store.find_account(connection.tenant, connection.owner, connection.connector, None)
    with pytest.raises(NewerRow):
        await store.list_for(connection.tenant, connection.owner)
    with pytest.raises(NewerRow):
        await save(store, new_connection(), sealing("again"), NOW)
    due = await RenewalQueue(database).due(
        connection.connector, Due.EXPIRING, NOW + timedelta(days=1), 10, now=NOW
    )
    assert due == []
    assert await rows.find_one({"_id": connection.id}) == before


@pytest.mark.requirement("K5")
async def test_the_database_runs_no_code_of_anybodys(database: Database) -> None:
    """The whole suite runs on a server that was started without its JavaScript engine."""
    store = ConnectionStore(database)
    connection = await linked(store)
    with pytest.raises(Exception, match="the database does not answer"):
        await database.collection("connections").find_one({"$where": "return true"})
    assert await store.get(connection.tenant, connection.id) == connection
