"""One run: everything is started, the two routes are measured in turn, everything is stopped."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.bare import PATH as BARE_PATH
from bench.load import Load, Target, run_load
from bench.processes import (
    DatabaseCounters,
    NotStarted,
    database_counters,
    running_bare,
    running_gateway,
)
from bench.report import Database, Round
from bench.seed import TOKEN_PATH, Seeded, seed
from gateway.dev.mongod import running_mongod
from gateway.vault import new_key

WARM_UP_SHARE = 0.2
"""How long each cell runs before it is measured, as a share of its time."""
FIRST_READS_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to measure. ``seconds`` is per cell of the table and round."""

    seconds: float
    rounds: int
    connections: tuple[int, ...]
    stored: int
    driver: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was measured: the rounds by number of connections, and the bytes of one answer."""

    rounds: Mapping[int, Sequence[Round]]
    database: Database
    answer_bytes: int


def measure(plan: Plan) -> Result:
    """Run the plan. Raises ``NotStarted``, or ``SettingsError`` where there is no mongod."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-bench-")))
        runner = stack.enter_context(asyncio.Runner(loop_factory=_loop_factory()))
        keys = f"bench:{new_key()}"
        mongodb_url = stack.enter_context(running_mongod(folder))
        seeded = runner.run(seed(mongodb_url, keys, plan.stored))
        port = stack.enter_context(running_gateway(folder, mongodb_url, keys, plan.driver))
        size = _size_of_answer(seeded, port)
        bare_port = stack.enter_context(running_bare(folder, size))
        counters = stack.enter_context(database_counters(mongodb_url))
        bare, token = seeded.target(bare_port, BARE_PATH), seeded.target(port, TOKEN_PATH)
        rounds, database = runner.run(_run_rounds(plan, bare, token, counters))
        return Result(rounds=rounds, database=database, answer_bytes=size)


async def _run_rounds(
    plan: Plan, bare: Target, token: Target, counters: DatabaseCounters
) -> tuple[Mapping[int, Sequence[Round]], Database]:
    # Every account once: a first read also notes the last use, which later ones rarely do.
    first = await run_load(
        token, connections=min(16, plan.stored), seconds=FIRST_READS_SECONDS, limit=plan.stored
    )
    if first.failures:
        raise NotStarted(f"the first token reads failed: {dict(first.failures)}")
    rounds: dict[int, list[Round]] = {connections: [] for connections in plan.connections}
    reads = queries = updates = 0
    for _ in range(plan.rounds):
        for connections, done in rounds.items():
            bare_warm_up, bare_load = await _run_cell(plan, bare, connections)
            before = counters.read()
            token_warm_up, token_load = await _run_cell(plan, token, connections)
            after = counters.read()
            warm_up_failures = bare_warm_up.failures + token_warm_up.failures
            done.append(Round(bare=bare_load, token=token_load, warm_up_failures=warm_up_failures))
            reads += len(token_warm_up.times) + len(token_load.times)
            queries += after[0] - before[0]
            updates += after[1] - before[1]
    return rounds, Database(queries=queries / max(reads, 1), updates=updates / max(reads, 1))


async def _run_cell(plan: Plan, target: Target, connections: int) -> tuple[Load, Load]:
    warm_up = await run_load(target, connections=connections, seconds=plan.seconds * WARM_UP_SHARE)
    return warm_up, await run_load(target, connections=connections, seconds=plan.seconds)


def _size_of_answer(seeded: Seeded, port: int) -> int:
    answer = httpx.post(
        f"http://127.0.0.1:{port}{TOKEN_PATH}",
        headers={"Authorization": f"Bearer {seeded.key.reveal()}"},
        json={"user": seeded.users[0]},
        trust_env=False,
    )
    if answer.status_code != 200 or not answer.json()["access_token"]:
        raise NotStarted(f"a token read was answered with {answer.status_code}")
    return len(answer.content)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None  # not on Windows; asyncio's own loop does, and takes more of the machine
    return uvloop.new_event_loop
