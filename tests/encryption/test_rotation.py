"""Rotation to a new encryption key, while reads and refreshes go on (security E3)."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pymongo import MongoClient

from connectors.secret import Secret
from gateway.access.login.attempts import Attempts
from gateway.access.service_keys import Role, ServiceKeys
from gateway.access.sessions import Sessions
from gateway.encryption import rotation
from gateway.encryption.places import Place
from gateway.encryption.rotation import Rotated, Rotation
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault, key_id_of, new_encryption_key, read_encryption_keys
from gateway.errors import Unauthorized
from gateway.store import sealed
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.flows import Flow, FlowStore
from gateway.store.logins import LoginKind, LoginStore
from gateway.store.mongo import Database, Document
from gateway.store.proofs import PROVEN
from gateway.store.sealed import SEALED, Exchange, SealedStore, sealed_stores
from gateway.store.service_keys import KeyStore
from gateway.store.sessions import SessionStore
from tests.support.commands import ROOT
from tests.support.gateway import FakeClock
from tests.support.linking import NOW
from tests.support.sealing import link_sealed
from tests.support.silent import NO_AUDIT

K1, K2 = (read_encryption_keys(f"{name}:{new_encryption_key()}") for name in ("k1", "k2"))
OLD, BOTH, NEW = Vault(K1), Vault(K2 | K1), Vault(K2)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that a few rows are several batches."""
    monkeypatch.setattr(rotation, "BATCH", 3)
    return iter(())


@dataclass
class Linked:
    """Connections in a database."""

    database: Database

    async def save(self, user: str, vault: Vault = OLD, *, refreshes: bool = True) -> Connection:
        """Connect, or connect again."""
        return await link_sealed(self.database, vault, user, refreshes=refreshes)

    async def rows(self) -> list[Document]:
        """All of them, as they are stored."""
        return await self.database.collection("connections").find({}, sort=[("_id", 1)])

    async def change(self, row: str, **fields: object) -> None:
        """Write to the database directly."""
        changed = {name.replace("__", "."): value for name, value in fields.items()}
        assert await self.database.collection("connections").update_one(
            {"_id": row}, {"$set": changed}
        )

    async def rotate(self, vault: Vault = BOTH) -> tuple[Rotated, list[int]]:
        """Run a rotation; return its result and its reports."""
        reported: list[int] = []
        done = await Rotation(vault, sealed_stores(self.database), NO_AUDIT).run(reported.append)
        return done, reported

    async def survey(self, vault: Vault = BOTH) -> dict[str, int]:
        """Key id -> rows."""
        return dict(await Rotation(vault, sealed_stores(self.database), NO_AUDIT).survey())

    async def opened(self, vault: Vault) -> set[str]:
        """Every token that ``vault`` opens; an error for one that it does not."""
        store, sealer = ConnectionStore(self.database), TokenSealer(vault, NO_AUDIT)
        found = set()
        for row in await self.rows():
            connection = await store.get(row["tenant"], row["_id"])
            assert connection is not None
            found.add(sealer.access_token(connection).reveal())
            if (refresh := sealer.refresh_token(connection)) is not None:
                found.add(refresh.reveal())
        return found


@pytest.fixture
def linked(database: Database) -> Linked:
    return Linked(database)


@pytest.mark.requirement("E3")
async def test_everything_opens_with_the_new_key_alone_and_nothing_else_changed(
    linked: Linked,
) -> None:
    """Rows without refresh token, and rows that were resealed before, are included."""
    for number in range(10):
        await linked.save(f"user-{number}", refreshes=number % 2 == 0)
    await linked.save("user-10", BOTH)
    before = await linked.rows()
    tokens = await linked.opened(BOTH)
    assert await linked.survey() == {"k2": 1, "k1": 10}

    done, reported = await linked.rotate()

    assert done == Rotated(rows=10, unreadable=())
    assert reported == [3, 6, 9, 10]
    assert await linked.survey() == {"k2": 11, "k1": 0}
    assert await linked.opened(NEW) == tokens
    after = await linked.rows()
    for row in (*before, *after):
        sealed = row.pop("tokens")
        assert set(sealed) == {"access", "refresh", "key", "type"}
    assert after == before


