"""The gateway's own API, added to the gateway itself by its URL, and called over the loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.access.service_keys import Role
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.organisation import headers_of
from tests.support.serving import serving_at

PICKED = ["available", "create_key", "delete_key", "list_integrations", "list_keys"]


@pytest.fixture
async def gateway(mongodb_url: str, database_name: str, clock: FakeClock) -> AsyncIterator[Harness]:
    """A gateway that listens, and may call itself."""
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    async with (
        running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            public_url=f"http://127.0.0.1:{port}",
            egress_allow=frozenset({("127.0.0.1", port)}),
        ) as harness,
        serving_at(harness.transport.app, door),  # type: ignore[attr-defined]
    ):
        yield harness


async def called(gateway: Harness, name: str, **arguments: Any) -> Any:
    """The answer to a call of alice's agent; she approves it if it asks."""
    tools, body = await gateway.api(Role.TOOLS), {"user": "alice", "arguments": arguments}
    path = f"/v1/tools/own_{name}/call"
    answer = await tools.post(path, json=body)
    if answer.status_code == 202:
        browser = await gateway.browser("alice")
        await browser.open("/dashboard/connectors")
        approval = answer.json()["approval_id"]
        decided = await browser.client.post(
            f"{gateway.settings.public_url}/v1/approvals/{approval}/decision",
            json={"decision": "approve"},
            headers=headers_of(browser),
        )
        assert decided.is_success, decided.text
        answer = await tools.post(path, json=body | {"approval": approval})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


async def test_its_operations_are_tools_that_call_it(gateway: Harness) -> None:
    api = await gateway.api(Role.INTEGRATIONS)
    given = {
        "url": f"{gateway.settings.public_url}/openapi.json",
        "slug": "own",
        "operations": PICKED,
    }
    added = await api.post("/v1/integrations", json=given)
    assert added.status_code == 201, added.text
    (method,) = added.json()["authMethods"]
    pasted = {
        "template": method["template"],
        "token": await gateway.key(Role.ADMIN, Role.INTEGRATIONS),
    }
    connections = await gateway.api(Role.CONNECTIONS)
    connected = await connections.post(
        "/v1/connectors/own/connect", json={"inputs": pasted, "owner": "org"}
    )
    assert connected.is_success, connected.text

    listed = await called(gateway, "list_integrations")
    assert listed["status"] == 200
    assert "own" in {each["slug"] for each in listed["body"]["integrations"]}
    made = await called(gateway, "create_key", body={"roles": ["tokens"], "label": "by itself"})
    assert made["status"] == 201, made
    keys = await called(gateway, "list_keys")
    (mine,) = [each for each in keys["body"]["keys"] if each["label"] == "by itself"]
    assert mine["roles"] == ["tokens"]
    gone = await called(gateway, "delete_key", id=mine["id"])
    assert gone["status"] == 204
    assert "by itself" not in str(await called(gateway, "list_keys"))
    refused = await (await gateway.api(Role.TOOLS)).post(
        "/v1/tools/own_read_audit/call", json={"user": "alice", "arguments": {}}
    )
    assert refused.json()["code"] == "tool_unknown"
