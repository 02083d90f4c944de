"""Approvals: for one request exactly, decided by a person, used once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.errors import (
    ApprovalDecided,
    ApprovalDenied,
    ApprovalExpired,
    ApprovalNotShowable,
    ApprovalRequired,
    ApprovalUnknown,
    ApprovalUsed,
    ApprovalVoid,
    RateLimited,
)
from gateway.store.approvals import State
from gateway.store.audit import Wanted
from gateway.store.policies import Decision, PolicyRule
from gateway.tools import approvals as module
from gateway.tools.binding import Binding
from tests.support.approving import Call
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

CALL = Call(arguments={"title": "Plan"})


async def asked(proxy: Proxy, call: Call = CALL) -> str:
    """The id of the approval that the call asks for."""
    with pytest.raises(ApprovalRequired) as found:
        await call.send(proxy)
    return found.value.approval_id


async def decided(
    proxy: Proxy, approval_id: str, approve: bool = True, user: str = "alice"
) -> None:
    await proxy.harness.services.approvals.decide(
        "default", approval_id, user=user, admin=False, approve=approve
    )


async def approved(proxy: Proxy, call: Call = CALL) -> str:
    """The id of an approval of the call that a person has given."""
    approval_id = await asked(proxy, call)
    await decided(proxy, approval_id)
    return approval_id


async def test_a_call_asks_and_its_repeat_runs_once(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    approval_id = await asked(proxy)
    assert await asked(proxy) == approval_id  # the same call asks once
    assert provider.calls == []
    await decided(proxy, approval_id)
    assert await CALL.send(proxy) == {"effects": 1}
    assert await asked(proxy) != approval_id
    assert provider.effects == 1
    lines = await proxy.harness.services.audit.find("default", Wanted(), limit=50)
    found = [(line.action, line.outcome) for line in reversed(lines) if line.subject == approval_id]
    assert found == [
        ("approval.asked", "ok"),
        ("approval.decided", "approved"),
        ("approval.used", "ok"),
    ]


@pytest.mark.requirement("I1")
async def test_what_the_person_sees_is_what_is_sent(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    call = dataclasses.replace(
        CALL, path=b"echo", query=b"x=1&y=%20", headers=((b"notion-version", b"1"),)
    )
    approval_id = await approved(proxy, call)
    shown = await proxy.harness.services.approvals.shown(
        "default", approval_id, user="alice", admin=False
    )
    assert shown.request is not None
    await call.send(proxy)
    (sent,) = provider.calls
    assert shown.request.method == sent.method
    assert shown.request.url == f"https://{sent.host}{sent.target.decode()}"
    assert shown.request.body.encode() == sent.body
    headers = {n: v.replace("CREDENTIAL", sent.bearer) for n, v in shown.request.headers}
    assert headers == {
        name.decode().lower(): value.decode()
        for name, value in sent.headers
        if name.decode().lower() not in {"host", "content-length"}
    }
    assert sent.bearer not in repr(shown)


async def _account(proxy: Proxy) -> Call:
    await proxy.connect(account="acct-2", tenant="acme")
    return dataclasses.replace(CALL, account="acct-2")


async def _grant(proxy: Proxy) -> Call:
    await proxy.connect()
    return CALL


async def _policy_rule(proxy: Proxy) -> Call:
    rule = PolicyRule(id="stop", pattern="other_*", decision=Decision.BLOCK)
    await proxy.harness.services.policies.set("default", rules=[rule], disabled=(), revision=0)
    return CALL


def _other(**changes: Any) -> Callable[[Proxy], Awaitable[Call]]:
    async def change(proxy: Proxy) -> Call:
        return dataclasses.replace(CALL, **changes)

    return change


CHANGES: dict[str, Callable[[Proxy], Awaitable[Call]]] = {
    "tool_digest": _other(digest="0" * 64),
    "arguments": _other(arguments={"title": "Plan", "more": 1}, body=b'{"title": "Plan"}'),
    "account": _account,
    "connection": _account,
    "grant": _grant,
    "method": _other(method="PUT"),
    "url": _other(query=b"notify=all"),
    "headers": _other(headers=((b"x-mode", b"draft"),)),
    "body_sha256": _other(body=b'{"title": "Plans"}'),
    "change": _other(change=2),
    "policy_revision": _policy_rule,
}
"""Field of the binding -> what a caller or a person changes after the approval."""
BY_DIGEST = {"tool": "other", "tenant": "t2", "user": "bob", "owner": "org", "policy_rule": "r2"}
"""Fields whose change is another call before it gets to the gate: the digest alone is compared."""


def test_every_field_of_the_binding_is_in_the_table() -> None:
    fields = {field.name for field in dataclasses.fields(Binding)}
    assert fields == CHANGES.keys() | BY_DIGEST.keys()


@pytest.mark.parametrize("name", CHANGES)
async def test_with_any_other_fact_it_is_no_approval(
    proxy: Proxy, provider: StrictProvider, name: str
) -> None:
    await proxy.connect()
    approval_id = await approved(proxy)
    other = await CHANGES[name](proxy)
    with pytest.raises(ApprovalVoid):
        await dataclasses.replace(other, approval=approval_id).send(proxy)
    with pytest.raises(ApprovalRequired) as found:
        await other.send(proxy)
    assert found.value.approval_id != approval_id
    assert provider.effects == 0


BINDING = Binding(
    tool="relay_create_thing",
    tool_digest="1" * 64,
    arguments={"title": "Plan", "tags": ["a"]},
    tenant="t1",
    user="alice",
    owner="user:alice",
    connection="con_1",
    account="acct-1",
    grant=1,
    method="POST",
    url="https://relay.example/effect",
    headers=(("a", "b"),),
    body_sha256="2" * 64,
    change=1,
    policy_rule="r1",
    policy_revision=3,
)
OTHER_VALUES: dict[str, Any] = BY_DIGEST | {
    "tool_digest": "3" * 64,
    "arguments": {"title": "Plan", "tags": ["A"]},
    "connection": "con_2",
    "account": "acct-2",
    "grant": 2,
    "method": "PUT",
    "url": "https://relay.example/effect?",
    "headers": (("a", "c"),),
    "body_sha256": "4" * 64,
    "change": 2,
    "policy_revision": 4,
}


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Binding)])
def test_each_field_counts_in_the_digest(name: str) -> None:
    changed = dataclasses.replace(BINDING, **{name: OTHER_VALUES[name]})
    assert changed.digest() != BINDING.digest()
    assert dataclasses.replace(changed, **{name: getattr(BINDING, name)}) == BINDING


async def test_fifty_at_once_send_one(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    approval_id = await approved(proxy)
    named = dataclasses.replace(CALL, approval=approval_id)
    found = await asyncio.gather(*(named.send(proxy) for _ in range(50)), return_exceptions=True)
    assert [each for each in found if isinstance(each, dict)] == [{"effects": 1}]
    assert sum(isinstance(each, ApprovalUsed) for each in found) == 49
    assert provider.effects == 1


async def test_fifty_at_once_without_its_id_send_one(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    first = await approved(proxy)
    found = await asyncio.gather(*(CALL.send(proxy) for _ in range(50)), return_exceptions=True)
    assert [each for each in found if isinstance(each, dict)] == [{"effects": 1}]
    asks = {each.approval_id for each in found if isinstance(each, ApprovalRequired)}
    assert len(asks) == 1  # the others wait for one new decision
    assert first not in asks
    assert provider.effects == 1


async def test_an_account_that_was_connected_anew_voids_it(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """The account is the same, the grant is another one."""
    await proxy.connect()
    approval_id = await approved(proxy)
    await proxy.connect()
    status = await proxy.harness.services.approvals.status("default", approval_id)
    assert (status.state, provider.effects) == (State.VOID, 0)


async def test_a_disconnected_account_voids_it(proxy: Proxy) -> None:
    connection = await proxy.connect()
    approval_id = await asked(proxy)
    services = proxy.harness.services
    await services.disconnect._connections.delete(connection, proxy.harness.clock())
    with pytest.raises(ApprovalVoid):
        await decided(proxy, approval_id)


async def test_a_refresh_does_not_void_it(proxy: Proxy, provider: StrictProvider) -> None:
    """The token is refused within the call: the approved request is repeated with a new one."""
    await proxy.connect()
    call = dataclasses.replace(CALL, key="key-1")  # with it, the gateway may repeat
    approval_id = await approved(proxy, call)
    provider.expire()
    assert await call.send(proxy) == {"effects": 1}
    assert provider.refreshes == 1
    status = await proxy.harness.services.approvals.status("default", approval_id)
    assert status.state is State.USED


async def test_a_second_request_of_the_call_is_refused(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    await approved(proxy)
    with pytest.raises(ApprovalNotShowable):
        await CALL.send(proxy, times=2)
    assert provider.effects == 1


async def test_a_denied_call_is_not_asked_for_again_at_once(proxy: Proxy) -> None:
    await proxy.connect()
    approval_id = await asked(proxy)
    await decided(proxy, approval_id, approve=False)
    for call in (CALL, dataclasses.replace(CALL, approval=approval_id)):
        with pytest.raises(ApprovalDenied):
            await call.send(proxy)
    proxy.harness.clock.advance(seconds=module.DECIDE.total_seconds())
    assert await asked(proxy) != approval_id


async def test_it_expires_before_and_after_the_decision(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    first = await asked(proxy)
    proxy.harness.clock.advance(seconds=module.DECIDE.total_seconds())
    with pytest.raises(ApprovalExpired):
        await decided(proxy, first)
    second = await approved(proxy)
    assert second != first
    proxy.harness.clock.advance(seconds=module.USE.total_seconds())
    with pytest.raises(ApprovalExpired):
        await dataclasses.replace(CALL, approval=second).send(proxy)
    assert await asked(proxy) != second
    assert provider.effects == 0


async def test_a_decision_is_made_once(proxy: Proxy) -> None:
    await proxy.connect()
    approval_id = await asked(proxy)
    approvals = proxy.harness.services.approvals

    async def decide(number: int) -> bool:
        try:
            await approvals.decide(
                "default", approval_id, user="alice", admin=False, approve=number % 2 == 0
            )
        except ApprovalDecided:
            return False
        return True

    assert sum(await asyncio.gather(*map(decide, range(10)))) == 1


async def test_nobody_else_sees_or_decides(proxy: Proxy) -> None:
    """Neither another user nor an administrator, for an account of a person's own."""
    await proxy.connect()
    approval_id = await asked(proxy)
    approvals = proxy.harness.services.approvals
    for tenant, user, admin in (
        ("default", "bob", False),
        ("default", "bob", True),
        ("t2", "alice", True),
    ):
        with pytest.raises(ApprovalUnknown):
            await approvals.decide(tenant, approval_id, user=user, admin=admin, approve=True)
        with pytest.raises(ApprovalUnknown):
            await approvals.shown(tenant, approval_id, user=user, admin=admin)
    await proxy.connect("bob")
    with pytest.raises(ApprovalUnknown):
        await dataclasses.replace(CALL, user="bob", approval=approval_id).send(proxy)
    assert (await approvals.status("default", approval_id)).state is State.WAITING


