"""A row that lets somebody in counts only with a proof that a gateway wrote it as it is.

The attacker writes to the database and has no encryption key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Binary, ObjectId
from structlog.testing import capture_logs

from connectors.secret import Secret
from gateway.access.login.attempts import Attempts
from gateway.access.service_keys import Role, ServiceKeys
from gateway.access.sessions import Sessions
from gateway.digest import sha256_hex
from gateway.encryption.vault import Vault
from gateway.errors import LoginUnknown, Unauthorized
from gateway.store.flows import FLOW_LIFETIME, Flow, FlowEnd, FlowStore, flow_id
from gateway.store.logins import LOGIN_LIFETIME, LoginKind, LoginStore, StoredLogin
from gateway.store.mongo import Database
from gateway.store.oauth_clients import ClientStore, StoredClient
from gateway.store.proofs import PROVEN, Proven
from gateway.store.service_keys import KeyStore, StoredKey
from gateway.store.sessions import SessionStore, StoredSession
from tests.support.gateway import FakeClock
from tests.support.linking import NOW
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT

THEIRS = Vault({"k1": b"x" * 32})
"""The vault of an attacker who knows the id of the encryption key only."""


@dataclass(frozen=True)
class Kind:
    """How a row of one kind is written and read with a vault."""

    add: Callable[[Database, Vault], Awaitable[object]]
    read: Callable[[Database, Vault], Awaitable[object]]


async def _add_key(database: Database, vault: Vault) -> None:
    await KeyStore(database, vault).add(
        StoredKey(
            id="row",
            tenant="default",
            label="a tool",
            roles=("tokens",),
            secret_hash=sha256_hex("secret"),
            created_at=NOW,
            connectors=("notion",),
            expires_at=NOW + timedelta(days=1),
            assertion_keys=({"kty": "OKP", "crv": "Ed25519", "x": "AA"},),
        )
    )


async def _add_session(database: Database, vault: Vault) -> None:
    session = StoredSession(id="row", tenant="default", user="alice", created_at=NOW, seen_at=NOW)
    await SessionStore(database, vault).add(session)


async def _add_login(database: Database, vault: Vault) -> None:
    await LoginStore(database, vault).add(
        StoredLogin(
            id="row",
            kind=LoginKind.HANDOFF,
            cookie_hash=sha256_hex("cookie"),
            return_to="/dashboard/connectors",
            created_at=NOW,
            expires_at=NOW + LOGIN_LIFETIME,
        )
    )


async def _accept_login(database: Database, vault: Vault) -> object:
    await _add_login(database, vault)
    return await LoginStore(database, vault).accept(
        "row", tenant="default", user="alice", verifier_hash=sha256_hex("verifier"), now=NOW
    )


async def _add_flow(database: Database, vault: Vault) -> None:
    flow = Flow(
        id=flow_id("state"),
        tenant="default",
        user="alice",
        owner="user:alice",
        connector="shopify",
        cookie_hash=sha256_hex("cookie"),
        connection_config={"shop": "acme"},
        token_url="https://acme.myshopify.com/admin/oauth/access_token",
        redirect_uri="https://gateway.example.com/v1/connectors/shopify/callback",
        scopes=("read",),
        reconnect="con_1",
        return_to="/dashboard/connectors",
        tool="shopify_list_products",
        created_at=NOW,
        expires_at=NOW + FLOW_LIFETIME,
    )
    await FlowStore(database, vault).add(flow, b"sealed")


async def _end_flow(database: Database, vault: Vault) -> None:
    await _add_flow(database, vault)
    store = FlowStore(database, vault)
    flow = await store.claim("state", NOW)
    assert flow is not None
    await store.end(flow, FlowEnd(page="/dashboard/connectors", outcome="failed"))


async def _end_of_flow(database: Database, vault: Vault) -> object:
    flow = await FlowStore(database, vault).get("state")
    return flow and flow.end


async def _add_client(database: Database, vault: Vault) -> None:
    await ClientStore(database, vault).add(
        StoredClient(
            id="row",
            name="Agent",
            redirect_uris=("https://agent.example.com/callback",),
            auth_method="client_secret_basic",
            secret_hash=sha256_hex("secret"),
            refreshes=True,
            created_at=NOW,
        )
    )


async def _claim_login(database: Database, vault: Vault) -> object:
    return await LoginStore(database, vault).claim("row", LoginKind.HANDOFF, NOW)


KINDS = {
    ("service_keys", "proof"): Kind(
        _add_key, lambda database, vault: KeyStore(database, vault).get("row")
    ),
    ("sessions", "proof"): Kind(
        _add_session, lambda database, vault: SessionStore(database, vault).get("row", NOW)
    ),
    ("logins", "proof"): Kind(_add_login, _claim_login),
    ("logins", "accepted_proof"): Kind(_accept_login, _claim_login),
    ("oauth_state", "proof"): Kind(
        _add_flow, lambda database, vault: FlowStore(database, vault).get("state")
    ),
    ("oauth_state", "end_proof"): Kind(_end_flow, _end_of_flow),
    ("oauth_clients", "proof"): Kind(
        _add_client, lambda database, vault: ClientStore(database, vault).get("row", NOW)
    ),
}

EACH = pytest.mark.parametrize("proven", PROVEN, ids=lambda each: f"{each.collection}.{each.path}")


def other(value: Any) -> Any:
    """Return another value of the same type, as an attacker would choose it."""
    if isinstance(value, datetime):
        return value + timedelta(milliseconds=1)
    if isinstance(value, list):
        return [*value, value[0]]
    if isinstance(value, dict):
        return dict.fromkeys(value, "https://attacker.example")
    # The kind of a sign-in is one of two; every other text is free.
    return {"handoff": "oidc", None: "attacker"}.get(value, f"{value}x")


def kind_of(proven: Proven) -> Kind:
    return KINDS[proven.collection, proven.path]


@EACH
async def test_a_row_of_a_gateway_counts(proven: Proven, database: Database) -> None:
    await kind_of(proven).add(database, VAULT)
    assert await kind_of(proven).read(database, VAULT) is not None


@pytest.mark.requirement("E5")
@EACH
@pytest.mark.parametrize("planted", ["without a proof", "with a proof of another key", "of a text"])
async def test_a_planted_row_is_refused(proven: Proven, planted: str, database: Database) -> None:
    """The row is right in all other respects."""
    await kind_of(proven).add(database, VAULT)
    rows = database.collection(proven.collection)
    row = await rows.find_one({})
    assert row is not None
    forged = {
        "without a proof": {"$unset": {proven.path: ""}},
        "with a proof of another key": {"$set": {proven.path: THEIRS.prove(proven.statement(row))}},
        "of a text": {"$set": {proven.path: b"proven"}},
    }[planted]
    await rows.update_one({}, forged)

    with capture_logs() as logs:
        assert await kind_of(proven).read(database, VAULT) is None

    (line,) = logs
    assert line["event"] == "row_not_proven"
    assert (line["collection"], line["field"]) == (proven.collection, proven.path)


@pytest.mark.requirement("E5")
@EACH
async def test_no_covered_field_of_a_row_can_be_changed(proven: Proven, database: Database) -> None:
    kind, rows = kind_of(proven), database.collection(proven.collection)
    for name in proven.fields:
        await kind.add(database, VAULT)
        row = await rows.find_one({})
        assert row is not None
        if (proven.collection, name) == ("logins", "kind"):
            await rows.update_one({}, {"$set": {name: "oidc"}})
            assert await LoginStore(database, VAULT).claim("row", LoginKind.OIDC, NOW) is None
        else:
            await rows.update_one({}, {"$set": {name: other(row[name])}})
            assert await kind.read(database, VAULT) is None, name
        await rows.delete_many({})


@pytest.mark.requirement("E5")
@EACH
async def test_no_optional_field_can_be_added_or_removed(
    proven: Proven, database: Database
) -> None:
    """Nobody makes themselves an administrator in the database."""
    kind, rows = kind_of(proven), database.collection(proven.collection)
    for name in proven.optional:
        await kind.add(database, VAULT)
        await rows.update_one({}, {"$set": {name: True}})
        row = await rows.find_one({})
        assert row is not None
        assert await kind.read(database, VAULT) is None, name
        proof = VAULT.prove(proven.statement(row))
        assert proven.holds(VAULT, row | {proven.path: proof})
        without = {field: value for field, value in row.items() if field != name}
        assert not proven.holds(VAULT, without | {proven.path: proof})
        await rows.delete_many({})


@EACH
async def test_a_proof_counts_in_its_own_row_and_field_only(
    proven: Proven, database: Database
) -> None:
    await kind_of(proven).add(database, VAULT)
    row = await database.collection(proven.collection).find_one({})
    assert row is not None
    assert proven.holds(VAULT, row)
    assert not proven.holds(VAULT, row | {"_id": "another"})
    for each in PROVEN:
        if each != proven:
            assert not each.holds(VAULT, row | {each.path: row[proven.path]})


def test_times_are_proven_as_the_database_keeps_them() -> None:
    """The database cuts a time to milliseconds, and returns it in UTC."""
    (proven,) = (each for each in PROVEN if each.collection == "sessions")
    made = datetime(2026, 1, 1, 12, 0, 0, 123_999, tzinfo=UTC)
    row = {"_id": "s", "tenant": "t", "user": "u", "created_at": made, "expires_at": made}
    read = row | {"created_at": made.replace(microsecond=123_000)}
    assert proven.statement(row) == proven.statement(read)


async def test_a_session_with_a_planted_hash_signs_nobody_in(
    database: Database, clock: FakeClock
) -> None:
    cookie, now = "A" * 43, clock()
    await database.collection("sessions").insert(
        {
            "_id": sha256_hex(cookie),
            "tenant": "default",
            "user": "victim",
            "created_at": now,
            "seen_at": now,
            "expires_at": now + timedelta(days=7),
        }
    )
    assert await Sessions(SessionStore(database, VAULT), clock, NO_AUDIT).find(cookie) is None


async def test_a_hand_off_with_planted_hashes_signs_nobody_in(
    database: Database, clock: FakeClock
) -> None:
    """The attacker began the sign-in itself, and names the victim in the row."""
    attempts = Attempts(LoginStore(database, VAULT), clock)
    attempt = await attempts.begin(LoginKind.HANDOFF, "/dashboard/connectors")
    await database.collection("logins").update_one(
        {},
        {"$set": {"tenant": "default", "user": "victim", "verifier_hash": sha256_hex("verifier")}},
    )
    with pytest.raises(LoginUnknown):
        await attempts.take(LoginKind.HANDOFF, attempt.ticket, lambda _: attempt.cookie.reveal())


async def test_a_key_cannot_be_given_more_rights(database: Database, clock: FakeClock) -> None:
    """The attacker has a key of its own."""
    keys = ServiceKeys(KeyStore(database, VAULT), clock, NO_AUDIT)
    stored, secret = await keys.create(tenant="mine", roles=[Role.TOKENS])
    await keys.authenticate(f"Bearer {secret.reveal()}")

    for change in ({"tenant": "default"}, {"roles": ["admin"]}):
        await database.collection("service_keys").update_one({"_id": stored.id}, {"$set": change})
        with pytest.raises(Unauthorized):
            await keys.authenticate(f"Bearer {secret.reveal()}")


@pytest.mark.parametrize("value", [Binary(b"x"), ObjectId(), {"a": [Binary(b"")]}])
async def test_planted_row_of_any_content_is_refused_and_hides_no_other(
    database: Database, clock: FakeClock, value: Any
) -> None:
    keys = ServiceKeys(KeyStore(database, VAULT), clock, NO_AUDIT)
    stored, _ = await keys.create(tenant="default", roles=[Role.TOKENS])
    rows = database.collection("service_keys")
    await rows.insert({"_id": "planted", "tenant": "default", "label": value})
    assert await keys.list_for("default") == [stored]
    assert await keys.unproven("default") == []


async def test_an_operator_can_adopt_a_key_without_a_proof(
    database: Database, clock: FakeClock
) -> None:
    """It becomes a key as it is, of its own tenant, once."""
    keys = ServiceKeys(KeyStore(database, VAULT), clock, NO_AUDIT)
    stored, secret = await keys.create(tenant="default", roles=[Role.TOKENS])
    await database.collection("service_keys").update_one({}, {"$unset": {"proof": ""}})
    assert await keys.list_for("default") == []
    assert await keys.unproven("default") == [stored]

    other = Secret(f"gwk_{stored.id}_{'0' * 64}")
    assert not await keys.adopt("acme", secret)
    assert not await keys.adopt("default", other)
    assert not await keys.adopt("default", Secret(stored.id))
    assert await keys.adopt("default", secret)
    assert not await keys.adopt("default", secret)

    assert await keys.unproven("default") == []
    assert await keys.list_for("default") == [stored]
    assert (await keys.authenticate(f"Bearer {secret.reveal()}")).key_id == stored.id
