"""One run: a mongod is started, each part starts what it compares, everything is stopped."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from bench.agents import CALLED, measure_agents
from bench.compare import Server, compare, ratio, read_once
from bench.dashboard import measure_dashboard
from bench.discovering import measure_discovery
from bench.floor import BARE_PATH, Facts
from bench.integrations import measure_integrations
from bench.load import Target
from bench.many import seed_many
from bench.processes import ROOT, NotStarted, database_counters, running_floor, running_gateway
from bench.proxied import PROXIED, measure_proxy
from bench.report import Figure, Result
from bench.seed import PUBLIC_HOST, Place, Seeded, seed, token_path
from bench.starting import measure_starts
from bench.storm import StormPlan, measure_storms
from bench.streams import measure_streams
from gateway.access.service_keys import Role
from gateway.dev.mongod import running_mongod
from gateway.encryption.vault import new_encryption_key

PARTS = (
    "reads",
    "stored",
    "storm",
    "proxy",
    "mcp",
    "discovery",
    "integrations",
    "streams",
    "dashboard",
    "start",
)
CACHE = {"on": "token read, cache on", "off": "token read, cache off"}
BARE, FLOOR, ROW = "bare GET route", "floor", "floor + find_one + decryption"
JUDGED = 64
"""The number of connections that the targets are for."""
JUDGED_AT = {FLOOR: (), CACHE["on"]: (JUDGED,), CACHE["off"]: (1, JUDGED)}
"""The numbers of connections at which each ratio has a target."""
SHARE_OF_FLOOR = 0.8
SHARE_WITH_MANY = 0.9


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The parts of a run and their sizes.
    ``seconds`` is per cell and round, ``stored`` how many accounts are read, ``stream_bytes`` the
    length of a long body, ``tools`` how many a user discovers, ``operations`` how many an API has
    that is added by URL, ``document`` the file of a real description, ``streams`` how many of
    events are open for ``idle_seconds``, and ``against`` another checkout of the gateway, whose
    reads and storms are measured in turn with this one's.
    """

    parts: tuple[str, ...]
    seconds: float
    rounds: int
    connections: tuple[int, ...]
    stored: int
    stored_many: int
    storm: StormPlan
    stream_bytes: int
    tools: int
    operations: int
    streams: int
    idle_seconds: float
    document: str
    driver: str
    against: Path | None = None


def measure(plan: Plan, say: Callable[[str], None]) -> Result:
    """Run the plan; ``say`` is told what is being done.

    Raises ``NotStarted``, or ``SettingsError`` where there is no mongod.
    """
    result = Result()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-bench-")))
        runner = stack.enter_context(asyncio.Runner(loop_factory=_loop_factory()))
        url = stack.enter_context(running_mongod(folder))
        place = Place(
            mongodb_url=url, database="gateway", encryption_keys=f"bench:{new_encryption_key()}"
        )
        if {"reads", "stored"} & {*plan.parts}:
            seeded = runner.run(seed(place, plan.stored))
            with _tokens(folder, place, seeded, plan.driver) as few:
                if "reads" in plan.parts:
                    say("token reads beside the floors")
                    _measure_reads(runner, folder, place, seeded, few, plan, result)
                if "stored" in plan.parts:
                    say(f"storing {plan.stored_many} linked accounts")
                    _measure_stored(runner, folder, place, few, plan, result)
        if "storm" in plan.parts:
            say("refresh storms")
            for tree in filter(None, (ROOT, plan.against)):
                storms = replace(
                    place, database="gateway_storm" if tree == ROOT else "gateway_storm_before"
                )
                measure_storms(runner, folder, storms, plan.storm, result, tree)
        if "proxy" in plan.parts:
            say("calls through the proxy")
            proxied = replace(place, database="gateway_proxied")
            measure_proxy(
                runner,
                folder,
                proxied,
                runner.run(seed(proxied, 1, PROXIED, [Role.PROXY])),
                result,
                driver=plan.driver,
                connections=plan.connections,
                rounds=plan.rounds,
                seconds=plan.seconds,
                stream_bytes=plan.stream_bytes,
            )
        if "mcp" in plan.parts:
            say("calls of a tool over MCP")
            called = replace(place, database="gateway_agents")
            measure_agents(
                runner,
                folder,
                called,
                runner.run(seed(called, 1, CALLED, [Role.TOOLS])),
                result,
                driver=plan.driver,
                connections=plan.connections,
                rounds=plan.rounds,
                seconds=plan.seconds,
            )
        if "discovery" in plan.parts:
            say(f"discovery of {plan.tools} tools")
            discovered = replace(place, database="gateway_discovery")
            (user,) = runner.run(seed(discovered, 1)).users
            counters = stack.enter_context(database_counters(url))
            runner.run(
                measure_discovery(
                    discovered, user, counters, result, count=plan.tools, rounds=plan.rounds
                )
            )
        if "integrations" in plan.parts:
            say(f"descriptions of {plan.operations} operations")
            document = Path(plan.document) if plan.document else None
            measure_integrations(
                result, operations=plan.operations, rounds=plan.rounds, document=document
            )
        if "streams" in plan.parts:
            say(f"{plan.streams} open streams of events")
            streamed = replace(place, database="gateway_streamed")
            readers = runner.run(seed(streamed, plan.streams, roles=[Role.CONNECTIONS]))
            runner.run(
                measure_streams(
                    folder, streamed, readers, result, driver=plan.driver, seconds=plan.idle_seconds
                )
            )
        if "dashboard" in plan.parts:
            say("the dashboard with the whole catalog")
            shown = replace(place, database="gateway_shown")
            measure_dashboard(
                runner,
                folder,
                shown,
                runner.run(seed(shown, 1)),
                result,
                driver=plan.driver,
                rounds=plan.rounds,
                seconds=plan.seconds,
            )
        if "start" in plan.parts:
            say("starts with few connectors and with all")
            started = replace(place, database="gateway_started")
            measure_starts(folder, started, result, driver=plan.driver, rounds=plan.rounds)
    return result


