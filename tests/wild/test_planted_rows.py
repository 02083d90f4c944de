"""A writer of the database, without an encryption key, makes no credential."""

from __future__ import annotations

import secrets

import pytest

from gateway.access.service_keys import Role
from gateway.digest import sha256_hex
from gateway.store.mongo import Database, Document
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.logins import signed_in
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.requirement("E5")


async def row_of(database: Database, collection: str, row_id: str) -> Document:
    """Return a row."""
    row = await database.collection(collection).find_one({"_id": row_id})
    assert row is not None
    return row


async def status_of(gateway: Harness, key: str) -> int:
    """Return the status of a call with a key."""
    async with loopback_client(transport=gateway.transport, base_url=GATEWAY_URL) as client:
        answer = await client.get("/v1/keys", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code


@pytest.mark.parametrize("part", ["hash", "hash and proof", "whole row"])
async def test_hash_of_ones_own_key_opens_no_other_row(
    gateway: Harness, workplace: Database, part: str
) -> None:
    """usehenri/henri#358: a hash that cannot be made can still be moved."""
    mine, theirs = await gateway.key(Role.TOKENS), await gateway.key(Role.ADMIN)
    (_, my_id, secret), their_id = mine.split("_"), theirs.split("_")[1]
    own = await row_of(workplace, "service_keys", my_id)
    names = {"hash": ["secret_hash"], "hash and proof": ["secret_hash", "proof"]}
    moved = {name: own[name] for name in names.get(part, [n for n in own if n != "_id"])}
    await workplace.collection("service_keys").update_one({"_id": their_id}, {"$set": moved})
    assert await status_of(gateway, f"gwk_{their_id}_{secret}") == 401


async def test_planted_session_signs_nobody_in(gateway: Harness, workplace: Database) -> None:
    """metabase/metabase#80046: an unkeyed hash lets a writer of the database forge a session."""
    attacker, cookie = await gateway.browser("mallory"), secrets.token_urlsafe(32)
    sessions = workplace.collection("sessions")
    row = await sessions.find_one({"user": "mallory"})
    assert row is not None
    changes: list[Document] = [{}, {"user": "alice"}, {"proof": b""}, {"proof": None}]
    for number, change in enumerate(changes):
        planted = f"{cookie}{number}"[1:]
        await sessions.insert(row | {"_id": sha256_hex(planted)} | change)
        browser = await gateway.browser()
        browser.client.cookies.set("gateway_session", planted, domain="localhost.local", path="/")
        assert not await signed_in(browser), change
    assert await signed_in(attacker)


@pytest.mark.parametrize(
    "change",
    [{"roles": ["admin"]}, {"tenant": "other"}, {"connectors": ["notion"]}, {"label": "trusted"}],
    ids=str,
)
async def test_changed_grants_of_a_key_end_the_key(
    gateway: Harness, workplace: Database, change: Document
) -> None:
    """square/keywhiz#461: administrators of the database changed who may read a secret."""
    key, same = await gateway.key(Role.ADMIN, Role.TOKENS), await gateway.key(Role.ADMIN)
    await workplace.collection("service_keys").update_one(
        {"_id": key.split("_")[1]}, {"$set": change}
    )
    assert (await status_of(gateway, key), await status_of(gateway, same)) == (401, 200)
