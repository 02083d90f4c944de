"""``python -m bench``: how fast one gateway process hands out tokens, beside a bare route."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

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
from bench.report import Database, Round, explanation, failures_of, json_line, row_of, table
from bench.seed import CONNECTOR, Seeded, seed
from gateway.dev.mongod import running_mongod
from gateway.errors import GatewayError
from gateway.settings import PREFIX, Driver
from gateway.vault import new_key

WARM_UP_SHARE = 0.2
"""How long each cell runs before it is measured, as a share of its time."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to measure. ``seconds`` is per cell of the table and round."""

    seconds: float
    rounds: int
    connections: tuple[int, ...]
    stored: int
    driver: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 if every request was answered with 200, else 1."""
    arguments = _parser().parse_args(argv)
    plan = Plan(
        seconds=arguments.seconds,
        rounds=arguments.rounds,
        connections=arguments.connections,
        stored=arguments.stored,
        driver=arguments.driver,
    )
    # The measured gateway has these settings and no others: none from the developer's shell.
    for name in [name for name in os.environ if name.startswith((PREFIX, "OAUTH_"))]:
        del os.environ[name]
    signal.signal(signal.SIGTERM, _end)  # as an exception, so that the children are stopped
    try:
        return measure(plan, as_json=arguments.json)
    except (NotStarted, GatewayError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def measure(plan: Plan, *, as_json: bool) -> int:
    """Start everything, run the plan, print its figures, and return the exit code."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-bench-")))
        runner = stack.enter_context(asyncio.Runner(loop_factory=_loop_factory()))
        keys = f"bench:{new_key()}"
        mongodb_url = stack.enter_context(running_mongod(folder))
        seeded = runner.run(seed(mongodb_url, keys, plan.stored))
        gateway_port = stack.enter_context(running_gateway(folder, mongodb_url, keys, plan.driver))
        size = _size_of_answer(seeded, gateway_port)
        bare_port = stack.enter_context(running_bare(folder, size))
        counters = stack.enter_context(database_counters(mongodb_url))
        print(_heading(plan, size), flush=True)
        rounds, database = runner.run(
            _measure_all(
                plan,
                bare=seeded.target(bare_port, BARE_PATH),
                token=seeded.target(gateway_port),
                counters=counters,
            )
        )
    return conclude(plan, rounds, database, size if as_json else None)


def conclude(
    plan: Plan, rounds: Mapping[int, Sequence[Round]], database: Database, json_size: int | None
) -> int:
    """Print the figures of ``rounds`` (by connections) and return the exit code.

    ``json_size``, the bytes of an answer, asks for the line of JSON, too.
    """
    XX


async def _measure_all(
    plan: Plan, *, bare: Target, token: Target, counters: DatabaseCounters
) -> tuple[dict[int, list[Round]], Database]:
    rounds: dict[int, list[Round]] = {connections: [] for connections in plan.connections}
    # Every account once: a first read also notes the last use, which later ones rarely do.
    first = await run_load(token, connections=min(16, plan.stored), seconds=60, limit=plan.stored)
    if first.failures:
        raise NotStarted(f"the first token reads failed: {dict(first.failures)}")
    reads = queries = updates = 0
    for _ in range(plan.rounds):
        for connections, done in rounds.items():
            bare_load = await _cell(plan, bare, connections)
            before = counters.read()
            token_load = await _cell(plan, token, connections)
            after = counters.read()
            done.append(Round(bare=bare_load.measured, token=token_load.measured))
            reads += token_load.requests
            queries += after[0] - before[0]
            updates += after[1] - before[1]
    return rounds, Database(queries=queries / max(reads, 1), updates=updates / max(reads, 1))


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """A measured load, and how many requests it and its warm-up were."""

    measured: Load
    requests: int


async def _cell(plan: Plan, target: Target, connections: int) -> _Cell:
    warm_up = await run_load(target, connections=connections, seconds=plan.seconds * WARM_UP_SHARE)
    measured = await run_load(target, connections=connections, seconds=plan.seconds)
    failures = warm_up.failures + measured.failures
    measured = Load(seconds=measured.seconds, times=measured.times, failures=failures)
    return _Cell(measured=measured, requests=len(warm_up.times) + len(measured.times))


def _size_of_answer(seeded: Seeded, port: int) -> int:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/connectors/{CONNECTOR}/token",
        headers={"Authorization": f"Bearer {seeded.key.reveal()}"},
        json={"user": seeded.users[0]},
        trust_env=False,
    )
    if answer.status_code != 200 or "access_token" not in json.loads(answer.content):
        raise NotStarted(f"a token read was answered with {answer.status_code}")
    return len(answer.content)


def _heading(plan: Plan, size: int) -> str:
    return (
        f"Token reads of one gateway process beside a bare Starlette route on the same server.\n"
        f"Python {platform.python_version()}, {os.cpu_count()} cores, driver {plan.driver}, "
        f"{plan.stored} connections stored, answers of {size} bytes.\n"
        f"Medians of {plan.rounds} rounds, {plan.seconds:g} s per cell; bare and token alternate.\n"
        "Server, database and load generator share this machine's cores, so absolute figures are\n"
        "lower than a server's alone: the ratio is the figure.\n"
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None  # not on Windows; asyncio's own loop does, and takes more of the machine
    return uvloop.new_event_loop


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=_positive_number, default=3.0, help="per cell and round")
    parser.add_argument("--rounds", type=_positive, default=3, help="whose medians are printed")
    parser.add_argument(
        "--connections", type=_counts, default=(1, 16, 64), help="of the client, 1,16,64 by default"
    )
    parser.add_argument("--stored", type=_positive, default=1000, help="linked accounts to read")
    parser.add_argument("--driver", choices=[*Driver], default=Driver.MOTOR, help="of MongoDB")
    parser.add_argument("--json", action="store_true", help="print a line of JSON, too")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def _positive_number(text: str) -> float:
    if not 0 < (number := float(text)) < float("inf"):
        raise ValueError
    return number


def _counts(text: str) -> tuple[int, ...]:
    return tuple(sorted({_positive(part) for part in text.split(",")}))


if __name__ == "__main__":
    sys.exit(main())