def _measure_reads(
    runner: asyncio.Runner,
    folder: Path,
    place: Place,
    seeded: Seeded,
    tokens: Mapping[str, Target],
    plan: Plan,
    result: Result,
) -> None:
    """Token reads with and without cache beside their floors."""
    runner.run(read_once(tokens["on"]))  # the first read of each notes the last use
    answers = answers_of(seeded, tokens["on"].ports[0])
    facts = Facts.of(place, plan.driver, seeded, answers)
    with ExitStack() as stack:
        port = stack.enter_context(running_floor(folder, facts))
        counters = stack.enter_context(database_counters(place.mongodb_url))
        for door in ("floor", "row"):
            if answers_of(seeded, port, door) != answers:
                raise NotStarted(f"{door} answers otherwise than the gateway")
        get = f"GET {BARE_PATH} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\n\r\n".encode()
        servers = [
            Server(name=BARE, target=Target(ports=[port], requests=[get])),
            Server(name=FLOOR, target=seeded.target(port, door="floor")),
            Server(name=CACHE["on"], target=tokens["on"]),
            Server(name=ROW, target=seeded.target(port, door="row")),
            Server(name=CACHE["off"], target=tokens["off"]),
        ]
        if plan.against:
            others = _tokens(folder, place, seeded, plan.driver, plan.against)
            before = stack.enter_context(others)
            servers += [
                Server(name=f"{CACHE[cache]}{_suffix(plan.against)}", target=before[cache])
                for cache in CACHE
            ]
        cells = runner.run(
            compare(servers, plan.connections, counters, rounds=plan.rounds, seconds=plan.seconds)
        )
    result.add_cells(cells)
    ratios: list[tuple[str, str, float | None]] = [
        (FLOOR, BARE, None),
        (CACHE["on"], FLOOR, SHARE_OF_FLOOR),
        (CACHE["off"], ROW, SHARE_OF_FLOOR),
    ]
    if plan.against:
        ratios += [(name, f"{name}{_suffix(plan.against)}", None) for name in CACHE.values()]
    for one, other, share in ratios:
        for number in plan.connections:
            result.figures.append(
                Figure(
                    name=f"{one} / {other}, {number} connections",
                    value=ratio(cells, one, other, number),
                    target=share if number in JUDGED_AT[one] else None,
                )
            )


def _measure_stored(
    runner: asyncio.Runner,
    folder: Path,
    place: Place,
    few: Mapping[str, Target],
    plan: Plan,
    result: Result,
) -> None:
    """As many accounts read out of few as out of many: two databases of one mongod."""
    crowded = replace(place, database="gateway_many")
    seeded = runner.run(seed_many(crowded, plan.stored_many, plan.stored))
    amount = f"{plan.stored_many} stored", f"{plan.stored} stored"
    with (
        _tokens(folder, crowded, seeded, plan.driver) as many,
        database_counters(place.mongodb_url) as counters,
    ):
        servers = [
            Server(name=f"{name}, {amount[number]}", target=targets[cache])
            for cache, name in CACHE.items()
            for number, targets in enumerate((many, few))
        ]
        cells = runner.run(
            compare(servers, [JUDGED], counters, rounds=plan.rounds, seconds=plan.seconds)
        )
    result.add_cells(cells)
    for name in CACHE.values():
        one, other = (f"{name}, {each}" for each in amount)
        result.figures.append(
            Figure(
                name=f"{name}, {amount[0]} / {amount[1]}, {JUDGED} connections",
                value=ratio(cells, one, other, JUDGED),
                target=SHARE_WITH_MANY,
            )
        )


@contextmanager
def _tokens(
    folder: Path, place: Place, seeded: Seeded, driver: str, tree: Path = ROOT
) -> Iterator[Mapping[str, Target]]:
    """A gateway with a cache and one without: their token reads, by the cache's setting."""
    with ExitStack() as stack:
        targets = {}
        for cache in CACHE:
            port = stack.enter_context(
                running_gateway(
                    folder,
                    f"{place.database}-{cache}{_suffix(tree)}",
                    place,
                    driver,
                    tree,
                    token_cache=cache,
                    drain_seconds="0",
                )
            )
            targets[cache] = seeded.target(port)
        yield targets


def _suffix(tree: Path) -> str:
    """The end of a figure's name: marks the figures of another checkout."""
    return "" if tree == ROOT else ", before"


def answers_of(seeded: Seeded, port: int, door: str = "v1") -> dict[str, Any]:
    """Each user's token answer from the server at ``port``."""
    headers = {"Authorization": f"Bearer {seeded.key.reveal()}"}
    url, answers = f"http://127.0.0.1:{port}{token_path(door=door)}", {}
    with httpx.Client(headers=headers, trust_env=False) as client:
        for user in seeded.users:
            answer = client.post(url, json={"user": user})
            if answer.status_code != 200 or not answer.json()["access_token"]:
                raise NotStarted(f"a token read was answered with {answer.status_code}")
            answers[user] = answer.json()
    return answers


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None  # not on Windows; asyncio's own loop does, and takes more of the machine
    return uvloop.new_event_loop
