"""The gateway's own tools for integrations: for agents of administrators, each call approved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.errors import ApprovalDenied, ApprovalRequired, IntegrationNotFound, ToolBlocked
from gateway.integrations.listing import OWN_TOOLS
from gateway.mcp.control import Control
from gateway.mcp.principal import SCOPES, Principal
from gateway.store.policies import Decision, PolicyRule
from gateway.web.integration_controls import AddArgs, DetectArgs, PreviewArgs
from gateway.web.mcp_controls import controls_of
from tests.conftest import GATEWAY_URL
from tests.integrations.test_api import URL, Kinds
from tests.integrations.test_api import kinds as kinds
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness, running_gateway

ADMIN = Principal(
    tenant="default", user="admin", client="agent", scopes=frozenset(SCOPES), via="token"
)
ANA = Principal(tenant="default", user="ana", client="agent", scopes=frozenset(SCOPES), via="token")


@pytest.fixture
async def gateway(
    kinds: Kinds, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway whose kinds describe what a test says."""
    async with running_gateway(
        mongodb_url, database_name, clock=clock, public_url=GATEWAY_URL
    ) as harness:
        yield harness


Decide = Callable[[str, str], Awaitable[int]]


def decider(browser: Browser) -> Decide:
    """Returns what decides about an approval as a signed-in person."""

    async def decide(approval: str, decision: str) -> int:
        headers = {"X-CSRF-Token": browser.csrf_token(), "Origin": GATEWAY_URL}
        answer = await browser.client.post(
            f"{GATEWAY_URL}/v1/approvals/{approval}/decision",
            json={"decision": decision},
            headers=headers,
        )
        return answer.status_code

    return decide


def controls(gateway: Harness) -> dict[str, Control]:
    """The gateway's own tools by name."""
    return {each.name: each for each in controls_of(gateway.services)}


async def approved(control: Control, args: Any, decide: Decide) -> dict[str, Any]:
    """Call, let the administrator approve, and call again."""
    with pytest.raises(ApprovalRequired) as asked:
        await control.run(ADMIN, args)
    assert await decide(asked.value.approval_id, "approve") == 200
    return await control.run(ADMIN, args)


async def test_they_are_for_agents_of_signed_in_administrators(gateway: Harness) -> None:
    found = controls(gateway)
    assert len(found) == OWN_TOOLS
    may = found["gateway_add_integration"].may
    assert may is not None
    await gateway.browser("ana")
    assert not await may(ADMIN)
    await gateway.browser("admin")
    assert await may(ADMIN)
    assert not await may(ANA)
    key = Principal(
        tenant="default", user="ana", client="0" * 16, scopes=frozenset(SCOPES), via="key"
    )
    assert not await may(key)


async def test_an_agent_adds_what_an_administrator_has_approved(gateway: Harness) -> None:
    found = controls(gateway)
    ana, admin = decider(await gateway.browser("ana")), decider(await gateway.browser("admin"))
    preview = await approved(found["gateway_preview_integration"], PreviewArgs(url=URL), admin)
    assert preview["about_tokens"] > 0
    add = found["gateway_add_integration"]
    args = AddArgs(url=URL, digest=preview["digest"], slug="pets")
    with pytest.raises(ApprovalRequired) as asked:
        await add.run(ADMIN, args)
    service = gateway.services.integration_service
    with pytest.raises(IntegrationNotFound):
        await service.get("default", "pets")
    # Nobody else decides, and a yes is for these very arguments, once.
    assert await ana(asked.value.approval_id, "approve") == 404
    assert await admin(asked.value.approval_id, "approve") == 200
    with pytest.raises(ApprovalRequired):
        await add.run(ADMIN, args.model_copy(update={"url": "https://evil.example/"}))
    added = await add.run(ADMIN, args)
    assert added["integration"]["slug"] == "pets"
    with pytest.raises(ApprovalRequired):
        await add.run(ADMIN, args)
    listed = await found["gateway_list_integrations"].run(ADMIN, None)
    assert "pets" in {each["slug"] for each in listed["integrations"]}


async def test_a_person_who_is_no_administrator_cannot_approve_their_own_agent(
    gateway: Harness, kinds: Kinds
) -> None:
    ana = decider(await gateway.browser("ana"))
    detect = controls(gateway)["gateway_detect_integration"]
    with pytest.raises(ApprovalRequired) as asked:
        await detect.run(ANA, DetectArgs(url=URL))
    assert await ana(asked.value.approval_id, "approve") == 404


async def test_a_denial_and_a_policy_stop_it(gateway: Harness) -> None:
    admin = decider(await gateway.browser("admin"))
    detect = controls(gateway)["gateway_detect_integration"]
    with pytest.raises(ApprovalRequired) as asked:
        await detect.run(ADMIN, DetectArgs(url=URL))
    assert await admin(asked.value.approval_id, "deny") == 200
    with pytest.raises(ApprovalDenied):
        await detect.run(ADMIN, DetectArgs(url=URL))
    rule = PolicyRule(id="stop", pattern="gateway_*", decision=Decision.BLOCK)
    await gateway.services.policies.set("default", rules=[rule], disabled=frozenset(), revision=0)
    with pytest.raises(ToolBlocked):
        await detect.run(ADMIN, DetectArgs(url=URL))
