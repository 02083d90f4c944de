"""``kill -9`` between the decision and the sending: the approval is used, and nothing is sent."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from gateway.errors import ApprovalRequired, ApprovalUsed
from tests.support.approving import Call
from tests.support.gateway import KEYS
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

CALL = Call(arguments={"title": "Plan"})


async def test_a_kill_before_the_sending_leaves_the_approval_used(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path
) -> None:
    await proxy.connect()
    with pytest.raises(ApprovalRequired) as asked:
        await CALL.send(proxy)
    await proxy.harness.services.approvals.decide(
        "default", asked.value.approval_id, user="alice", admin=False, approve=True
    )
    settings = proxy.harness.settings
    told = {
        "mongodb_url": settings.mongodb_url.get_secret_value(),
        "database": settings.mongodb_database,
        "folder": str(tmp_path / "other"),
        "keys": KEYS,
        "port": str(provider.port),
        "ca": provider.ca,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tools.approving_process", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    async with asyncio.timeout(60):
        while (line := await process.stdout.readline()) and line != b"approval_used\n":
            pass
    process.kill()
    await process.wait()
    assert line == b"approval_used\n"
    assert provider.calls == []
    with pytest.raises(ApprovalUsed):
        await dataclasses.replace(CALL, approval=asked.value.approval_id).send(proxy)
    with pytest.raises(ApprovalRequired):
        await CALL.send(proxy)
    assert provider.effects == 0