async def test_a_caller_that_waits_is_woken_by_the_decision(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.connect()
    watch, waits = proxy.harness.services.approvals.watch, asyncio.Event()
    changed = watch.changed

    async def seen(row: str, seconds: float) -> None:
        waits.set()
        await changed(row, seconds)

    monkeypatch.setattr(watch, "changed", seen)
    call = asyncio.create_task(dataclasses.replace(CALL, wait_seconds=30).send(proxy))
    async with asyncio.timeout(20):
        await waits.wait()
        (waiting,) = await proxy.harness.services.approvals.find(
            "default", user="alice", state=State.WAITING, limit=5
        )
        await decided(proxy, waiting.stored.id)
        assert await call == {"effects": 1}


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (dataclasses.replace(CALL, body=b"\xff\xfe"), "not text"),
        (dataclasses.replace(CALL, body=b"x" * 70_000), "longer"),
        (Call(arguments={"number": 2**60}), "no exact form"),
        (dataclasses.replace(CALL, headers=((b"content-encoding", b"gzip"),)), "packed"),
    ],
)
async def test_what_cannot_be_shown_whole_cannot_be_approved(
    proxy: Proxy, provider: StrictProvider, call: Call, why: str
) -> None:
    await proxy.connect()
    with pytest.raises(ApprovalNotShowable, match=why):
        await call.send(proxy)
    assert provider.calls == []


async def test_a_flood_of_calls_asks_for_a_bounded_number(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    await proxy.connect()
    for number in range(2):
        await asked(proxy, Call(arguments={"title": f"{number}"}))
    with pytest.raises(RateLimited):
        await Call(arguments={"title": "2"}).send(proxy)


async def test_the_request_is_sealed_in_the_database(proxy: Proxy) -> None:
    await proxy.connect()
    await asked(proxy, Call(arguments={"title": "wq7-secret-plan"}))
    store: Any = proxy.harness.services.approvals.store
    (row,) = await store._rows.find({})
    assert "wq7-secret-plan" not in repr(row)
    assert row["created_at"] < datetime.now(UTC).replace(year=2100)
