"""Connections with tokens that cannot be opened affect only themselves, and are never deleted.

The cases: an attacker who writes to the database without an encryption key, and an operator who
loses or changes one (security E2 to E4).
"""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.access.service_keys import Role
from gateway.encryption.vault import new_encryption_key
from gateway.errors import SettingsError
from gateway.settings.environment import Driver
from gateway.store.mongo import Collection, open_database
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    connections,
    disconnect,
    fingerprint,
    force,
    problem_of,
    token_of,
)

UNREADABLE = (503, "connection_unreadable")


@pytest.fixture
async def rows(gateway: Harness, mongodb_url: str, database_name: str) -> Any:
    """The raw rows of ``connections``."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        yield database.collection("connections")


async def row_of(rows: Collection, user: str) -> dict[str, Any]:
    """Return the stored row of a user's only connection."""
    row = await rows.find_one({"owner": f"user:{user}"})
    assert row is not None
    return row


async def put(rows: Collection, user: str, **fields: Any) -> None:
    """Change a user's row directly in the database."""
    changed = {name.replace("__", "."): value for name, value in fields.items()}
    assert await rows.update_one({"owner": f"user:{user}"}, {"$set": changed})


@pytest.mark.requirement("E2")
async def test_a_token_that_was_moved_to_another_row_does_not_open_there(
    gateway: Harness, rows: Collection, sandbox: SandboxProcess
) -> None:
    """Alice, who can write to the database, does not get Bob's token."""
    for user in ("alice", "bob", "carol"):
        await connect(gateway, "google", user=user)
    mark = sandbox.mark()

    stolen = await row_of(rows, "bob")
    await put(rows, "alice", tokens=stolen["tokens"])

    with capture_logs() as logged:
        answer = await gateway.token("google", "alice")
    assert problem_of(answer) == UNREADABLE
    (line,) = [line for line in logged if line["event"] == "vault_open_failed"]
    row = await row_of(rows, "alice")
    assert (line["collection"], line["row"], line["field"]) == (
        "connections",
        row["_id"],
        "access_token",
    )
    assert line["reason"] == "the sealed value was changed or does not belong to this place"
    for user in ("bob", "carol"):
        token_of(await gateway.token("google", user))
    assert (await connection(gateway, "alice"))["status"] == "unreadable"
    assert sandbox.log(after=mark) == []


@pytest.mark.requirement("E2")
async def test_a_token_of_the_same_user_s_other_account_does_not_open(
    gateway: Harness, rows: Collection
) -> None:
    """Only the row distinguishes the two."""
    await connect(gateway, "google", account="google")
    await connect(gateway, "google", account="google-work")
    private, work = await connections(gateway)
    other = await rows.find_one({"_id": work["id"]})
    assert other is not None

    await rows.update_one({"_id": private["id"]}, {"$set": {"tokens": other["tokens"]}})

    answers = [await gateway.token("google", "alice", account=a["id"]) for a in (private, work)]
    assert problem_of(answers[0]) == UNREADABLE
    token_of(answers[1])


@pytest.mark.requirement("E2")
async def test_swapped_and_rolled_back_tokens_do_not_open(
    gateway: Harness, rows: Collection
) -> None:
    """The ciphertext is bound to row, field, tenant, owner, connector and generation."""
    await connect(gateway, "notion")
    first = await row_of(rows, "alice")
    old = token_of(await gateway.token("notion", "alice"))
    new = token_of(await force(gateway, "notion"))
    good = await row_of(rows, "alice")
    assert new != old

    flipped = bytes(good["tokens"]["access"][:-1]) + bytes([good["tokens"]["access"][-1] ^ 1])
    for changed in (
        {"tokens__access": first["tokens"]["access"]},  # the previous generation
        {"tokens__access": good["tokens"]["refresh"]},  # another field
        {"tokens__access": flipped},
        {"tokens__access": good["tokens"]["access"][:20]},
        {"tokens__access": b""},
        {"generation": 1},
    ):
        await put(rows, "alice", **changed)
        assert problem_of(await gateway.token("notion", "alice")) == UNREADABLE
        await put(rows, "alice", tokens=good["tokens"], generation=good["generation"])

    await put(rows, "alice", owner="user:eve")
    assert problem_of(await gateway.token("notion", "eve")) == UNREADABLE
    await put(rows, "eve", owner="user:alice", connector="google")
    assert problem_of(await gateway.token("google", "alice")) == UNREADABLE
    await put(rows, "alice", connector="notion", tenant="acme")
    client = await gateway.api(Role.TOKENS, tenant="acme")
    answer = await client.post("/v1/connectors/notion/token", json={"user": "alice"})
    assert problem_of(answer) == UNREADABLE
    await put(rows, "alice", tenant="default")
    assert token_of(await gateway.token("notion", "alice")) == new


