"""``python -m bench``: how fast one gateway process hands out tokens, beside a bare route."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from bench.measure import Plan, Result, measure
from bench.processes import NotStarted
from bench.report import explanation, failures_of, json_line, row_of, table
from gateway.errors import GatewayError
from gateway.settings import PREFIX, Driver, Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 if every request was answered with 200, else 1."""
    arguments = _parser().parse_args(argv)
    plan = Plan(
        seconds=arguments.seconds,
        rounds=arguments.rounds,
        connections=arguments.connections,
        stored=arguments.stored,
        driver=str(arguments.driver),
    )
    # The measured gateway has the settings of its plan, and none from the developer's shell.
    for name in [name for name in os.environ if name.startswith((PREFIX, "OAUTH_"))]:
        del os.environ[name]
    signal.signal(signal.SIGTERM, _end)  # as an exception, so that the children are stopped
    print(_heading(plan), flush=True)
    try:
        result = measure(plan)
    except (NotStarted, GatewayError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return conclude(plan, result, as_json=arguments.json)


def conclude(plan: Plan, result: Result, *, as_json: bool) -> int:
    """Print the figures, on standard error what failed, and return the exit code."""
    rows = [row_of(connections, rounds) for connections, rounds in result.rounds.items()]
    print(table(rows), explanation(result.database), sep="\n\n", flush=True)
    if as_json:
        settings: dict[str, object] = {
            "seconds": plan.seconds, "rounds": plan.rounds, "stored": plan.stored,
            "driver": plan.driver, "answer_bytes": result.answer_bytes, "cores": os.cpu_count(),
        }  # fmt: skip
        print(json_line(rows, result.database, settings), flush=True)
    failures = failures_of([each for rounds in result.rounds.values() for each in rounds])
    for reason, count in failures.most_common():
        print(f"bench: {count} failed: {reason}", file=sys.stderr)
    return 1 if failures else 0


def _heading(plan: Plan) -> str:
    return (
        "Token reads of one gateway process beside a bare Starlette route on the same server.\n"
        f"Python {platform.python_version()}, {os.cpu_count()} cores, driver {plan.driver}, "
        f"{plan.stored} linked accounts.\n"
        f"Rounds: {plan.rounds}, of which the medians are shown; {plan.seconds:g} s per cell, "
        "bare and token in turn.\n"
        "Server, database and load generator share the cores of this machine, so the figures are\n"
        "lower than those of a server with a machine of its own. The ratio is the figure.\n"
    )


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--seconds", type=_seconds, default=3.0, help="per cell and round (default: 3)"
    )
    parser.add_argument(
        "--rounds", type=_count, default=3, help="the medians of so many are printed (default: 3)"
    )
    parser.add_argument(
        "--connections", type=_counts, default=(1, 16, 64), help="of clients (default: 1,16,64)"
    )
    parser.add_argument(
        "--stored", type=_count, default=1000, help="linked accounts to read (default: 1000)"
    )
    driver = Settings.model_fields["mongodb_driver"].default
    parser.add_argument(
        "--driver", choices=[*Driver], default=driver, help=f"of MongoDB (default: {driver})"
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON, too")
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(text)


def _counts(text: str) -> tuple[int, ...]:
    return tuple(sorted({_count(part) for part in text.split(",")}))


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be a number above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