async def test_a_second_run_has_nothing_to_do(linked: Linked) -> None:
    for number in range(4):
        await linked.save(f"user-{number}")
    await linked.rotate()
    before = await linked.rows()
    assert await linked.rotate() == (Rotated(rows=0, unreadable=()), [])
    assert await linked.rows() == before


async def test_rows_from_before_key_ids_were_stored_are_found(linked: Linked) -> None:
    """Rows that need no resealing get only the key id."""
    for user, vault in (("old", OLD), ("new", BOTH)):
        row = await linked.save(user, vault)
        await linked.database.collection("connections").update_one(
            {"_id": row.id}, {"$unset": {"tokens.key": ""}}
        )
    assert await linked.survey() == {"k2": 1, "k1": 1}
    sealed = {row["owner"]: row["tokens"]["access"] for row in await linked.rows()}

    done, _ = await linked.rotate()

    assert done == Rotated(rows=2, unreadable=())
    rows = {row["owner"]: row["tokens"] for row in await linked.rows()}
    assert {tokens["key"] for tokens in rows.values()} == {"k2"}
    assert rows["user:new"]["access"] == sealed["user:new"]
    assert len(await linked.opened(NEW)) == 4


@pytest.mark.requirement("E2", "E4")
async def test_unreadable_row_is_reported_and_unchanged(linked: Linked) -> None:
    """A row that was tampered with, and one of a key that is lost; the others go on."""
    good = await linked.save("good")
    bad = await linked.save("bad")
    half = await linked.save("half")
    lost = await linked.save("lost", Vault(read_encryption_keys(f"k0:{new_encryption_key()}")))
    await linked.change(bad.id, tokens__access=good.tokens.access_token, tokens__refresh=b"broken")
    await linked.change(half.id, tokens__refresh=half.tokens.access_token)
    before = {row["_id"]: row for row in await linked.rows()}

    done, _ = await linked.rotate()

    assert set(done.unreadable) == {("connections", row.id) for row in (bad, half, lost)}
    assert await linked.survey() == {"k2": 1, "k1": 2, "k0": 1}
    after = {row["_id"]: row for row in await linked.rows()}
    assert after[bad.id] == before[bad.id]
    assert after[lost.id] == before[lost.id]
    # Its access token still serves: it must outlive the old key.
    assert key_id_of(after[half.id]["tokens"]["access"]) == "k2"
    assert after[half.id]["tokens"]["refresh"] == before[half.id]["tokens"]["refresh"]
    assert {row.status for row in [await _get(linked, row) for row in (bad, half, lost)]} == {
        "active"
    }
    again, _ = await linked.rotate()
    assert set(again.unreadable) == set(done.unreadable)


async def _get(linked: Linked, connection: Connection) -> Connection:
    found = await ConnectionStore(linked.database).get(connection.tenant, connection.id)
    assert found is not None
    return found


class Interrupted(SealedStore):
    """Lets something happen between the reading of rows and their writing, once."""

    def __init__(self, linked: Linked, happening: Callable[[], Awaitable[None]]) -> None:
        super().__init__(linked.database, SEALED[0])
        self.happening: Callable[[], Awaitable[None]] | None = happening

    async def exchange(self, exchanges: Sequence[Exchange]) -> int:
        """As always, after what happens."""
        happening, self.happening = self.happening, None
        if happening is not None:
            await happening()
        return await super().exchange(exchanges)


@pytest.mark.requirement("D1", "E3")
@pytest.mark.parametrize("vault", [OLD, BOTH], ids=["old key in front", "new key in front"])
async def test_concurrently_refreshed_row_keeps_its_new_tokens(
    linked: Linked, vault: Vault
) -> None:
    """The newer tokens win, and end up under the new encryption key."""
    for user in ("alice", "bob"):
        await linked.save(user)

    async def reconnect() -> None:
        await linked.save("alice", vault, refreshes=False)

    done = await Rotation(BOTH, [Interrupted(linked, reconnect)], NO_AUDIT).run(lambda rows: None)

    assert done.rows == (2 if vault is OLD else 1)
    assert {row["generation"] for row in await linked.rows()} == {1, 2}
    assert await linked.opened(NEW) == {"access of alice", "access of bob", "refresh of bob"}


