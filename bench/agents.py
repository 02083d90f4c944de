"""A call of a tool over MCP beside the same call over ``POST /v1/tools/{name}/call``."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path

from bench.compare import Server, added_ms, compare, ratio
from bench.load import Target
from bench.processes import database_counters, running_gateway, running_provider
from bench.provider import ANSWER_PATH
from bench.report import Figure, Result
from bench.seed import Place, Seeded

MCP, HTTP = "tool call over MCP", "tool call over HTTP"
CALLED = "notion"
TOOL = "notion_read_answer"
REVISION = "2026-07-28"
HOST = "localhost"
"""The sandbox is for dev mode, which is plain http: for this name alone."""
ADDED_AT = 16
"""The number of connections at which the added time is reported."""
_FILE = f'''\
from connectors.tooling import Args, HttpTool, Needs, Output


class Nothing(Args):
    """No arguments."""


class Answer(Output):
    """What the provider answers."""

    padding: str


TOOLS = (
    HttpTool(
        name="{TOOL}",
        description="Read the same answer each time.",
        needs=(Needs("{CALLED}"),),
        effect="read",
        method="GET",
        path="{ANSWER_PATH}",
        args=Nothing,
        output=Answer,
    ),
)
'''


def measure_agents(
    runner: asyncio.Runner,
    folder: Path,
    place: Place,
    seeded: Seeded,
    result: Result,
    *,
    driver: str,
    connections: tuple[int, ...],
    rounds: int,
    seconds: float,
) -> None:
    """Measure both in turn, with one service key for one user."""
    files = folder / "agents"
    tools = files / "more" / "tools"
    for part in ("catalog", "hooks", "sandbox", "tools"):
        (tools.parent / part).mkdir(parents=True)
    (tools / "answer.py").write_text(_FILE)
    key, user = seeded.key.reveal(), seeded.users[0]
    with ExitStack() as stack:
        sandbox = stack.enter_context(running_provider(files, 0.0))
        port = stack.enter_context(
            running_gateway(
                files,
                "agents",
                place,
                driver,
                mode="dev",
                public_url=f"http://{HOST}",
                sandbox=sandbox,
                data_dir=str(files),
                connectors_path=str(files / "more"),
                drain_seconds="0",
            )
        )
        counters = stack.enter_context(database_counters(place.mongodb_url))
        servers = [
            Server(name=HTTP, target=_over_http(port, key, user)),
            Server(name=MCP, target=_over_mcp(port, key, user)),
        ]
        cells = runner.run(compare(servers, connections, counters, rounds=rounds, seconds=seconds))
    result.add_cells(cells)
    result.figures += [
        Figure(name=f"{MCP} / {HTTP}, {number} connections", value=ratio(cells, MCP, HTTP, number))
        for number in connections
    ]
    if ADDED_AT in connections:
        result.figures += [
            Figure(
                name=f"{MCP} beyond {HTTP}, {ADDED_AT} connections, p{percent}",
                value=added_ms(cells, MCP, HTTP, ADDED_AT, percent),
                unit="ms",
            )
            for percent in (50, 99)
        ]


def _over_http(port: int, key: str, user: str) -> Target:
    return _post(port, f"/v1/tools/{TOOL}/call", key, {}, {"user": user, "arguments": {}})


def _over_mcp(port: int, key: str, user: str) -> Target:
    meta = {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {
        "Gateway-User": user,
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": REVISION,
        "Mcp-Method": "tools/call",
        "Mcp-Name": TOOL,
    }
    params = {"name": TOOL, "arguments": {}, "_meta": meta}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return _post(port, "/mcp", key, headers, message)


def _post(
    port: int, path: str, key: str, headers: dict[str, str], body: dict[str, object]
) -> Target:
    content = json.dumps(body).encode()
    lines = {
        "Host": HOST,
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
    } | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Target(ports=[port], requests=[f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content])
