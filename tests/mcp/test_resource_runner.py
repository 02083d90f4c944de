"""The runner for protected MCP servers: it notices each fault by a named check, and no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from gateway.testing.mcp_resource import CHECKS, Outcome, Target, ToolCall, run
from gateway.testing.mcp_resource.__main__ import main
from tests.mcp.broken_resource import FAULTS, URL, Resource
from tests.support.serving import serving


async def outcomes(fault: str = "", names: Sequence[str] = ()) -> list[Outcome]:
    """How the checks end on the small server with this fault."""
    server = Resource(fault)
    transport = httpx.ASGITransport(server)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        target = Target(
            url=URL,
            http=http,
            tokens=server.tokens(),
            write=ToolCall("write"),
            unconnected=ToolCall("unconnected"),
            healthy=ToolCall("healthy"),
        )
        return await run(target, names)


async def test_a_right_server_passes_every_check() -> None:
    found = await outcomes()
    assert [each for each in found if each.state != "passed"] == []
    assert {each.name for each in found} == CHECKS.keys()
    assert {each.statement for each in found} == {8, 9, 10, 11, 12, 14, 15}


def test_every_check_has_a_fault_to_notice() -> None:
    assert set(FAULTS.values()) == CHECKS.keys()
    assert len(FAULTS) >= 15


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_broken_server_is_noticed_by_the_named_check(fault: str) -> None:
    failed = {each.name: each.seen for each in await outcomes(fault) if each.state == "failed"}
    assert FAULTS[fault] in failed, failed
    assert failed[FAULTS[fault]], "it does not say what it saw"


async def test_a_check_without_its_token_or_tool_is_skipped() -> None:
    server = Resource()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), trust_env=False) as http:
        found = await run(Target(url=URL, http=http, tokens={}))
    states = {each.name: each for each in found}
    assert states["metadata_is_at_the_root"].state == "passed"
    assert states["an_expired_token_is_refused"].seen == "no token of the kind expired"
    assert "failed" not in {each.state for each in found}


async def test_a_server_that_does_not_answer_fails_and_does_not_raise() -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        (found,) = await run(
            Target(url="http://127.0.0.1:9/mcp", http=http, tokens={}), ["metadata_is_at_the_root"]
        )
    assert (found.state, found.seen) == ("failed", "ConnectError")


async def test_the_program_prints_each_check_and_tells_by_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps(Resource().tokens()))
    async with serving(Resource()) as port:
        # It calls itself by another name than this one, which one of the two checks notices.
        command = [f"http://127.0.0.1:{port}/mcp", "--tokens", str(tokens)]
        tool = ["--tool", 'healthy=healthy:{"a": 1}']
        good = [*command, *tool, "--check", "a_healthy_account_is_never_told_to_connect"]
        assert await asyncio.to_thread(main, good) == 0
        assert "passed   15 a_healthy_account_is_never_told_to_connect" in capsys.readouterr().out
        wrong = [*command, "--check", "metadata_names_the_url_that_clients_use"]
        assert await asyncio.to_thread(main, wrong) == 1
        assert "failed    8 metadata_names_the_url_that_clients_use: resource is" in (
            capsys.readouterr().out
        )
