"""The integrations that a deployment lists itself: what a start makes of them, and a second one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.access.service_keys import Role
from gateway.engine.integration import Kind as KindName
from gateway.errors import IntegrationUnreachable, SettingsError
from gateway.integrations.list_file import read_list
from gateway.web.listed_integrations import keep_registering, pauses, register_listed
from tests.conftest import GATEWAY_URL
from tests.integrations.test_api import URL, Kinds, definition
from tests.integrations.test_api import kinds as kinds
from tests.support.gateway import FakeClock, Harness, running_gateway

ENTRY = {"slug": "pets", "url": URL}
Start = Callable[..., AbstractAsyncContextManager[Harness]]


@pytest.fixture
def start(
    kinds: Kinds, mongodb_url: str, database_name: str, clock: FakeClock, tmp_path: Path
) -> Start:
    """A process of a deployment that lists these."""

    def started(*entries: Any) -> AbstractAsyncContextManager[Harness]:
        file = tmp_path / "integrations.json"
        file.write_text(json.dumps(entries))
        return running_gateway(
            mongodb_url, database_name, clock=clock, public_url=GATEWAY_URL, integrations_file=file
        )

    return started


async def register(process: Harness) -> list[dict[str, Any]]:
    """What a start does, and the lines that it logs."""
    with capture_logs() as lines:
        await register_listed(process.services, process.services.listed_integrations)
    return [dict(line) for line in lines if line["event"].startswith("integration_")]


async def shown(process: Harness, slug: str = "pets") -> dict[str, Any]:
    """An integration as an administrator sees it."""
    answer = await (await process.api(Role.INTEGRATIONS)).get(f"/v1/integrations/{slug}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("text", ["{}", "[", "", '"a"', "[" * 100_000])
def test_a_file_that_is_no_list_stops_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.json"
    file.write_text(text)
    with pytest.raises(SettingsError, match="GATEWAY_INTEGRATIONS_FILE"):
        read_list(file)


def test_entries_are_told_apart_by_all_that_they_say(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    other = {"slug": "pets", "url": URL, "tenant": "acme"}
    file.write_text(
        json.dumps([ENTRY, other, {"url": URL, "slug": "pets"}, {**ENTRY, "name": "P"}])
    )
    first, acme, again, named = read_list(file)
    assert (first.tenant, first.slug, first.number) == ("default", "pets", 1)
    assert (acme.tenant, "tenant" in acme.body) == ("acme", False)
    assert first.mark == again.mark != named.mark
    assert read_list(None) == ()


async def test_an_entry_is_added_once_and_stays_while_it_is_listed(
    start: Start, kinds: Kinds
) -> None:
    async with start(ENTRY) as first:
        assert [line["event"] for line in await register(first)] == ["integration_registered"]
        found = await shown(first)
        assert (found["kind"], found["tools"], found["waiting"]) == ("openapi", 2, 0)
        assert not found["canRemove"]
        api = await first.api(Role.INTEGRATIONS)
        refused = await api.delete("/v1/integrations/pets")
        assert (refused.status_code, refused.json()["code"]) == (409, "integration_not_removable")
    read = len(kinds[KindName.OPENAPI].sources)
    async with start(ENTRY) as second:
        assert await register(second) == []
    assert len(kinds[KindName.OPENAPI].sources) == read  # nothing was asked for
    async with start() as third:
        assert (await shown(third))["canRemove"]
        api = await third.api(Role.INTEGRATIONS)
        assert (await api.delete("/v1/integrations/pets")).status_code == 200


async def test_bad_entries_are_named_and_keep_no_other_back(start: Start, kinds: Kinds) -> None:
    bad = [
        "text",
        {"url": URL},
        {"slug": "odd", "url": URL, "colour": "red"},
        {"slug": "notion", "url": URL},
        {"slug": "ftp", "url": "ftp://pets.example"},
        {"slug": "other", "url": URL, "digest": "0" * 64},
    ]
    async with start(*bad, ENTRY) as process:
        lines = await register(process)
        assert (await shown(process))["tools"] == 2
    refused = {line["entry"]: line for line in lines if "entry" in line}
    assert sorted(refused) == [1, 2, 3, 4, 5, 6]
    assert {refused[number]["code"] for number in (1, 2, 3, 4, 5)} == {"invalid_request"}
    assert refused[6]["code"] == "changed_since_preview"
    assert "colour" not in str(refused[3])
    assert refused[4]["reason"].startswith("slug:")


async def test_processes_that_start_together_make_one(start: Start) -> None:
    async with start(ENTRY) as one, start(ENTRY) as two, start(ENTRY) as three:
        lines = await asyncio.gather(*(register(each) for each in (one, two, three)))
        assert not [line for each in lines for line in each if "entry" in line]
        found = await shown(one)
        assert (found["tools"], found["waiting"]) == (2, 0)
        assert await register(two) == []


async def test_what_an_entry_changes_waits_for_a_person(start: Start, kinds: Kinds) -> None:
    kind = kinds[KindName.OPENAPI]
    async with start(ENTRY) as first:
        await register(first)
    kind.description = replace(
        kind.description, definitions=(definition("list_pets", "Other."), definition("groom"))
    )
    changed = {**ENTRY, "name": "Pets of ours", "operations": ["list_pets"]}
    async with start(changed) as second:
        await register(second)
        found = await shown(second)
        assert (found["name"], found["tools"], found["waiting"]) == ("Pets of ours", 2, 2)
        api = await second.api(Role.INTEGRATIONS)
        preview = await api.post("/v1/integrations/preview", json={"url": URL})
    async with start({**changed, "digest": preview.json()["digest"]}) as third:
        await register(third)
        assert (await shown(third))["waiting"] == 0


async def test_an_entry_leads_no_account_to_another_host(start: Start) -> None:
    async with start({**ENTRY, "baseUrl": "https://pets.example/v1"}) as first:
        await register(first)
        connecting = await first.api(Role.CONNECTIONS)
        body = {"inputs": {"token": "secret-1"}, "owner": "org"}
        assert (await connecting.post("/v1/connectors/pets/connect", json=body)).is_success
    async with start({**ENTRY, "baseUrl": "https://other.example"}) as second:
        (line,) = await register(second)
        assert line["reason"].startswith("baseUrl: is another host's")
        assert (await shown(second))["baseUrl"] == "https://pets.example/v1"
    async with start({**ENTRY, "kind": "graphql"}) as third:
        (line,) = await register(third)
        assert line["reason"].startswith("kind:")


async def test_one_that_cannot_be_read_is_tried_again(start: Start, kinds: Kinds) -> None:
    kind = kinds[KindName.OPENAPI]
    async with start({**ENTRY, "kind": "openapi"}) as process:
        kind.error = IntegrationUnreachable("down")
        tries = 0

        def waits() -> Any:
            nonlocal tries
            for tries in range(1, 10):
                if tries == 3:
                    kind.error = None
                yield 0.0

        await keep_registering(process.services, waits())
        assert tries == 4
        assert (await shown(process))["tools"] == 2


def test_pauses_grow_to_half_an_hour() -> None:
    found = [seconds for seconds, _ in zip(pauses(), range(9), strict=False)]
    assert (found[:3], found[-1]) == ([30.0, 60.0, 120.0], 1800.0)
