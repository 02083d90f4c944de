"""Signed-in browsers: alive while used, for a week at most, and only their hash is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.access.sessions import Sessions
from gateway.store.mongo import Database
from gateway.store.sessions import ABSOLUTE, IDLE, TOUCH, SessionStore, StoredSession
from tests.support.gateway import FakeClock
from tests.support.linking import NOW, dump
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def store(database: Database) -> SessionStore:
    return SessionStore(database, VAULT)


@pytest.fixture
def sessions(store: SessionStore, clock: FakeClock) -> Sessions:
    return Sessions(store, clock, NO_AUDIT)


def session(name: str = "s1", user: str = "alice") -> StoredSession:
    """A session that began at ``NOW``."""
    return StoredSession(id=name, tenant="default", user=user, created_at=NOW, seen_at=NOW)


async def test_a_session_is_found_by_its_cookie_until_it_ends(sessions: Sessions) -> None:
    cookie = (await sessions.begin(tenant="acme", user="alice")).reveal()

    found = await sessions.find(cookie)

    assert found is not None
    assert (found.tenant, found.user) == ("acme", "alice")
    await sessions.end(found)
    assert await sessions.find(cookie) is None
    await sessions.end(found)  # idempotent


@pytest.mark.requirement("G5")
async def test_ending_one_session_leaves_the_others(sessions: Sessions) -> None:
    first = (await sessions.begin(tenant="default", user="alice")).reveal()
    second = (await sessions.begin(tenant="default", user="alice")).reveal()
    found = await sessions.find(first)
    assert found is not None

    await sessions.end(found)

    assert (await sessions.find(second)) is not None
    assert first != second


async def test_no_other_cookie_is_a_session(sessions: Sessions) -> None:
    cookie = (await sessions.begin(tenant="default", user="alice")).reveal()
    begun = await sessions.find(cookie)
    assert begun is not None

    for other in (None, "", cookie[:-1], cookie + "A", cookie.swapcase(), begun.session_id):
        assert await sessions.find(other) is None


@pytest.mark.requirement("G1")
async def test_a_session_ends_after_twelve_idle_hours(sessions: Sessions, clock: FakeClock) -> None:
    cookie = (await sessions.begin(tenant="default", user="alice")).reveal()
    clock.advance(hours=11, minutes=59)
    assert await sessions.find(cookie) is not None  # each use restarts the twelve hours
    clock.advance(hours=11, minutes=59)
    assert await sessions.find(cookie) is not None
    clock.advance(hours=12)
    assert await sessions.find(cookie) is None


@pytest.mark.requirement("G1")
async def test_a_session_ends_after_seven_days_however_busy(
    sessions: Sessions, clock: FakeClock
) -> None:
    cookie = (await sessions.begin(tenant="default", user="alice")).reveal()
    for _ in range(27):
        clock.advance(hours=6)
        assert await sessions.find(cookie) is not None
    clock.advance(hours=6)
    assert await sessions.find(cookie) is None


@pytest.mark.requirement("K1")
async def test_both_ends_are_exact_though_the_row_is_still_there(
    database: Database, store: SessionStore
) -> None:
    """MongoDB removes expired rows minutes late."""
    await store.add(session())
    assert await store.get("s1", NOW + IDLE) is None
    assert await store.get("s1", NOW + IDLE - MOMENT) is not None

    await database.collection("sessions").update_one(
        {"_id": "s1"}, {"$set": {"seen_at": NOW + ABSOLUTE - MOMENT}}
    )
    assert await store.get("s1", NOW + ABSOLUTE) is None
    assert await store.get("s1", NOW + ABSOLUTE - MOMENT) is not None
    assert len(await database.collection("sessions").find({}, sort=[("_id", 1)])) == 1


async def test_being_seen_is_written_once_a_minute_at_most(store: SessionStore) -> None:
    await store.add(session())
    soon, later = NOW + TOUCH - MOMENT, NOW + TOUCH

    await store.get("s1", soon)
    assert (await store.get("s1", soon)) == session()
    await store.get("s1", later)
    assert (await store.get("s1", later) or session()).seen_at == later


@pytest.mark.requirement("E5")
async def test_only_the_hash_of_a_cookie_is_stored(
    sessions: Sessions, mongodb_url: str, database_name: str
) -> None:
    """A reader of the database cannot sign in, nor make a CSRF token."""
    cookie = (await sessions.begin(tenant="default", user="alice")).reveal()
    found = await sessions.find(cookie)
    assert found is not None

    rows = dump(mongodb_url, database_name)["sessions"]

    assert found.session_id.encode() in rows
    assert cookie.encode() not in rows
    assert found.csrf_token.encode() not in rows
