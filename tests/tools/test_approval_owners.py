"""Approvals and the account that they are for: who may decide, and what another account ends."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import AccountMismatch
from gateway.web.approval_pages import APPROVALS
from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.organisation import ADMIN, headers_of
from tests.tools.conftest import Tools

ORG = {"owner": "org"}


async def test_an_administrator_may_decide_for_the_organisations_account(tools: Tools) -> None:
    """The person whom the tool acts for may, too; nobody else."""
    await tools.proxy.connect(owner="org")
    asked = (await tools.call("relay_create_thing", title="Plan", more=ORG)).json()
    page = f"{APPROVALS}/{asked['approval_id']}"
    decision = f"{GATEWAY_URL}/v1/approvals/{asked['approval_id']}/decision"
    bob = await tools.proxy.harness.browser("bob")
    headers = headers_of(bob)
    assert (await bob.open(page)).status_code == 404
    refused = await bob.client.post(decision, json={"decision": "approve"}, headers=headers)
    assert refused.status_code == 404
    admin = await tools.proxy.harness.browser(ADMIN)
    await admin.open(page)
    assert "your organisation's" in words(admin)
    assert "Acts foralice" in words(admin)
    await admin.submit({}, button="Approve this call", action=page)
    assert (await tools.result("relay_create_thing", title="Plan", more=ORG)) == {"effects": 1}
    again = (await tools.call("relay_create_thing", title="Plan", more=ORG)).json()
    alice = await tools.proxy.harness.browser("alice")
    await alice.open(f"{APPROVALS}/{again['approval_id']}")
    action = f"{APPROVALS}/{again['approval_id']}"
    await alice.submit({}, button="Approve this call", action=action)
    assert (await tools.result("relay_create_thing", title="Plan", more=ORG)) == {"effects": 2}


async def test_an_administrators_yes_is_for_the_organisations_account_alone(tools: Tools) -> None:
    """The same call with the person's own account asks that person."""
    await tools.proxy.connect(owner="org")
    asked = (await tools.call("relay_create_thing", title="Plan", more=ORG)).json()
    await tools.proxy.harness.services.approvals.decide(
        "default", asked["approval_id"], user=ADMIN, admin=True, approve=True
    )
    await tools.proxy.connect()
    own = await tools.call(
        "relay_create_thing", title="Plan", more={"approval": asked["approval_id"]}
    )
    assert own.json()["code"] == "approval_void"
    assert tools.provider.effects == 0


@pytest.mark.parametrize("is_decided", [False, True])
@pytest.mark.parametrize("is_same_row", [False, True])
async def test_another_account_in_its_place_voids_it(
    tools: Tools, is_decided: bool, is_same_row: bool
) -> None:
    """A person disconnects, and connects another account: in a new row, or in the old one."""
    first = await tools.proxy.connect(account="acct-1")
    asked = (await tools.call("relay_create_thing", title="Plan")).json()
    services = tools.proxy.harness.services
    if is_decided:
        await services.approvals.decide(
            "default", asked["approval_id"], user="alice", admin=False, approve=True
        )
    if is_same_row:
        rows: Any = services.tokens._connections
        change = {"$set": {"external_account_id": "acct-2"}}
        await rows._rows.update_one({"_id": first.id}, change)
    else:
        await services.disconnect._connections.delete(first, tools.proxy.harness.clock())
        await tools.proxy.connect(account="acct-2")
    page = f"{APPROVALS}/{asked['approval_id']}"
    browser = await tools.proxy.harness.browser("alice")
    await browser.open(page)
    assert "No longer valid: the account" in words(browser)
    assert "Approve this call" not in words(browser)
    named = await tools.call(
        "relay_create_thing", title="Plan", more={"approval": asked["approval_id"]}
    )
    assert named.json()["code"] == "approval_void"
    again = (await tools.call("relay_create_thing", title="Plan")).json()
    assert again["approval_id"] != asked["approval_id"]
    assert tools.provider.effects == 0


async def test_another_account_does_not_replace_one_that_is_connected(tools: Tools) -> None:
    """Of a connector with one account: the approval goes on waiting, for the account it was for."""
    await tools.proxy.connect(account="acct-1", several=False)
    asked = (await tools.call("relay_create_thing", title="Plan")).json()
    with pytest.raises(AccountMismatch):
        await tools.proxy.connect(account="acct-2", several=False)
    status = await tools.client.get(f"/v1/approvals/{asked['approval_id']}")
    assert status.json()["state"] == "waiting"
