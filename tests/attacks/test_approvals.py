"""Attacks on approvals and policies: to act without a person's yes, or with another one's."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.errors import ApprovalUnknown, ApprovalVoid
from gateway.store.policies import Decision, PolicyRule
from gateway.tools.approvals import DECIDE, USE
from tests.conftest import GATEWAY_URL
from tests.support.approving import Call
from tests.support.browser import Browser
from tests.support.gateway import FakeClock
from tests.support.organisation import ADMIN
from tests.support.provider import StrictProvider, strict_provider
from tests.support.proxied import proxying
from tests.tools.conftest import Tools, write_tools

pytestmark = pytest.mark.requirement("F1", "G2")

OWN = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
FOREIGN = OWN | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        yield provider


@pytest.fixture
async def tools(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> AsyncIterator[Tools]:
    write_tools(tmp_path)
    async with proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as proxy:
        yield Tools(proxy, provider, await proxy.harness.api(Role.TOOLS))


async def ask(tools: Tools, **more: Any) -> str:
    """The id of the approval that alice's call waits for."""
    answer = await tools.call("relay_create_thing", title="Plan", more=more)
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["approval_id"]
    return found


async def decide(
    browser: Browser, approval_id: str, headers: dict[str, str], csrf: str | None
) -> list[int]:
    """Send a yes to the API and to the page; the statuses of both."""
    named = headers | ({} if csrf is None else {"X-CSRF-Token": csrf})
    form = {"decision": "approve"} | ({} if csrf is None else {"csrf_token": csrf})
    api = await browser.client.post(
        f"{GATEWAY_URL}/v1/approvals/{approval_id}/decision",
        json={"decision": "approve"},
        headers=named,
    )
    page = await browser.client.post(
        f"{GATEWAY_URL}/dashboard/approvals/{approval_id}", data=form, headers=headers
    )
    return [api.status_code, page.status_code]


async def yes(tools: Tools, approval_id: str) -> None:
    """Alice says yes, in her own page."""
    browser = await tools.proxy.harness.browser("alice")
    assert (await decide(browser, approval_id, OWN, browser.csrf_token()))[0] == 200


async def approved(tools: Tools, **more: Any) -> str:
    """The id of an approval that alice has given."""
    approval_id = await ask(tools, **more)
    await yes(tools, approval_id)
    return approval_id


async def assert_undecided(tools: Tools, approval_id: str) -> None:
    """Check that the call waits, and does not run."""
    repeat = await tools.call("relay_create_thing", title="Plan", more={"approval": approval_id})
    assert repeat.status_code == 202, repeat.text
    assert tools.provider.effects == 0


async def refused(tools: Tools, approval_id: str, **arguments: Any) -> str:
    """Call with an approval that must not do; the code of the refusal."""
    before = tools.provider.effects
    given = {"title": "Plan"} | arguments
    answer = await tools.call("relay_create_thing", more={"approval": approval_id}, **given)
    assert tools.provider.effects == before
    return str(answer.json()["code"])


async def test_a_call_that_waits_does_not_run(tools: Tools) -> None:
    await tools.proxy.connect()
    approval_id = await ask(tools)
    await assert_undecided(tools, approval_id)


@pytest.mark.parametrize("role", [Role.TOOLS, Role.ADMIN])
async def test_a_key_does_not_decide(tools: Tools, role: Role) -> None:
    """Not alone, and not where it gets at the cookie of the person."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    key = {"Authorization": f"Bearer {await tools.proxy.harness.key(role)}"}
    alone, alices = [await tools.proxy.harness.browser(user) for user in (None, "alice")]
    assert await decide(alone, approval_id, OWN | key, "0" * 64) == [401, 401]
    assert await decide(alices, approval_id, OWN | key, alices.csrf_token()) == [401, 401]
    await assert_undecided(tools, approval_id)


async def test_another_person_does_not_decide(tools: Tools) -> None:
    """Nor an administrator, about the account of a person."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    for user in ("bob", ADMIN):
        browser = await tools.proxy.harness.browser(user)
        assert await decide(browser, approval_id, OWN, browser.csrf_token()) == [404, 404]
    await assert_undecided(tools, approval_id)


