"""``GET /v1/audit``: the lines of one tenant, page by page, and refused queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.access.service_keys import Role
from gateway.store.audit import Action
from gateway.web.audit import MOST
from tests.support.gateway import FakeClock, Harness
from tests.support.problems import problem


async def note(gateway: Harness, *users: str, tenant: str = "default", **facts: Any) -> None:
    """Hand-outs to each of ``users``, written."""
    for user in users:
        gateway.services.audit.note(Action.TOKEN_ISSUED, tenant=tenant, user=user, **facts)
    await gateway.services.audit.flush()


async def users(gateway: Harness, tenant: str = "default", **query: Any) -> list[str]:
    """The users in the hand-outs of an answer."""
    api = await gateway.api(Role.ADMIN, tenant=tenant)
    answer = await api.get("/v1/audit", params={"action": "token.issued"} | query)
    assert answer.status_code == 200, answer.text
    return [line["user"] for line in answer.json()["lines"]]


@pytest.mark.requirement("F2")
async def test_an_admin_sees_the_own_tenant_only(gateway: Harness) -> None:
    """No question leads to another tenant's lines."""
    await note(gateway, "alice", connection="con_1")
    await note(gateway, "alice", "mallory", tenant="acme", connection="con_1")
    assert await users(gateway) == ["alice"]
    assert await users(gateway, user="mallory") == []
    assert await users(gateway, connection="con_1") == ["alice"]
    assert await users(gateway, tenant="acme") == ["mallory", "alice"]


async def test_the_questions_can_be_combined(gateway: Harness, clock: FakeClock) -> None:
    await note(gateway, "alice", connector="google", connection="con_1")
    await note(gateway, "alice", connector="notion", connection="con_2")
    await note(gateway, "bob", connector="google", connection="con_3")
    assert await users(gateway, connector="google") == ["bob", "alice"]
    assert await users(gateway, connector="google", user="alice") == ["alice"]
    assert await users(gateway, connection="con_2", user="bob") == []
    clock.advance(hours=1)
    border = clock().isoformat()
    clock.advance(hours=1)
    await note(gateway, "carol")
    assert await users(gateway, since=border) == ["carol"]
    assert await users(gateway, until=border) == ["bob", "alice", "alice"]


async def test_pages_lead_from_the_newest_to_the_oldest_line(gateway: Harness) -> None:
    names = [f"u{number}" for number in range(7)]
    await note(gateway, *names)
    api = await gateway.api(Role.ADMIN)
    seen: list[str] = []
    query = {"action": "token.issued", "limit": "3"}
    sizes = []
    while True:
        answer = (await api.get("/v1/audit", params=query)).json()
        seen += [line["user"] for line in answer["lines"]]
        sizes.append(len(answer["lines"]))
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
        await note(gateway, "later")
    assert seen == names[::-1]
    assert sizes == [3, 3, 1]


async def test_times_are_taken_with_any_offset(gateway: Harness, clock: FakeClock) -> None:
    await note(gateway, "alice")
    now = clock()
    for offset in (timedelta(), timedelta(hours=9), timedelta(hours=-7)):
        zone = datetime.now(UTC).astimezone().tzinfo if not offset else None
        local = (now - timedelta(minutes=1)).astimezone(zone) + offset
        text = local.strftime("%Y-%m-%dT%H:%M:%S") + (
            "Z"
            if not offset
            else f"{'+' if offset > timedelta() else '-'}{abs(offset).seconds // 3600:02}:00"
        )
        assert await users(gateway, since=text) == ["alice"]


@pytest.mark.requirement("F4")
@pytest.mark.parametrize(
    "query",
    [
        "tenant=acme",
        "user[$ne]=x",
        "limit=0",
        "limit=-1",
        "limit=1.5",
        f"limit={MOST + 1}",
        "limit=",
        "limit=1&limit=2",
        "user=a&user=b",
        "user=",
        "user=%00",
        "user=a%0Ab",
        "user=" + "x" * 256,
        "action=token",
        "action=",
        "action=TOKEN.ISSUED",
        "since=yesterday",
        "since=2026-01-01",
        "since=2026-01-01T00:00:00",
        "since=2026-13-01T00:00:00Z",
        "since=0001-01-01T00:00:00%2B23:59",
        "until=9999-12-31T23:59:59-23:59",
        "cursor=",
        "cursor=1",
        "cursor=1-zz",
        "cursor=99999999999999999-" + "0" * 24,
        "connection=",
    ],
)
async def test_invalid_query_is_refused(gateway: Harness, query: str) -> None:
    """Neither ignored nor guessed at."""
    api = await gateway.api(Role.ADMIN)
    problem(await api.get(f"/v1/audit?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_can_be_written_or_removed(gateway: Harness, method: str) -> None:
    api = await gateway.api(*Role)
    await note(gateway, "alice")
    problem(await api.request(method, "/v1/audit"), 405, "method_not_allowed")
    assert await users(gateway) == ["alice"]


async def test_a_session_is_not_enough(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    answer = await browser.client.get(
        f"{browser.gateway_url}/v1/audit", headers={"Accept": "application/json"}
    )
    problem(answer, 401, "unauthorized")


async def test_a_change_is_in_the_audit_before_it_is_answered(gateway: Harness) -> None:
    """Without waiting for any buffer: nothing is flushed here."""
    api = await gateway.api(Role.ADMIN)
    made = (await api.post("/v1/keys", json={"roles": ["tokens"]})).json()
    lines = (await api.get("/v1/audit", params={"action": "key.created"})).json()["lines"]
    assert lines[0]["subject"] == made["id"]
