"""Each encryption key is checked at start, also by processes that start together (E4)."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from gateway.clock import utc_now
from gateway.encryption.key_check import check_encryption_keys
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.errors import SettingsError
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.mongo import Database
from gateway.store.sealed import sealed_stores
from tests.support.linking import dump
from tests.support.sealing import link_sealed

K1, K2 = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"
OTHER_K1, OTHER_K2 = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"


async def check(database: Database, keys: str) -> None:
    """The check of a process that starts with these encryption keys."""
    await check_encryption_keys(
        Vault(read_encryption_keys(keys)),
        EncryptionKeyCheckStore(database),
        sealed_stores(database),
        utc_now,
    )


async def test_processes_that_start_together_with_a_new_key_agree(database: Database) -> None:
    await asyncio.gather(*(check(database, f"{K1},{K2}") for _ in range(20)))
    await asyncio.gather(*(check(database, f"{K2},{K1}") for _ in range(20)))
    assert await database.collection("vault").count({}) == 2


@pytest.mark.requirement("E4")
async def test_of_two_new_keys_under_one_id_one_wins(database: Database) -> None:
    """Else half of the rows would be sealed with each."""
    keys = [K1, OTHER_K1] * 10
    results = await asyncio.gather(*(check(database, one) for one in keys), return_exceptions=True)
    kinds = {*map(type, results[::2])}, {*map(type, results[1::2])}
    assert kinds in (({type(None)}, {SettingsError}), ({SettingsError}, {type(None)}))


async def test_all_wrong_keys_are_named_at_once_and_none_is_shown(database: Database) -> None:
    await check(database, f"{K1},{K2}")
    with pytest.raises(SettingsError) as caught:
        await check(database, f"k3:{new_encryption_key()},{OTHER_K1},{OTHER_K2}")
    lines = str(caught.value).splitlines()
    assert [line.partition(" is not")[0] for line in lines] == [
        'the encryption key "k1"',
        'the encryption key "k2"',
    ]
    for keys in (K1, K2, OTHER_K1, OTHER_K2):
        assert keys.partition(":")[2] not in str(caught.value)


@pytest.mark.requirement("E4")
async def test_an_id_is_not_used_again_when_its_key_is_gone(database: Database) -> None:
    """An old backup may have rows of it."""
    await check(database, f"{K2},{K1}")
    await check(database, K2)
    with pytest.raises(SettingsError, match="a new encryption key needs a new id"):
        await check(database, f"{OTHER_K1},{K2}")
    await check(database, f"{K1},{K2}")


@pytest.mark.requirement("E4")
async def test_a_database_without_check_values_tells_by_its_rows(database: Database) -> None:
    """Rows without a key id count as well; a broken row does not decide."""
    vault = Vault(read_encryption_keys(K1))
    rows = [await link_sealed(database, vault, user) for user in ("alice", "bob")]
    connections = database.collection("connections")
    for unset in ({}, {"$unset": {"tokens.key": ""}}):
        for row in rows:
            if unset:
                await connections.update_one({"_id": row.id}, unset)
        with pytest.raises(SettingsError, match="is not the one"):
            await check(database, OTHER_K1)
        assert await database.collection("vault").count({}) == 0
    broken = {"tokens.access": rows[0].tokens.access_token[:-1], "tokens.refresh": None}
    await connections.update_one({"_id": rows[0].id}, {"$set": broken})
    await check(database, K1)


@pytest.mark.requirement("E4")
async def test_missing_encryption_key_of_rows_is_logged(database: Database) -> None:
    """With its id and the number of rows, and the process goes on."""
    for user in ("alice", "bob"):
        await link_sealed(database, Vault(read_encryption_keys(K1)), user)
    with capture_logs() as logged:
        await check(database, K2)
    assert logged == [
        {
            "event": "encryption_key_missing",
            "log_level": "warning",
            "key_id": "k1",
            "collection": "connections",
            "rows": 2,
        }
    ]


@pytest.mark.requirement("E1")
async def test_a_check_value_gives_nothing_away(
    database: Database, mongodb_url: str, database_name: str
) -> None:
    await check(database, K1)
    dumped = dump(mongodb_url, database_name)["vault"]
    assert b"this is the key" not in dumped
    assert next(iter(read_encryption_keys(K1).values())) not in dumped
