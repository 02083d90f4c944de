"""The official conformance suite against the product's own stack."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

import anyio
import pytest

from tests.mcp.fixture_app import fixture_server
from tests.support.node import SECONDS, node, node_modules

pytestmark = [pytest.mark.long]

SKILLS = ("sep-2640-skills-enumeration", "sep-2640-skills-manifest")


async def run(url: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the suite; return its exit code and what it says."""
    script = node_modules() / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    command = [str(node()), str(script), "server", "--url", url, "-o", str(folder), *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    try:
        with anyio.fail_after(SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, output.decode()


def checks(folder: Path) -> list[dict[str, Any]]:
    """Every check of a run."""
    return [
        check | {"scenario": file.parent.name}
        for file in sorted(folder.rglob("checks.json"))
        for check in json.loads(file.read_text())
    ]


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
async def test_every_required_scenario_passes(
    mongodb_url: str, database_name: str, tmp_path: Path, revision: str
) -> None:
    async with fixture_server(mongodb_url, database_name) as url:
        code, output = await run(url, tmp_path, "--requirements", revision)
    assert code == 0, output


@pytest.mark.parametrize("scenario", SKILLS)
async def test_skills_scenarios_pass(
    mongodb_url: str, database_name: str, tmp_path: Path, scenario: str
) -> None:
    async with fixture_server(mongodb_url, database_name) as url:
        code, output = await run(url, tmp_path, "--scenario", scenario, "--verbose")
    assert code == 0, output
    found = {check["status"] for check in checks(tmp_path)}
    assert "SUCCESS" in found
    assert "FAILURE" not in found
