"""Calls of tools: credentials are in no answer, arguments in those alone that have to show them.

The gateway runs in this process at log level debug, in front of a provider that repeats the whole
request in its errors. At the end the test searches everything that the gateway said and stored.
"""

from __future__ import annotations

import io
import re
import secrets
import shutil
import string
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.observe.access_log import flush_logs
from gateway.settings.environment import Driver
from gateway.store.events import Outbox
from gateway.store.mongo import open_database
from gateway.web.approval_pages import APPROVALS
from gateway.webhooks.delivery import body_of
from tests.leaks import talkative_tools
from tests.leaks.canaries import Canaries
from tests.leaks.journey import secret_part, stored
from tests.support import provider as providers
from tests.support.answers import WatchedTransport
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness
from tests.support.organisation import ADMIN, headers_of
from tests.support.provider import Exchange, StrictProvider, strict_provider
from tests.support.proxied import Proxy, proxying
from tests.tools.conftest import write_tools

SEEN = {
    "the tool's answer to its caller": ("tools", "POST", r"/v1/tools/\w+/call", {200, 502}),
    "the person's own approval": ("alice", "GET", rf"{APPROVALS}/apr_\w+", {200}),
}
"""Where arguments are to be seen, and nowhere else: who asks, for what, with which answer.

Credentials are to be seen nowhere.
"""


KINDS = (
    "access token",
    "refresh token",
    "client secret",
    "service key",
    "session cookie",
    "argument",
)


def canary() -> str:
    """A word: neither a length nor a digit tells that it is content."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(24))


@dataclass
class Watched:
    """Who talks to the gateway, each with what the gateway answered."""

    gateway: Harness
    canaries: Canaries
    answers: dict[str, list[httpx.Response]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._inner = self.gateway.transport

    def _as(self, who: str) -> None:
        watch = WatchedTransport(self._inner)
        self.answers[who] = watch.answers
        self.gateway.transport = watch

    async def browser(self, user: str) -> Browser:
        """The browser of a person."""
        self._as(user)
        browser = await self.gateway.browser(user)
        cookies = [cookie.value or "" for cookie in browser.client.cookies.jar]
        self.canaries.add("session cookie", *cookies)
        return browser

    async def api(self, who: str, role: Role) -> httpx.AsyncClient:
        """A client with a key."""
        self._as(who)
        self.canaries.add("service key", secret_part(await self.gateway.key(role)))
        return await self.gateway.api(role)

    def leaks(self) -> tuple[list[str], set[str]]:
        """The leaks, and the names of the places in ``SEEN`` that showed arguments."""
        found, used = [], set()
        for who, answers in self.answers.items():
            for answer in answers:
                path = answer.request.url.path
                headers = [pair for pair in answer.headers.items() if pair[0] != "set-cookie"]
                cookies = "\n".join(answer.headers.get_list("set-cookie")).encode()
                leaks = self.canaries.found_in(str(headers).encode())
                leaks += self.canaries.found_in(cookies, but=frozenset({"session cookie"}))
                in_body = self.canaries.found_in(answer.content)
                place = _place(who, answer)
                if place is not None and any(each.startswith("argument") for each in in_body):
                    used.add(place)
                    in_body = self.canaries.found_in(answer.content, but=frozenset({"argument"}))
                found += [
                    f"{who}: {answer.request.method} {path} -> {answer.status_code}: {leak}"
                    for leak in leaks + in_body
                ]
        return found, used


def _place(who: str, answer: httpx.Response) -> str | None:
    for name, (person, method, path, statuses) in SEEN.items():
        if (
            (who, answer.request.method) == (person, method)
            and answer.status_code in statuses
            and re.fullmatch(path, answer.request.url.path)
        ):
            return name
    return None


async def _repeat_it_all(provider: StrictProvider, exchange: Exchange) -> None:
    """Refuse, and say everything that came."""
    body, seen = await exchange.body(), exchange.seen
    said = f"{seen.bearer} {seen.target.decode()} {body.decode()}"
    await exchange.answer(422, {"error": {"code": "refused", "message": said}}, X_Said=seen.bearer)


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        provider.tokens = {f"at-{secrets.token_hex(24)}"}
        provider.refresh_token = f"rt-{secrets.token_hex(24)}"
        provider.client_secret = f"cs-{secrets.token_hex(24)}"
        yield provider


@pytest.fixture
async def proxy(
    mongodb_url: str,
    database_name: str,
    tmp_path: Path,
    provider: StrictProvider,
    clock: FakeClock,
    log: io.StringIO,  # before the gateway opens
) -> AsyncIterator[Proxy]:
    write_tools(tmp_path)
    shutil.copy(talkative_tools.__file__, tmp_path / "tools" / "talkative.py")
    async with proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as proxy:
        yield proxy


@dataclass
class Caller:
    """Calls tools for alice, each time with other arguments."""

    client: httpx.AsyncClient
    canaries: Canaries

    def word(self) -> str:
        """A new canary."""
        word = canary()
        self.canaries.add("argument", word)
        return word

    async def call(
        self, tool: str, code: str | None, arguments: dict[str, Any], key: str | None = None
    ) -> dict[str, Any]:
        """Call a tool; its answer has this code, or is a result."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"user": "alice", "arguments": arguments}
        answer = await self.client.post(f"/v1/tools/{tool}/call", json=body, headers=headers)
        found: dict[str, Any] = answer.json()
        assert found.get("code") == code, (tool, answer.text)
        return found