@pytest.mark.requirement("E4")
async def test_a_refresh_token_that_does_not_open_costs_no_valid_access_token(
    gateway: Harness, rows: Collection, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rule 3, E4: first the valid token is served, then a distinct error, both immediately."""
    await connect(gateway, "google")
    token = token_of(await gateway.token("google", "alice"))
    row = await row_of(rows, "alice")
    await put(rows, "alice", tokens__refresh=row["tokens"]["access"])
    mark = sandbox.mark()

    clock.advance(minutes=59, seconds=30)
    assert token_of(await gateway.token("google", "alice")) == token

    clock.advance(minutes=1)
    for _ in range(3):
        assert problem_of(await gateway.token("google", "alice")) == UNREADABLE
    assert problem_of(await force(gateway, "google")) == UNREADABLE
    assert (await connection(gateway))["status"] == "unreadable"
    assert asked(sandbox, "google", mark) == []
    await put(rows, "alice", tokens=row["tokens"])
    assert token_of(await gateway.token("google", "alice")) != token


@pytest.mark.requirement("E4")
async def test_a_missing_encryption_key_deletes_and_marks_nothing(
    gateway: Harness,
    rows: Collection,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> None:
    """Putting the encryption key back repairs it; until then the start reports it."""
    await connect(gateway, "google")
    token = token_of(await gateway.token("google", "alice"))
    before = await row_of(rows, "alice")
    mark = sandbox.mark()

    with capture_logs() as logged:
        async with running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            encryption_keys=f"k2:{new_encryption_key()}",
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
        ) as mistaken:
            for wanted in ({}, {"rejected_token_sha256": fingerprint(token)}):
                answer = await mistaken.token("google", "alice", **wanted)
                assert problem_of(answer) == UNREADABLE
                assert "kept" in answer.json()["detail"]
            # Requests without tokens still work, and so do new connections.
            assert (await connection(mistaken))["status"] == "unreadable"
            await connect(mistaken, "google", user="bob")
            token_of(await mistaken.token("google", "bob"))

    (missing,) = [line for line in logged if line["event"] == "encryption_key_missing"]
    assert (missing["key_id"], missing["rows"]) == ("k1", 1)
    assert await row_of(rows, "alice") == before
    assert asked(sandbox, "google", mark) == ["issued"]  # bob's connect
    assert token_of(await gateway.token("google", "alice")) == token


@pytest.mark.requirement("E4")
async def test_a_wrong_encryption_key_is_refused_at_start(
    gateway: Harness, rows: Collection, mongodb_url: str, database_name: str
) -> None:
    """The process never seals anything."""
    await connect(gateway, "google")
    before = await row_of(rows, "alice")
    for keys in (
        f"k1:{new_encryption_key()}",
        f"k2:{new_encryption_key()},k1:{new_encryption_key()}",
    ):
        with pytest.raises(SettingsError, match='"k1" is not the one that this database was used'):
            async with running_gateway(mongodb_url, database_name, encryption_keys=keys):
                pass
    assert await row_of(rows, "alice") == before


@pytest.mark.requirement("E6")
async def test_a_connection_that_does_not_open_can_be_disconnected_and_connected_again(
    gateway: Harness, rows: Collection, sandbox: SandboxProcess
) -> None:
    """Deleting works; the provider cannot be told, so the result is ``no``."""
    await connect(gateway, "google")
    await put(rows, "alice", tokens__access=b"broken")
    linked = await connection(gateway)

    assert (await disconnect(gateway, linked["id"])).json() == {"revoked": "no"}

    assert await connections(gateway) == []
    await connect(gateway, "google")
    token_of(await gateway.token("google", "alice"))


async def test_reconnecting_mends_a_connection_that_does_not_open(
    gateway: Harness, rows: Collection
) -> None:
    await connect(gateway, "google")
    linked = await connection(gateway)
    await put(rows, "alice", tokens__access=b"broken", tokens__refresh=b"broken")
    assert problem_of(await gateway.token("google", "alice")) == UNREADABLE

    await connect(gateway, "google")

    token_of(await gateway.token("google", "alice"))
    assert (await connection(gateway))["id"] == linked["id"]


@pytest.mark.requirement("E3")
async def test_encryption_keys_are_changed_without_a_failed_call(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> None:
    """The new encryption key seals, the old one still opens; a refresh uses the new one."""
    await connect(gateway, "notion")
    token = token_of(await gateway.token("notion", "alice"))
    old, new = gateway.settings.encryption_keys.get_secret_value(), f"k2:{new_encryption_key()}"
    shared: dict[str, Any] = {"sandbox": sandbox.url, "public_url": GATEWAY_URL, "clock": clock}

    async with running_gateway(
        mongodb_url, database_name, encryption_keys=f"{new},{old}", **shared
    ) as rotating:
        assert token_of(await rotating.token("notion", "alice")) == token
        renewed = token_of(await force(rotating, "notion"))
    async with running_gateway(
        mongodb_url, database_name, encryption_keys=new, **shared
    ) as rotated:
        assert token_of(await rotated.token("notion", "alice")) == renewed
        assert token_of(await force(rotated, "notion")) != renewed
    assert problem_of(await gateway.token("notion", "alice")) == UNREADABLE
