"""Attacks on calls of tools: by a caller with a key, by arguments, and by a provider."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.access.service_keys import Restrictions, Role
from tests.support import provider as providers
from tests.support.assertions import HEADER, Host
from tests.support.provider import Exchange, StrictProvider
from tests.support.proxied import KEY, proxying
from tests.tools.conftest import Tools, write_tools

pytestmark = pytest.mark.requirement("F1", "F2")


@pytest.fixture
async def tools(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider
) -> AsyncIterator[Tools]:
    write_tools(tmp_path)
    async with proxying(mongodb_url, database_name, tmp_path, provider) as proxy:
        await proxy.connect()
        yield Tools(proxy, provider, await proxy.harness.api(Role.TOOLS))


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with providers.strict_provider() as provider:
        yield provider


async def restricted(tools: Tools, **restrictions: object) -> httpx.AsyncClient:
    """A tool server with a restricted key."""
    harness = tools.proxy.harness
    _, secret = await harness.services.keys.create(
        tenant="default",
        roles=[Role.TOOLS],
        restrictions=Restrictions(**restrictions),  # type: ignore[arg-type]
    )
    client = await harness.api()
    client.headers["Authorization"] = f"Bearer {secret.reveal()}"
    return client


async def test_a_restricted_key_reaches_no_other_connectors_tools(tools: Tools) -> None:
    body = {"user": "alice", "arguments": {"item_id": "i"}}
    narrow = await restricted(tools, connectors=("in-header",))
    refused = await narrow.post("/v1/tools/relay_get_item/call", json=body)
    assert refused.json()["code"] == "forbidden"
    assert not tools.provider.calls
    allowed = await narrow.post("/v1/tools/relay_ask_platform/call", json={"user": "alice"})
    assert allowed.status_code == 200


async def test_an_asserted_key_acts_for_its_user_alone(tools: Tools) -> None:
    host = Host()
    client = await restricted(tools, assertion_keys=[host.public])
    body = {"user": "alice", "arguments": {"item_id": "i"}}
    at = "/v1/tools/relay_get_item/call"
    assert (await client.post(at, json=body)).json()["code"] == "assertion_required"
    bobs = await client.post(at, json=body, headers={HEADER: host.sign("bob")})
    assert bobs.json()["code"] == "assertion_invalid"
    assert not tools.provider.calls
    assert (
        await client.post(at, json=body, headers={HEADER: host.sign("alice")})
    ).status_code == 200


async def test_an_argument_cannot_break_out_of_its_place(tools: Tools) -> None:
    """Not into another member of the body, parameter of the query, header or path."""
    hostile = '"}, "input": {"admin": true}, "x": {"y": "&a=b\r\nX-Evil: 1'
    echo = await tools.result("relay_change_item", title=hostile)
    assert json.loads(echo["body"])["input"] == {"title": hostile}
    echo = await tools.result("relay_get_item", item_id="a?b=c&d#e", words=["x&admin=1"])
    seen = tools.provider.calls[-1]
    assert "admin" not in seen.query
    assert "b" not in seen.query
    for trace in ("a\r\nX-Evil: 1", "a\nb", "a\0b"):
        answer = await tools.call("relay_get_item", item_id="i", trace=trace)
        assert answer.status_code >= 400
    assert not any(name == b"x-evil" for each in tools.provider.calls for name, _ in each.headers)


async def test_a_credential_does_not_come_back(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in a result, and not in the message of a refusal."""
    token = min(tools.provider.tokens)
    answer = await tools.call("relay_get_item", item_id="i")
    assert answer.status_code == 200
    assert token not in answer.text
    assert KEY not in (await tools.call("relay_ask_platform")).text

    async def refuse(provider: StrictProvider, exchange: Exchange) -> None:
        await exchange.answer(400, {"error": {"code": "bad", "message": f"token {token} is bad"}})

    monkeypatch.setitem(providers.BEHAVIOURS, "refusal", refuse)
    refused = await tools.call("relay_get_refusal")
    assert refused.json()["code"] == "tool_failed"
    assert token not in refused.text


async def test_another_account_than_ones_own_is_not_reached(tools: Tools) -> None:
    other = await tools.proxy.connect("bob", account="acct-9")
    for account in (other.id, "acct-9"):
        answer = await tools.call("relay_get_item", item_id="i", more={"account": account})
        assert answer.json()["code"] == "account_not_found"
    assert not tools.provider.calls


async def test_an_endless_answer_has_an_end(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.BEHAVIOURS, "refusal", providers.BEHAVIOURS["endless"])
    answer = await tools.call("relay_get_refusal")
    assert answer.json()["code"] == "provider_broken"
    await tools.provider.left.wait()
