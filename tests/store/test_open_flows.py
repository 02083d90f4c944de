"""L1: a user has ten open attempts at most, however many are started."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway.observe.metrics import Metrics
from gateway.services.open_flows import OpenFlows
from gateway.store.flows import FLOW_LIFETIME, MOST_OPEN, Flow, FlowStore, flow_id
from gateway.store.mongo import Database
from tests.support.linking import NOW
from tests.support.sealing import VAULT


@pytest.fixture
def store(database: Database) -> FlowStore:
    return FlowStore(database, VAULT)


def flow(state: str, *, user: str = "alice", at: datetime = NOW) -> Flow:
    """An attempt that is started at ``at``."""
    return Flow(
        id=flow_id(state),
        tenant="default",
        user=user,
        owner=f"user:{user}",
        connector="google",
        cookie_hash="0" * 64,
        connection_config={},
        token_url="https://provider.example/token",
        redirect_uri="http://localhost:3141/v1/connectors/google/callback",
        scopes=("read",),
        reconnect=None,
        return_to="/dashboard/connectors",
        tool=None,
        created_at=at,
        expires_at=at + FLOW_LIFETIME,
    )


async def start(store: FlowStore, state: str, *, user: str = "alice", at: datetime = NOW) -> None:
    """The store calls of one started flow."""
    await store.add(flow(state, user=user, at=at), b"sealed")
    await store.keep_newest("default", user, at)


async def test_the_oldest_attempt_makes_room_for_the_eleventh(store: FlowStore) -> None:
    for number in range(MOST_OPEN + 1):
        await start(store, f"s{number}", at=NOW + timedelta(seconds=number))
    now = NOW + timedelta(seconds=30)
    assert await store.count_open(now) == MOST_OPEN == 10
    assert await store.claim("s0", now) is None
    for number in range(1, MOST_OPEN + 1):
        assert await store.claim(f"s{number}", now) is not None


async def test_fifty_starts_at_once_leave_ten(store: FlowStore) -> None:
    await asyncio.gather(*(start(store, f"s{number}") for number in range(50)))
    assert await store.count_open(NOW) == MOST_OPEN


async def test_attempts_of_other_users_are_kept(store: FlowStore) -> None:
    await start(store, "bob's", user="bob")
    other_tenant = replace(flow("elsewhere"), tenant="other")
    await store.add(other_tenant, b"sealed")
    for number in range(20):
        await start(store, f"s{number}", at=NOW + timedelta(seconds=1))
    assert await store.get("bob's") is not None
    assert await store.get("elsewhere") is not None


async def test_attempts_that_were_used_or_are_over_take_no_place(store: FlowStore) -> None:
    await start(store, "used")
    await store.claim("used", NOW)
    await start(store, "expired", at=NOW - FLOW_LIFETIME)
    for number in range(MOST_OPEN):
        await start(store, f"s{number}", at=NOW + timedelta(seconds=1))
    assert await store.get("used") is not None  # what became of them can still be told
    assert await store.get("expired") is not None
    assert await store.count_open(NOW + timedelta(seconds=1)) == MOST_OPEN


async def test_ten_thousand_starts_leave_a_small_collection(
    store: FlowStore, database: Database
) -> None:
    rows = database.collection("oauth_state")
    for first in range(0, 10_000, 500):
        at = NOW + timedelta(milliseconds=first)
        # The rows of a hundred concurrent processes: added in bulk, and trimmed once.
        await rows.insert_missing([_row(f"s{first + number}", at) for number in range(499)])
        await start(store, f"s{first + 499}", at=at)
        assert await rows.count({}) == MOST_OPEN


def _row(state: str, at: datetime) -> dict[str, object]:
    return {
        "_id": flow_id(state),
        "tenant": "default",
        "user": "alice",
        "created_at": at,
        "expires_at": at + FLOW_LIFETIME,
        "used_at": None,
    }


async def test_how_many_are_open_everywhere_is_a_metric_and_a_flood_a_warning(
    store: FlowStore,
) -> None:
    metrics = Metrics(["google"])
    watching = OpenFlows(store, lambda: NOW, metrics, alarm=3)
    for number in range(2):
        await start(store, f"s{number}", user=f"u{number}")
    with capture_logs() as logged:
        assert await watching.look() == 2
    assert "gateway_open_flows 2.0" in metrics.text().decode()
    assert logged == []
    await start(store, "s2", user="u2")
    await start(store, "over", user="u3", at=NOW - FLOW_LIFETIME)
    with capture_logs() as logged:
        assert await watching.look() == 3
    assert "gateway_open_flows 3.0" in metrics.text().decode()
    assert logged == [{"event": "many_open_flows", "count": 3, "log_level": "warning"}]
