"""A database of the release before pasted keys opens, and all of its connections work.

``earlier_release.json`` holds rows that the commit e48910d wrote by its own code: without
``method``, of schema 1, and before migration 3. Their tokens are sealed with the key below. Their
times are moved to ten minutes ago: MongoDB deletes what is long over.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from bson import json_util
from pymongo import MongoClient

from gateway.access.service_keys import Role
from gateway.clock import utc_now
from gateway.outbound.client import Outbound
from gateway.store.migrations import MIGRATIONS
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.linking import NOW
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.web.test_step_up import CALENDAR, DEFAULTS, asked

RECORDED = Path(__file__).with_name("earlier_release.json")
KEY = "k1:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
AGE = timedelta(minutes=10)


class Provider:
    """Answers as all three providers do: it renews what it issued, and revokes."""

    def __init__(self) -> None:
        self.renewed: list[str] = []
        self.revoked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a refresh with new tokens, and a revocation with success."""
        text = request.content.decode()
        sent = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
        if "revoke" in request.url.path or request.method == "DELETE":
            self.revoked.append(request.url.host)
            return _answer({})
        assert sent["grant_type"] == "refresh_token", request.url
        self.renewed.append(sent["refresh_token"])
        account = sent["refresh_token"].removeprefix("refresh-")
        return _answer(
            {
                "access_token": f"access-again-{account}",
                "refresh_token": sent["refresh_token"],
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )


def _answer(body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(json.dumps(body).encode()))


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def recorded(mongodb_url: str, database_name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of the earlier release, put into the test's database."""
    rows: dict[str, list[dict[str, Any]]] = json_util.loads(RECORDED.read_text())
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        for name, found in rows.items():
            client[database_name][name].insert_many(_moved(found))
    return rows


def _moved(value: Any) -> Any:
    """Move every time by as much as the rows' time is away from ten minutes ago."""
    if isinstance(value, dict):
        return {name: _moved(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each) for each in value]
    return value + (utc_now() - NOW) - AGE if isinstance(value, datetime) else value


@pytest.fixture
async def gateway(
    mongodb_url: str,
    database_name: str,
    recorded: Any,
    provider: Provider,
    clock: FakeClock,
    sandbox: SandboxProcess,
) -> AsyncIterator[Harness]:
    """This release on that database."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        encryption_keys=KEY,
        prepares=True,
    ) as harness:
        provider_service = harness.services.refresher._parts.provider
        old = provider_service.outbound
        async with httpx.AsyncClient(transport=httpx.MockTransport(provider.answer)) as client:
            provider_service.outbound = Outbound(client, old.policy, old.bulkhead)
            yield harness


def test_the_rows_are_of_a_release_without_methods(
    recorded: dict[str, list[dict[str, Any]]],
) -> None:
    for row in recorded["connections"]:
        assert (row["schema"], "method" in row) == (1, False)
    assert max(row["_id"] for row in recorded["migrations"]) == 2 < MIGRATIONS[-1].number


async def test_every_connection_is_there_with_its_scopes_and_method(
    gateway: Harness, rows: Rows
) -> None:
    assert {row["method"] for row in await rows.connections()} == {"oauth2"}
    api = await gateway.api(Role.CONNECTIONS)
    shown = []
    for user in ("alice", "bob"):
        answer = await api.get("/v1/connections", params={"user": user})
        shown += answer.json()["connections"]
    assert sorted((c["connector"], c["account_label"], c["status"]) for c in shown) == [
        ("google", "ana@example.com", "active"),
        ("google", "bob@example.com", "needs_scopes"),
        ("google", "work@example.com", "active"),
        ("notion", "Acme HQ", "active"),
        ("shopify", "Acme store", "active"),
    ]
    assert {c["method"] for c in shown} == {"oauth2"}
    assert {c["owner"] for c in shown} == {"user"}
    browser = await gateway.browser("alice")
    page = await browser.open("/dashboard/connectors")
    assert page.status_code == 200
    assert "ana@example.com" in page.text


@pytest.mark.parametrize(
    ("connector", "user", "account"),
    [
        ("google", "alice", "1067"),
        ("google", "alice", "2081"),
        ("google", "bob", "3055"),
        ("notion", "alice", "ws-1:u-1"),
        ("shopify", "alice", "77"),
    ],
)
async def test_a_connection_is_read_renewed_and_disconnected(
    gateway: Harness, provider: Provider, rows: Rows, connector: str, user: str, account: str
) -> None:
    read = await gateway.token(connector, user, account=account)
    assert read.status_code == 200, read.text
    assert read.json()["access_token"] == f"access-{account}"
    assert provider.renewed == []

    tool = await gateway.api(Role.TOKENS)
    wanted = {"user": user, "account": account}
    renewed = await tool.post(f"/v1/connectors/{connector}/refresh", json=wanted)
    assert renewed.status_code == 200, renewed.text
    assert renewed.json()["access_token"] == f"access-again-{account}"
    assert provider.renewed == [f"refresh-{account}"]
    (row,) = [r for r in await rows.connections() if r["external_account_id"] == account]
    assert (row["generation"], row["method"]) == (2, "oauth2")

    api = await gateway.api(Role.CONNECTIONS)
    assert (await api.delete(f"/v1/connections/{row['_id']}")).status_code == 200
    assert len(provider.revoked) == 1
    assert len(await rows.connections()) == 4


async def test_the_worker_renews_what_the_earlier_release_left(
    gateway: Harness, provider: Provider
) -> None:
    gateway.clock.advance(seconds=3000)
    await gateway.services.renewal.round("google")
    assert sorted(provider.renewed) == ["refresh-1067", "refresh-2081", "refresh-3055"]


async def test_step_up_starts_from_what_the_earlier_release_granted(gateway: Harness) -> None:
    connection = (await gateway.token("google", "alice")).json()["connection"]["id"]
    refused = (await gateway.token("google", "alice", scopes=["calendar"])).json()
    assert refused["code"] == "scopes_required"
    browser = await gateway.browser("alice")
    await browser.open(f"/connectors/google?reconnect={connection}&scopes=calendar")
    await browser.submit(action="/v1/connectors/google/start")
    assert asked(browser) == [*DEFAULTS, CALENDAR]
