"""Service keys: the tenant comes from the row, and the secret is nowhere in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.access.service_keys import Role, ServiceKeys
from gateway.errors import Unauthorized, WriteConflict
from gateway.store.mongo import Database
from gateway.store.service_keys import KeyStore, StoredKey
from tests.support.gateway import FakeClock
from tests.support.linking import NOW, dump
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT


@pytest.fixture
def store(database: Database) -> KeyStore:
    return KeyStore(database, VAULT)


@pytest.fixture
def keys(store: KeyStore, clock: FakeClock) -> ServiceKeys:
    return ServiceKeys(store, clock, NO_AUDIT)


def key(name: str, *, tenant: str = "default", minutes: int = 0) -> StoredKey:
    """A key that was made some minutes after ``NOW``."""
    return StoredKey(
        id=name,
        tenant=tenant,
        label="for tests",
        roles=("connections", "tokens"),
        secret_hash="0" * 64,
        created_at=NOW + timedelta(minutes=minutes),
    )


async def test_a_key_reads_back_as_it_was_stored_and_does_not_show_its_hash(
    store: KeyStore,
) -> None:
    await store.add(key("k1"))

    found = await store.get("k1")

    assert found == key("k1")
    assert "0000" not in repr(found)
    assert await store.get("k2") is None


@pytest.mark.requirement("F2")
async def test_the_restrictions_of_a_key_read_back_as_they_were_stored(store: KeyStore) -> None:
    restricted = replace(
        key("k1"),
        connectors=("google", "notion"),
        expires_at=NOW + timedelta(days=1),
        assertion_keys=({"kty": "OKP", "crv": "Ed25519", "x": "AA"},),
        last_used_at=NOW,
    )
    await store.add(restricted)
    assert await store.get("k1") == restricted


@pytest.mark.requirement("F1")
async def test_the_use_of_a_key_is_noted_for_its_own_tenant_and_never_goes_back(
    store: KeyStore,
) -> None:
    await store.add(key("k1"))
    await store.touch("acme", "k1", NOW)
    assert await store.get("k1") == key("k1")
    await store.touch("default", "k1", NOW + timedelta(minutes=2))
    await store.touch("default", "k1", NOW)
    assert await store.get("k1") == replace(key("k1"), last_used_at=NOW + timedelta(minutes=2))
    await store.delete("default", "k1")
    await store.touch("default", "k1", NOW)
    assert await store.get("k1") is None


async def test_the_use_of_a_key_is_noted_once_a_minute_at_most(
    keys: ServiceKeys, store: KeyStore, clock: FakeClock
) -> None:
    stored, secret = await keys.create(tenant="default", roles=[Role.TOKENS])
    await keys.authenticate(f"Bearer {secret.reveal()}")
    first = await store.get(stored.id)
    assert first is not None
    assert first.last_used_at is not None
    clock.advance(seconds=30)
    await keys.authenticate(f"Bearer {secret.reveal()}")
    assert await store.get(stored.id) == first
    clock.advance(seconds=31)
    await keys.authenticate(f"Bearer {secret.reveal()}")
    assert await store.get(stored.id) != first


@pytest.mark.requirement("K4")
async def test_a_key_id_is_taken_once(store: KeyStore) -> None:
    await store.add(key("k1"))

    with pytest.raises(WriteConflict):
        await store.add(key("k1", tenant="acme"))

    assert (await store.get("k1") or key("")).tenant == "default"


@pytest.mark.requirement("F1")
async def test_a_tenant_lists_its_own_keys_oldest_first(store: KeyStore) -> None:
    for added in (
        key("b", minutes=1),
        key("c", minutes=2),
        key("a", minutes=2),
        key("theirs", tenant="acme"),
        key("z"),
    ):
        await store.add(added)

    assert [found.id for found in await store.list_for("default")] == ["z", "b", "a", "c"]
    assert [found.id for found in await store.list_for("acme")] == ["theirs"]
    assert await store.list_for("nobody") == []


@pytest.mark.requirement("F1")
async def test_a_tenant_deletes_its_own_keys_only(store: KeyStore) -> None:
    """Foreign and missing look the same."""
    await store.add(key("k1"))

    assert not await store.delete("acme", "k1")
    assert await store.get("k1") == key("k1")
    assert await store.delete("default", "k1")
    assert not await store.delete("default", "k1")
    assert await store.get("k1") is None


@pytest.mark.requirement("F1", "F2")
async def test_the_tenant_and_roles_of_a_caller_are_those_of_the_key(keys: ServiceKeys) -> None:
    stored, secret = await keys.create(tenant="acme", roles=[Role.TOKENS, Role.TOKENS])

    caller = await keys.authenticate(f"Bearer {secret.reveal()}")

    assert (caller.key_id, caller.tenant, caller.roles) == (
        stored.id,
        "acme",
        frozenset({Role.TOKENS}),
    )


@pytest.mark.requirement("F2")
async def test_a_deleted_key_is_refused_at_once(keys: ServiceKeys) -> None:
    stored, secret = await keys.create(tenant="default", roles=[Role.TOKENS])
    assert await keys.delete("default", stored.id)

    with pytest.raises(Unauthorized):
        await keys.authenticate(f"Bearer {secret.reveal()}")


@pytest.mark.requirement("E5")
async def test_the_secret_of_a_key_is_not_stored(
    keys: ServiceKeys, mongodb_url: str, database_name: str
) -> None:
    stored, secret = await keys.create(tenant="default", roles=[Role.ADMIN], label="deployment")

    rows = dump(mongodb_url, database_name)["service_keys"]

    assert stored.id.encode() in rows
    assert secret.reveal().rpartition("_")[2].encode() not in rows
