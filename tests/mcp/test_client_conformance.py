"""The official conformance suite against our client of remote MCP servers.

It needs neither a database nor the gateway: the suite is the server, and its authorization server.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from subprocess import PIPE, STDOUT

import anyio
import pytest

from tests.support.node import SECONDS, node, node_modules

pytestmark = [pytest.mark.long]

NOT_OURS = {
    "2026-07-28": {"sep-2322-client-request-state"},
    "2025-11-25": {"elicitation-sep1034-client-defaults", "sse-retry"},
}
"""Required scenarios of what integrations do not do: they ask people nothing on a server's behalf,
and an answer that breaks off is not fetched again. None of them is about authorization."""


def required(revision: str) -> list[str]:
    """The scenarios of clients that a revision requires."""
    package = node_modules() / "@modelcontextprotocol" / "conformance"
    lines = (package / "requirements" / f"{revision}.yaml").read_text().splitlines()
    after = lines[lines.index("client:") + 1 :]
    listed = after[: next(n for n, line in enumerate(after) if not line.startswith("  - "))]
    return [line.removeprefix("  - ").strip() for line in listed]


async def run(scenario: str, revision: str, folder: Path) -> tuple[int, str]:
    """Run one scenario; return the suite's exit code and what it says."""
    script = node_modules() / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    client = f"{sys.executable} -m tests.mcp.clients.remote"
    command = [str(node()), str(script), "client", "--command", client, "--scenario", scenario]
    command += ["--spec-version", revision, "--timeout", "60000", "-o", str(folder)]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    try:
        with anyio.fail_after(SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, output.decode()


def statuses(folder: Path) -> list[str]:
    """What became of every check below a folder."""
    files = folder.rglob("checks.json")
    return [check["status"] for file in files for check in json.loads(file.read_text())]


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
async def test_every_required_scenario_of_authorization_passes(
    tmp_path: Path, revision: str
) -> None:
    wanted = [name for name in required(revision) if name not in NOT_OURS[revision]]
    assert sum(name.startswith("auth/") for name in wanted) >= 14
    # Two at a time: each is a process of Node and one of Python.
    slots = asyncio.Semaphore(2)

    async def one(name: str) -> tuple[str, int, str]:
        async with slots:
            return name, *await run(name, revision, tmp_path / name.replace("/", "-"))

    results = await asyncio.gather(*(one(name) for name in wanted))
    failed = {name: output[-3000:] for name, code, output in results if code != 0}
    assert not failed, json.dumps(failed, indent=1)
    checks = statuses(tmp_path)
    assert checks.count("SUCCESS") > 100
    assert "FAILURE" not in checks
