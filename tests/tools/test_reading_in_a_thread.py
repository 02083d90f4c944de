"""Nothing that the gateway serves reads the tool files on the event loop."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from gateway.access.service_keys import Restrictions, Role
from gateway.tools.registry import Tool
from gateway.web.policy_pages import POLICIES
from tests.support.gateway import Harness, SharedTools

PLACES = {
    "call": ("POST", "/v1/tools/notion_search_pages/call", {"user": "alice", "arguments": {}}),
    "discover": ("POST", "/v1/discover", {"user": "alice"}),
    "tools": ("GET", "/v1/tools?user=alice", None),
    "skills": ("GET", "/v1/skills", None),
    "skill": ("GET", "/v1/skills/notion/SKILL.md", None),
    "llms": ("GET", "/llms.txt", None),
    "policies": ("PUT", "/v1/policies", {"revision": 0, "rules": [], "disabled": []}),
}


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads that read tool files."""
    found: list[int] = []
    read_all = SharedTools._read_all

    def noted(self: SharedTools) -> Mapping[str, Tool]:
        found.append(threading.get_ident())
        return read_all(self)

    monkeypatch.setattr(SharedTools, "_read_all", noted)
    return found


def assert_in_a_thread(readers: list[int]) -> None:
    assert len(readers) == 1
    assert readers != [threading.get_ident()]


@pytest.mark.parametrize("place", PLACES)
async def test_the_interface(gateway: Harness, readers: list[int], place: str) -> None:
    method, path, body = PLACES[place]
    client = await gateway.api(Role.TOOLS, Role.ADMIN)
    answer = await client.request(method, path, json=body)
    assert answer.status_code != 500
    assert_in_a_thread(readers)


async def test_a_key_for_some_connectors(gateway: Harness, readers: list[int]) -> None:
    _, secret = await gateway.services.keys.create(
        tenant="default", roles=[Role.TOOLS], restrictions=Restrictions(connectors=("notion",))
    )
    client = await gateway.api()
    client.headers["Authorization"] = f"Bearer {secret.reveal()}"
    await client.post(PLACES["call"][1], json=PLACES["call"][2])
    assert_in_a_thread(readers)


async def test_a_connect_page_that_names_a_tool(gateway: Harness, readers: list[int]) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    assert readers == []
    await browser.open("/connectors/google?tool=gmail_search_messages")
    assert_in_a_thread(readers)


async def test_the_page_of_policies(gateway: Harness, readers: list[int]) -> None:
    browser = await gateway.browser("admin")
    await browser.open(POLICIES)
    assert_in_a_thread(readers)