async def test_a_namesake_in_another_tenant_does_not_decide(tools: Tools) -> None:
    """Nor sees a tool server of another tenant that there is such an approval."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    other = await tools.proxy.harness.api(Role.TOOLS, tenant="t2")
    assert (await other.get(f"/v1/approvals/{approval_id}")).status_code == 404
    with pytest.raises(ApprovalUnknown):
        await tools.proxy.harness.services.approvals.decide(
            "t2", approval_id, user="alice", admin=True, approve=True
        )
    await assert_undecided(tools, approval_id)


async def test_a_page_of_another_site_does_not_decide(tools: Tools) -> None:
    """Not even with the token of the session."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    browser = await tools.proxy.harness.browser("alice")
    token = browser.csrf_token()
    without_origin = {name: value for name, value in OWN.items() if name == "Accept"}
    for headers in (FOREIGN, without_origin, OWN | {"Origin": "null"}):
        assert await decide(browser, approval_id, headers, token) == [403, 403]
    await assert_undecided(tools, approval_id)


async def test_a_forged_form_does_not_decide(tools: Tools) -> None:
    """Without a token, with another one, or with that of the attacker's own session."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    browser, bobs = [await tools.proxy.harness.browser(user) for user in ("alice", "bob")]
    for token in (None, "", "0" * 64, bobs.csrf_token()):
        assert await decide(browser, approval_id, OWN, token) == [403, 403]
    await assert_undecided(tools, approval_id)


async def test_an_expired_approval_is_none(tools: Tools) -> None:
    """Nobody decides after its time, and nobody uses it after its time."""
    await tools.proxy.connect()
    late, clock = await ask(tools), tools.proxy.harness.clock
    browser = await tools.proxy.harness.browser("alice")
    clock.advance(seconds=DECIDE.total_seconds())
    assert 200 not in await decide(browser, late, OWN, browser.csrf_token())
    unused = await approved(tools)
    clock.advance(seconds=USE.total_seconds())
    assert await refused(tools, unused) == "approval_expired"


async def test_an_approval_is_used_once(tools: Tools) -> None:
    await tools.proxy.connect()
    approval_id = await approved(tools)
    first = await tools.call("relay_create_thing", title="Plan", more={"approval": approval_id})
    assert first.status_code == 200
    assert await refused(tools, approval_id) == "approval_used"
    assert (await tools.call("relay_create_thing", title="Plan")).status_code == 202


async def test_an_approval_is_for_these_arguments(tools: Tools) -> None:
    """The tool server shows a harmless call, and sends another."""
    await tools.proxy.connect()
    approval_id = await approved(tools)
    for title in ("Pay", "plan", "Plan ", "Plan\u200b"):
        assert await refused(tools, approval_id, title=title) == "approval_void"
        again = await tools.call("relay_create_thing", title=title)
        assert again.status_code == 202
    assert tools.provider.effects == 0


async def test_an_approval_is_for_its_person(tools: Tools) -> None:
    """Another person's call through the account that both of them use."""
    await tools.proxy.connect(owner="org")
    approval_id = await approved(tools, owner="org")
    for more in ({"owner": "org"}, {"owner": "org", "approval": approval_id}):
        answer = await tools.call("relay_create_thing", user="bob", title="Plan", more=more)
        assert answer.json()["code"] in {"approval_required", "approval_unknown"}
    assert tools.provider.effects == 0


async def test_an_approval_is_for_its_account(tools: Tools) -> None:
    """Not for another one, nor for the same one after it was connected anew."""
    await tools.proxy.connect()
    waits, given = await ask(tools), await approved(tools)
    assert waits == given  # one call asks once
    await tools.proxy.connect()
    assert await refused(tools, given) == "approval_void"


async def test_an_approval_is_for_the_tool_as_it_was(tools: Tools) -> None:
    """Its file is exchanged after a person has said yes."""
    await tools.proxy.connect()
    call = Call(arguments={"title": "Plan"})
    approval_id = await approved(tools)
    changed = dataclasses.replace(call, approval=approval_id, digest="0" * 64)
    with pytest.raises(ApprovalVoid):
        await changed.send(tools.proxy)
    assert tools.provider.effects == 0


