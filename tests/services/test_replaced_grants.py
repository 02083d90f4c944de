"""A pasted key of an account that is connected by OAuth takes its row: the grant is revoked."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from connectors import ConnectionInput, KeyMethod, Verify, account_lookup
from gateway.outbound.client import Outbound
from gateway.store.connection import Connection, Method
from tests.support.gateway import Harness
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connect

SECRET = "ntn_0123456789"
KEY = KeyMethod(
    inputs={
        "key": ConnectionInput(
            title="Key", description="A key.", example=SECRET, pattern=r"ntn_[0-9]{10}", secret=True
        )
    },
    api_headers={"Authorization": "Bearer ${key}"},
    verify=Verify(url="https://api.notion.com/v1/users/me"),
    account=account_lookup(id="id", label="id"),
)


async def paste_for(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, owner: str, account: str
) -> Connection:
    """Store a key that Notion says is of ``account``."""
    keys = gateway.services.pasted._provider
    stream = httpx.ByteStream(json.dumps({"id": account}).encode())
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    config = replace(gateway.services.catalog.oauth("notion"), key=KEY)
    async with httpx.AsyncClient(transport=transport) as client:
        old = keys._outbound
        monkeypatch.setattr(keys, "_outbound", Outbound(client, old.policy, old.bulkhead))
        return await gateway.services.pasted.connect(
            config, tenant="default", owner=owner, given={"key": SECRET}
        )


@pytest.mark.parametrize("shared", [False, True])
async def test_the_grant_that_a_key_replaces_is_revoked_unless_somebody_shares_it(
    gateway: Harness, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    await connect(gateway, "notion")
    if shared:
        await connect(gateway, "notion", user="bob")
    (old,) = await gateway.services.connections.list_for("default", "alice")
    mark = sandbox.mark()
    new = await paste_for(gateway, monkeypatch, old.owner, old.external_account_id)
    assert (new.id, new.method, old.method) == (old.id, Method.API_KEY, Method.OAUTH2)
    revoked = sandbox.log(after=mark, provider="notion", endpoint="revoke")
    assert [line["outcome"] for line in revoked] == ([] if shared else ["revoked"])


async def test_a_key_of_another_person_shares_no_grant(
    gateway: Harness, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob's key for the account that Alice has connected does not keep her grant alive."""
    await connect(gateway, "notion")
    (old,) = await gateway.services.connections.list_for("default", "alice")
    await paste_for(gateway, monkeypatch, "user:bob", old.external_account_id)
    assert await gateway.services.disconnect.disconnect(old) == "yes"
