"""Sign-in attempts: claimed once, accepted once, of one login method, for ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.digest import sha256_hex
from gateway.store.logins import LOGIN_LIFETIME, LoginKind, LoginStore, StoredLogin
from gateway.store.mongo import Database
from tests.support.linking import at_once
from tests.support.sealing import VAULT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + LOGIN_LIFETIME


@pytest.fixture
def store(database: Database) -> LoginStore:
    return LoginStore(database, VAULT)


def attempt(ticket: str = "t", kind: LoginKind = LoginKind.HANDOFF) -> StoredLogin:
    return StoredLogin(
        id=sha256_hex(ticket),
        kind=kind,
        cookie_hash=sha256_hex("cookie"),
        return_to="/dashboard/connectors",
        created_at=NOW,
        expires_at=LATER,
    )


async def accept(store: LoginStore, user: str = "alice", now: datetime = NOW) -> StoredLogin | None:
    return await store.accept(
        sha256_hex("t"), tenant="default", user=user, verifier_hash=sha256_hex(user), now=now
    )


@pytest.mark.requirement("A7")
async def test_an_attempt_is_taken_by_one_of_many(store: LoginStore) -> None:
    await store.add(attempt())
    found = await at_once(50, lambda _: store.claim(sha256_hex("t"), LoginKind.HANDOFF, NOW))
    assert [login for login in found if login is not None] == [attempt()]


async def test_an_attempt_is_accepted_for_one_of_many(store: LoginStore) -> None:
    await store.add(attempt())
    found = await at_once(20, lambda number: accept(store, f"user{number}"))
    (accepted,) = [login for login in found if login is not None]
    assert await store.claim(sha256_hex("t"), LoginKind.HANDOFF, NOW) == accepted
    assert accepted.verifier_hash == sha256_hex(accepted.user or "")


@pytest.mark.requirement("K1")
async def test_expired_is_gone_although_it_is_there(store: LoginStore) -> None:
    await store.add(attempt())
    assert await accept(store, now=LATER) is None
    assert await store.claim(sha256_hex("t"), LoginKind.HANDOFF, LATER) is None
    just_before = LATER - timedelta(milliseconds=1)
    assert await accept(store, now=just_before) is not None
    assert await store.claim(sha256_hex("t"), LoginKind.HANDOFF, just_before) is not None


async def test_attempt_of_one_login_method_is_not_finished_as_another(store: LoginStore) -> None:
    await store.add(attempt(kind=LoginKind.OIDC))
    assert await accept(store) is None
    assert await store.claim(sha256_hex("t"), LoginKind.HANDOFF, NOW) is None
    assert await store.claim(sha256_hex("t"), LoginKind.OIDC, NOW) is not None


async def test_a_used_attempt_cannot_be_accepted(store: LoginStore) -> None:
    await store.add(attempt())
    await store.claim(sha256_hex("t"), LoginKind.HANDOFF, NOW)
    assert await accept(store) is None


async def test_forget_deletes_the_hand_offs_of_one_user_only(store: LoginStore) -> None:
    await store.add(attempt())
    await accept(store, "alice")
    await store.forget("other", "alice")
    await store.forget("default", "bob")
    await store.add(attempt("begun", LoginKind.OIDC))
    await store.forget("default", "alice")
    assert await store.claim(sha256_hex("t"), LoginKind.HANDOFF, NOW) is None
    assert await store.claim(sha256_hex("begun"), LoginKind.OIDC, NOW) is not None