@pytest.mark.requirement("E6")
async def test_a_row_that_was_deleted_meanwhile_stays_deleted(linked: Linked) -> None:
    alice = await linked.save("alice")
    await linked.save("bob")

    async def disconnect() -> None:
        assert await ConnectionStore(linked.database).delete(alice, NOW) is not None

    done = await Rotation(BOTH, [Interrupted(linked, disconnect)], NO_AUDIT).run(lambda rows: None)

    assert done.rows == 1
    assert [row["owner"] for row in await linked.rows()] == ["user:bob"]


async def test_a_row_that_changed_in_any_part_is_not_written(linked: Linked) -> None:
    """Compare-and-set: generation and both values are as they were read, or nothing happens."""
    connection = await linked.save("alice")
    store = SealedStore(linked.database, SEALED[0])
    (row,) = await store.batch("k1", after="", limit=9)
    for other in (
        dataclasses.replace(row, generation=2),
        dataclasses.replace(row, values={**row.values, "tokens.access": b"other"}),
        dataclasses.replace(row, values={**row.values, "tokens.refresh": b"other"}),
    ):
        change = Exchange(row=other, values={"tokens.access": b"new"}, encryption_key="k2")
        assert await store.exchange([change]) == 0
    assert (await _get(linked, connection)).tokens == connection.tokens


@pytest.mark.requirement("E3")
async def test_several_runs_at_once_do_the_work_once(linked: Linked) -> None:
    """Two operators, or one that did not wait."""
    for number in range(20):
        await linked.save(f"user-{number}")
    tokens = await linked.opened(OLD)

    results = await asyncio.gather(*(linked.rotate() for _ in range(4)))

    assert sum(done.rows for done, _ in results) == 20
    assert all(done.unreadable == () for done, _ in results)
    assert await linked.opened(NEW) == tokens


