"""Calls through the proxy beside a bare relay to the same provider, and what long bodies take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from bench.compare import Server, added_ms, compare, ratio
from bench.load import Target
from bench.processes import (
    NotStarted,
    database_counters,
    resident_mib,
    running_gateway,
    running_provider,
    running_relay,
)
from bench.provider import ANSWER_PATH, STREAM_PATH
from bench.report import Figure, Result
from bench.seed import PUBLIC_HOST, Place, Seeded, access_token

PROXY, RELAY = "call through the proxy", "bare httpx relay"
PROXIED = "notion"
API_HOST, API_PATH = "api.notion.com", "/v1"
"""Of the connector that is called, as its description says."""
ADDED_AT = 16
"""The number of connections at which the added time is judged."""
MOST_ADDED_MS = {50: 1.0, 99: 5.0}
MOST_MIB = 20.0
_PART = b"x" * 65536


def measure_proxy(
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
    stream_bytes: int,
) -> None:
    """Measure both in turn, then stream ``stream_bytes`` each way through the gateway."""
    files = folder / "proxied"
    files.mkdir()
    key, user = seeded.key.reveal(), seeded.users[0]
    with ExitStack() as stack:
        sandbox = stack.enter_context(running_provider(files, 0.0))
        relay = stack.enter_context(
            running_relay(files, sandbox, API_HOST, access_token(user).reveal())
        )
        port = stack.enter_context(
            running_gateway(
                files,
                "proxied",
                place,
                driver,
                mode="dev",
                public_url="http://localhost",
                sandbox=sandbox,
                data_dir=str(files),
                proxy_request_bytes=str(stream_bytes),
                drain_seconds="0",
            )
        )
        headers = {"Authorization": f"Bearer {key}", "Gateway-User": user}
        counters = stack.enter_context(database_counters(place.mongodb_url))
        prefix = f"/v1/proxy/{PROXIED}"
        servers = [
            Server(name=RELAY, target=_target(relay, f"/relay{API_PATH}{ANSWER_PATH}", {})),
            Server(name=PROXY, target=_target(port, f"{prefix}{ANSWER_PATH}", headers)),
        ]
        cells = runner.run(compare(servers, connections, counters, rounds=rounds, seconds=seconds))
        address = f"http://127.0.0.1:{port}{prefix}{STREAM_PATH}"
        idle = resident_mib("proxied")
        most = runner.run(_most_resident(address, headers, stream_bytes))
    result.add_cells(cells)
    result.figures += [
        Figure(
            name=f"{PROXY} / {RELAY}, {number} connections",
            value=ratio(cells, PROXY, RELAY, number),
        )
        for number in connections
    ]
    if ADDED_AT in connections:
        result.figures += [
            Figure(
                name=f"{PROXY} beyond {RELAY}, {ADDED_AT} connections, p{percent}",
                value=added_ms(cells, PROXY, RELAY, ADDED_AT, percent),
                unit="ms",
                target=target,
            )
            for percent, target in MOST_ADDED_MS.items()
        ]
    result.figures.append(
        Figure(
            name=f"memory above idle, {stream_bytes // 2**20} MiB streamed each way",
            value=max(0.0, most - idle),
            unit="MiB",
            target=MOST_MIB,
        )
    )


def _target(port: int, path: str, headers: dict[str, str]) -> Target:
    lines = {"Host": PUBLIC_HOST} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Target(ports=[port], requests=[f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()])


async def _most_resident(url: str, headers: dict[str, str], size: int) -> float:
    """The gateway's largest resident memory while a body goes down, and another one up."""
    most = 0.0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal most
        for left in range(size, 0, -len(_PART)):
            most = max(most, resident_mib("proxied"))
            yield _PART[:left]

    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        received = 0
        async with client.stream("GET", f"{url}?{size}") as answer:
            async for part in answer.aiter_raw():
                received += len(part)
                most = max(most, resident_mib("proxied"))
        sent = await client.post(url, content=parts(), headers={"Content-Length": str(size)})
    if received != size or sent.text != str(size):
        raise NotStarted(f"a long body did not arrive whole: {received}, {sent.text[:200]}")
    return most
