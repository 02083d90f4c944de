"""``python -m bench``: what a token read costs beside its floors, and how long a storm lasts."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from bench.measure import JUDGED, PARTS, Plan, measure
from bench.processes import NotStarted
from bench.report import Result, figures_table, json_line, speeds_table, storms_table
from bench.storm import StormPlan
from gateway.errors import GatewayError
from gateway.settings.environment import PREFIX, Driver, Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 if every request was answered well, else 1."""
    arguments = _parser().parse_args(argv)
    plan = Plan(
        parts=arguments.only,
        seconds=arguments.seconds,
        rounds=arguments.rounds,
        connections=arguments.connections,
        stored=arguments.stored,
        stored_many=arguments.stored_many,
        storm=StormPlan(
            callers=arguments.callers,
            accounts=arguments.accounts,
            delay=arguments.delay_ms / 1000,
            rounds=arguments.storms,
            driver=str(arguments.driver),
        ),
        stream_bytes=arguments.stream_mib * 2**20,
        tools=arguments.tools,
        operations=arguments.operations,
        streams=arguments.streams,
        idle_seconds=arguments.idle_seconds,
        document=arguments.document,
        driver=str(arguments.driver),
        against=arguments.against,
    )
    if plan.stored_many < plan.stored:
        print("bench: --stored-many must be at least --stored", file=sys.stderr)
        return 2
    # The measured gateway has the settings of its plan, and none from the developer's shell.
    for name in [name for name in os.environ if name.startswith((PREFIX, "OAUTH_"))]:
        del os.environ[name]
    signal.signal(signal.SIGTERM, _end)  # as an exception, so that the children are stopped
    _raise_limit_of_files()
    print(_heading(plan), flush=True)
    try:
        result = measure(plan, lambda text: print(f"… {text}", flush=True))
    except (NotStarted, GatewayError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return conclude(plan, result, as_json=arguments.json, strict=arguments.strict)


def conclude(plan: Plan, result: Result, *, as_json: bool, strict: bool) -> int:
    """Print the figures, on standard error what failed, and return the exit code."""
    print("\n" + figures_table(result.figures))
    if result.speeds:
        print("\n" + speeds_table(result.speeds))
    if result.storms:
        print("\n" + storms_table(result.storms))
    if as_json:
        settings: dict[str, object] = {
            **asdict(plan),
            "against": str(plan.against or ""),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        }
        print(json_line(result, settings), flush=True)
    for reason, count in result.failures.most_common():
        print(f"bench: {count} failed: {reason}", file=sys.stderr)
    missed = strict and any(figure.missed for figure in result.figures)
    return 1 if result.failures or missed else 0


def _heading(plan: Plan) -> str:
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, driver {plan.driver}; "
        f"{plan.stored} linked accounts are read.\n"
        f"Medians of {plan.rounds} rounds, in which what is compared takes turns; "
        f"{plan.seconds:g} s per cell.\n"
        "Servers, database and load generator share the cores of this machine: the ratios count.\n"
    )


def _raise_limit_of_files() -> None:
    """Allow a thousand connections for a thousand callers: many systems begin with fewer."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--only", type=_parts, default=PARTS, help=f"parts to measure: {','.join(PARTS)}")
    add("--seconds", type=_seconds, default=1.2, help="per cell and round")
    add("--rounds", type=_count, default=7, help="of which the medians are printed")
    add(
        "--connections",
        type=_counts,
        default=(1, 16, JUDGED),
        help=f"of clients; the targets are for {JUDGED}",
    )
    add("--stored", type=_count, default=1_000, help="linked accounts to read")
    add("--stored-many", type=_count, default=1_000_000, help="accounts in the crowded database")
    add("--callers", type=_count, default=1_000, help="that a storm consists of")
    add("--accounts", type=_count, default=100, help="of the second kind of storm")
    add("--delay-ms", type=_seconds, default=200.0, help="how long the storm's provider takes")
    add("--storms", type=_count, default=3, help="of each kind, of which the medians are printed")
    add("--stream-mib", type=_count, default=1024, help="of a long body through the proxy")
    add("--tools", type=_count, default=10_000, help="that a user discovers")
    add("--operations", type=_count, default=800, help="of an API that is added by URL")
    add("--document", default="", metavar="FILE", help="an OpenAPI document to read as well")
    add("--streams", type=_count, default=500, help="of events that are open at once")
    add("--idle-seconds", type=_seconds, default=30.0, help="in which nothing changes for them")
    driver = Settings.model_fields["mongodb_driver"].default
    add("--driver", choices=[*Driver], default=driver, help="of MongoDB")
    add("--against", type=_checkout, help="a folder: measure its gateway in turn with this one")
    add("--json", action="store_true", help="print a line of JSON, too")
    add("--strict", action="store_true", help="exit with 1 where a figure is below its target")
    return parser


def _checkout(text: str) -> Path:
    tree = Path(text).resolve()
    if not (tree / "gateway" / "__main__.py").is_file():
        raise argparse.ArgumentTypeError("must be a checkout of the gateway")
    return tree


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(text)


def _counts(text: str) -> tuple[int, ...]:
    return tuple(sorted({_count(part) for part in text.split(",")}))


def _parts(text: str) -> tuple[str, ...]:
    wanted = {part.strip() for part in text.split(",")}
    if not wanted <= {*PARTS}:
        raise argparse.ArgumentTypeError(f"must be a list of {', '.join(PARTS)}")
    return tuple(part for part in PARTS if part in wanted)


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