async def policies(tools: Tools, *rules: PolicyRule, disabled: tuple[str, ...] = ()) -> None:
    """Set the policies."""
    given = tools.proxy.harness.services.policies
    revision = (await given.read("default")).revision
    await given.set("default", rules=rules, disabled=disabled, revision=revision)


async def test_an_approval_is_for_the_policies_as_they_were(tools: Tools) -> None:
    await tools.proxy.connect()
    approval_id = await approved(tools)
    await policies(tools, PolicyRule(id="other", pattern="other_*", decision=Decision.BLOCK))
    assert await refused(tools, approval_id) == "approval_void"


async def test_nobody_decides_about_what_has_changed(tools: Tools) -> None:
    """The page would show what no longer holds."""
    await tools.proxy.connect()
    approval_id = await ask(tools)
    browser = await tools.proxy.harness.browser("alice")
    await tools.proxy.connect()
    assert await decide(browser, approval_id, OWN, browser.csrf_token()) == [409, 409]


async def test_one_yes_is_for_one_change(tools: Tools) -> None:
    """A tool of two changes sends the one that was approved."""
    await tools.proxy.connect()
    for wanted in (1, 2):
        answer = await tools.call("relay_make_pair", key="order-1", title="Plan")
        assert answer.status_code == 202, answer.text
        assert tools.provider.effects == wanted - 1
        await yes(tools, answer.json()["approval_id"])
    assert (await tools.call("relay_make_pair", key="order-1", title="Plan")).status_code == 200
    assert tools.provider.effects == 2


async def test_a_tool_that_reads_does_not_change(tools: Tools) -> None:
    """Nobody is asked before it: it would be a way around approvals."""
    await tools.proxy.connect()
    answer = await tools.call("relay_get_wrongly")
    assert answer.json()["reason"] == "too_many_writes"
    assert tools.provider.effects == 0


async def test_a_blocked_tool_is_not_called_directly(tools: Tools) -> None:
    """Although discovery no longer shows it, and although a yes was given before."""
    await tools.proxy.connect()
    approval_id = await approved(tools)
    await policies(tools, PolicyRule(id="stop", pattern="relay_*", decision=Decision.BLOCK))
    assert await refused(tools, approval_id) == "tool_blocked"
    read = await tools.call("relay_get_item", item_id="i")
    assert read.json()["code"] == "tool_blocked"
    assert tools.provider.calls == []


async def test_a_disabled_tool_is_not_called_directly(tools: Tools) -> None:
    await tools.proxy.connect()
    approval_id = await approved(tools)
    await policies(tools, disabled=("relay",))
    assert await refused(tools, approval_id) == "tool_unknown"
    assert (await tools.call("relay_get_item", item_id="i")).json()["code"] == "tool_unknown"
    assert tools.provider.calls == []


async def test_a_rule_does_not_open_what_a_tool_asks_for(tools: Tools) -> None:
    await tools.proxy.connect()
    await policies(tools, PolicyRule(id="open", pattern="relay_*", decision=Decision.AUTO))
    await ask(tools)
    assert tools.provider.effects == 0


async def test_a_key_without_the_role_calls_no_tool(tools: Tools) -> None:
    await tools.proxy.connect()
    for role in Role:
        if role is Role.TOOLS:
            continue
        client: httpx.AsyncClient = await tools.proxy.harness.api(role)
        body = {"user": "alice", "arguments": {"item_id": "i"}}
        answer = await client.post("/v1/tools/relay_get_item/call", json=body)
        assert answer.json()["code"] == "forbidden", role
    assert tools.provider.calls == []


@pytest.mark.parametrize(
    "item", ["..", ".", "../../admin", "i/admin", "%2e%2e", "..%2fadmin", "i%2Fadmin", "..;/admin"]
)
async def test_an_argument_does_not_leave_its_segment(tools: Tools, item: str) -> None:
    """To another operation of the provider, which has another policy."""
    await tools.proxy.connect()
    answer = await tools.call("relay_get_item", item_id=item)
    assert answer.json().get("code") == "path_refused", answer.text
    assert tools.provider.calls == []
