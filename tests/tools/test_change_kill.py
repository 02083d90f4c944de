"""``kill -9`` within a tool of two changes, whose caller repeats it with its key."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import Process
from pathlib import Path
from subprocess import PIPE

import pytest

from gateway.errors import IdempotencyOutcomeUnknown
from gateway.proxy.stored_answers import ALIVE
from tests.support.gateway import KEYS
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy
from tests.support.waiting import PATIENCE_SECONDS
from tests.tools.changing_process import asked


async def changing(proxy: Proxy, provider: StrictProvider, folder: Path, then: str) -> Process:
    """Another process, which has done the first change."""
    settings = proxy.harness.settings
    told = {
        "mongodb_url": settings.mongodb_url.get_secret_value(),
        "database": settings.mongodb_database,
        "folder": str(folder / "other"),
        "keys": KEYS,
        "port": str(provider.port),
        "ca": provider.ca,
        "then": then,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tools.changing_process", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (line := await process.stdout.readline()) and line != b"changed\n":
            pass
        assert line == b"changed\n"
    return process


async def test_a_kill_between_two_changes_repeats_neither(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path
) -> None:
    """The repeat finds the first change in the record, and sends the second alone."""
    await proxy.connect()
    process = await changing(proxy, provider, tmp_path, "")
    process.kill()
    await process.wait()
    assert [json.loads(each.body) for each in provider.calls] == [{"n": 0}]
    result = await proxy.harness.services.tool_calls.call(asked(""))
    assert result.result == {"effects": 2}
    assert [json.loads(each.body) for each in provider.calls] == [{"n": 0}, {"n": 1}]


async def test_a_kill_within_a_change_leaves_its_outcome_unknown(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path
) -> None:
    """Nobody sends it again, nor the one before it."""
    await proxy.connect()
    process = await changing(proxy, provider, tmp_path, "hang")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await provider.reached.wait()
    process.kill()
    await process.wait()
    proxy.harness.clock.advance(seconds=ALIVE.total_seconds() + 1)
    for _ in range(2):
        with pytest.raises(IdempotencyOutcomeUnknown):
            await proxy.harness.services.tool_calls.call(asked("hang"))
    assert [each.path for each in provider.calls] == ["/api/v1/effect", "/api/v1/hang"]