async def call_everything(
    caller: Caller, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """End calls in every way but those of an approval."""
    word, call = caller.word, caller.call
    everywhere = {"item_id": word(), "words": [word()], "tags": [word()], "trace": word()}
    for key in (None, "own-1", "own-1"):  # the last is answered from the record
        await call("relay_get_item", None, everywhere, key)
    await call("relay_change_item", None, {"title": word(), "text": word()})
    await call("relay_post_form", None, {"title": word(), "note": word()})
    with monkeypatch.context() as patched:
        patched.setitem(providers.BEHAVIOURS, "effect", _repeat_it_all)
        patched.setitem(providers.BEHAVIOURS, "parts", _repeat_it_all)
        await call("relay_query_effect", "tool_failed", {"title": word()})
        await call("relay_post_effect", "tool_failed", {"title": word()}, "own-2")
        await call("relay_lose_words", "tool_failed", {"words": word(), "end": "path"})
    await call("relay_lose_words", "tool_failed", {"words": word(), "end": "error"})
    await call("relay_lose_words", "tool_answer_unexpected", {"words": word(), "end": "answer"})
    for wrong in ({"item_id": [word()]}, {"item_id": "1", word(): word()}, {"trace": word()}):
        await call("relay_get_item", "invalid_arguments", wrong)
    await call("relay_get_item", "path_refused", {"item_id": f"../{word()}"})
    await call("relay_get_nothing", "tool_unknown", {"item_id": word()})
    rule = {"id": "stop", "pattern": "relay_post_form", "decision": "block"}
    for dry in (True, False):
        change = {"revision": 0, "rules": [rule], "dry_run": dry}
        assert (await admin.put("/v1/policies", json=change)).status_code == 200
    await call("relay_post_form", "tool_blocked", {"title": word()})


async def ask_and_decide(caller: Caller, alice: Browser, others: list[Browser]) -> None:
    """Ask for calls: others look and try to decide, alice approves one and denies one."""
    for button, code in (("Approve this call", None), ("Deny", "approval_denied")):
        arguments = {"title": caller.word()}
        asked = await caller.call("relay_create_thing", "approval_required", arguments)
        page = f"{APPROVALS}/{asked['approval_id']}"
        await _look(caller.client, asked["approval_id"])
        for other in others:
            assert (await other.open(page)).status_code == 404
            await other.open(APPROVALS)
            answer = await other.client.post(
                f"{other.gateway_url}/v1/approvals/{asked['approval_id']}/decision",
                json={"decision": "approve"},
                headers=headers_of(other),
            )
            assert answer.status_code == 404
        for path in ("/dashboard/connectors", APPROVALS, page):
            assert (await alice.open(path)).status_code == 200
        await alice.submit({}, button=button, action=page)
        await alice.open(page)
        await caller.call("relay_create_thing", code, arguments)
    pair = {"title": caller.word()}
    first = await caller.call("relay_make_pair", "approval_required", pair, "pair-1")
    page = f"{APPROVALS}/{first['approval_id']}"
    await alice.open(page)
    await alice.submit({}, button="Approve this call", action=page)
    await caller.call("relay_make_pair", "approval_required", pair, "pair-1")
    await caller.call("relay_make_pair", "approval_not_showable", pair)


async def _look(client: httpx.AsyncClient, approval_id: str) -> None:
    """See an approval as a program does."""
    listed = await client.get("/v1/approvals", params={"user": "alice"})
    assert approval_id in {each["id"] for each in listed.json()["approvals"]}
    assert (await client.get(f"/v1/approvals/{approval_id}")).status_code == 200


async def look_around(caller: Caller, admin: httpx.AsyncClient, person: Browser) -> None:
    """Read what tells of tools, calls and policies."""
    client = caller.client
    for schemas in ("none", "all"):
        asked = {"user": "alice", "query": f"item {caller.word()}", "schemas": schemas}
        assert (await client.post("/v1/discover", json=asked)).status_code == 200
    for path in ("/v1/tools?user=alice", "/v1/skills", "/v1/skills/relay/SKILL.md"):
        assert (await client.get(path)).status_code == 200, path
    for path in ("/v1/policies", "/v1/usage?by=tool", "/v1/audit?limit=500"):
        assert (await admin.get(path)).status_code == 200, path
    for page in ("activity", "usage"):
        assert (await person.open(f"/dashboard/{page}")).status_code == 200, page


@pytest.mark.requirement("E1", "J1", "J2", "J3")
async def test_credentials_and_arguments_of_tools_are_left_nowhere(
    proxy: Proxy,
    provider: StrictProvider,
    monkeypatch: pytest.MonkeyPatch,
    mongodb_url: str,
    database_name: str,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every way out of a call, the way of an approval, and all that tells of calls."""
    canaries, harness = Canaries(), proxy.harness
    canaries.add("access token", *provider.tokens)
    canaries.add("refresh token", provider.refresh_token)
    canaries.add("client secret", provider.client_secret)
    watched = Watched(harness, canaries)
    caller = Caller(await watched.api("tools", Role.TOOLS), canaries)
    admin_key = await watched.api("admin's key", Role.ADMIN)
    alice, bob, admin = [await watched.browser(user) for user in ("alice", "bob", ADMIN)]
    await proxy.connect()

    await call_everything(caller, admin_key, monkeypatch)
    await ask_and_decide(caller, alice, [bob, admin])
    provider.expire()  # the next call renews the token
    await caller.call("relay_get_item", None, {"item_id": caller.word()})
    canaries.add("access token", *provider.tokens)
    canaries.add("refresh token", provider.refresh_token)
    await harness.services.audit.flush()
    assert {event["tool"] for event in await proxy.events()} >= {
        "relay_get_item",
        "relay_lose_words",
        "relay_create_thing",
    }
    for person in (alice, bob, admin):
        await look_around(caller, admin_key, person)
    for page in ("", "/usage", "/policies"):
        assert (await admin.open(f"/dashboard/organisation{page}")).status_code == 200
    events = (await admin_key.get("/v1/usage/events")).json()["events"]
    assert {"GET /things/{id}/parts"} <= {event["operation"] for event in events}
    assert b"gateway_" in (await admin_key.get("/metrics")).content

    assert provider.refreshes == 1
    assert all(canaries.of(kind) for kind in KINDS)
    leaks, used = watched.leaks()
    assert leaks == []
    assert used == set(SEEN)
    bodies = await webhook_bodies(mongodb_url, database_name)
    assert len([body for body in bodies if b"approval." in body]) >= 6
    assert [canaries.found_in(body) for body in bodies if canaries.found_in(body)] == []
    assert stored(canaries, mongodb_url, database_name) == []
    flush_logs()
    out, err = capfd.readouterr()
    assert "tool_broken" in log.getvalue()
    assert "tool_answer_unexpected" in log.getvalue()
    assert canaries.found_in((log.getvalue() + out + err).encode()) == []


async def webhook_bodies(mongodb_url: str, database_name: str) -> list[bytes]:
    """What webhooks get of everything that happened."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        return [body_of(event).encode() for event in await Outbox(database).waiting(100)]