@pytest.mark.requirement("E3")
async def test_open_flows_and_webhooks_are_resealed(linked: Linked) -> None:
    """A person at the provider's page during the rotation comes back to a working flow."""
    flow = Flow(
        id="0" * 64,
        tenant="default",
        user="alice",
        owner="user:alice",
        connector="google",
        cookie_hash="",
        connection_config={},
        token_url="",
        redirect_uri="",
        scopes=("read",),
        reconnect=None,
        return_to="/",
        tool=None,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
    verifier = Place(
        collection="oauth_state",
        tenant="default",
        owner="user:alice",
        connector="google",
        row=flow.id,
        field="verifier",
        generation=0,
    )
    hook = Place(
        collection="webhooks",
        tenant="default",
        owner="",
        connector="",
        row="hook",
        field="secret",
        generation=0,
    )
    flows, hooks = FlowStore(linked.database, OLD), linked.database.collection("webhooks")
    await flows.add(flow, OLD.seal(Secret("verifier"), verifier))
    await flows.add(dataclasses.replace(flow, id="1" * 64), b"")  # used: its verifier is gone
    await hooks.insert(
        {"_id": "hook", "tenant": "default", "secret": OLD.seal(Secret("whsec"), hook)}
    )
    assert await linked.survey() == {"k2": 0, "k1": 4}  # two of them are proofs of flows

    assert (await linked.rotate())[0] == Rotated(rows=4, unreadable=())

    assert await linked.survey() == {"k2": 4, "k1": 0}
    (row, used) = await linked.database.collection("oauth_state").find({}, sort=[("_id", 1)])
    assert NEW.open(row["verifier"], verifier) == Secret("verifier")
    assert used["verifier"] == b""
    assert (
        NEW.open((await hooks.find({}, sort=[("_id", 1)]))[0]["secret"], hook).reveal() == "whsec"
    )


@pytest.mark.requirement("E3", "E5")
async def test_the_proofs_of_keys_and_sessions_are_renewed(linked: Linked) -> None:
    """Both open before, during and after the rotation; a planted row is left unchanged."""
    clock, database = FakeClock(), linked.database

    def keys(vault: Vault) -> ServiceKeys:
        return ServiceKeys(KeyStore(database, vault), clock, NO_AUDIT)

    def sessions(vault: Vault) -> Sessions:
        return Sessions(SessionStore(database, vault), clock, NO_AUDIT)

    _, key = await keys(OLD).create(tenant="default", roles=[Role.TOKENS])
    cookie = (await sessions(OLD).begin(tenant="default", user="alice")).reveal()
    logins = LoginStore(database, OLD)
    attempt = await Attempts(logins, clock).begin(LoginKind.HANDOFF, "/dashboard/connectors")
    await Attempts(logins, clock).accept(
        attempt.ticket, tenant="default", user="alice", verifier="verifier"
    )
    planted = (await database.collection("service_keys").find_one({}) or {}) | {"_id": "planted"}
    await database.collection("service_keys").insert(planted)

    async def work(vault: Vault) -> None:
        assert (await keys(vault).authenticate(f"Bearer {key.reveal()}")).tenant == "default"
        assert await sessions(vault).find(cookie) is not None

    await work(BOTH)
    assert (await linked.rotate())[0] == Rotated(rows=4, unreadable=(("service_keys", "planted"),))
    await work(BOTH)
    await work(NEW)
    login, _ = await Attempts(LoginStore(database, NEW), clock).take(
        LoginKind.HANDOFF, attempt.ticket, lambda _: attempt.cookie.reveal()
    )
    assert (login.tenant, login.user) == ("default", "alice")
    with pytest.raises(Unauthorized):
        await keys(OLD).authenticate(f"Bearer {key.reveal()}")
    assert await database.collection("service_keys").find_one({"_id": "planted"}) == planted


@pytest.mark.requirement("E3")
def test_every_place_of_a_sealed_value_is_rotated() -> None:
    """A collection that ``SEALED`` lacks would be lost with the old encryption key."""
    builders = {
        path
        for path in (ROOT / "gateway").rglob("*.py")
        if re.search(r"\bPlace\(", path.read_text())
    }
    assert [path.name for path in builders] == ["places.py"]

    source = builders.pop().read_text()
    known = set(re.findall(r"collection=([A-Z_]+)\.collection", source))
    assert sorted(getattr(sealed, name).collection for name in known) == sorted(
        fields.collection for fields in SEALED if fields.proven is None
    )
    assert {fields.proven for fields in SEALED} == {None, *PROVEN}
    # The probe is never stored; what MCP clients keep is short-lived and in no row; check values
    # stay with their own encryption key.
    kept_by_clients = {"mcp_sessions", "mcp_requests"}
    found = set(re.findall(r'collection="(\w*)"', source))
    assert found == {"", "vault", *kept_by_clients}


async def test_a_run_can_be_slowed_down(linked: Linked) -> None:
    """A batch never has more rows than the limit of one second."""
    for number in range(4):
        await linked.save(f"user-{number}")
    reported: list[int] = []
    started = asyncio.get_running_loop().time()

    await Rotation(BOTH, sealed_stores(linked.database), NO_AUDIT).run(
        reported.append, per_second=2
    )

    assert reported == [2, 4]
    assert asyncio.get_running_loop().time() - started >= 2


async def test_no_more_rows_are_read_than_need_it(
    linked: Linked, mongodb_url: str, database_name: str
) -> None:
    """A continued run, or a start, must not read a million rows."""
    for number in range(40):
        await linked.save(f"user-{number}", BOTH)
    await linked.save("late", OLD)
    with MongoClient[Document](mongodb_url) as client:
        client[database_name].command("profile", 2)
        await linked.rotate()
        await linked.survey()
        client[database_name].command("profile", 0)
        calls = [
            call
            for call in client[database_name]["system.profile"].find(
                {"ns": f"{database_name}.connections"}
            )
            if "docsExamined" in call
        ]
    assert len(calls) >= 5
    assert sum(call["docsExamined"] for call in calls) <= 4
    assert not any(call.get("hasSortStage") for call in calls)
