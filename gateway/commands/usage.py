"""``gateway usage``: print how much was called, and what it cost (docs/usage.md)."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.access.identity import DEFAULT_TENANT
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.store.usage import By, Result, Sum, Wanted, decimal_text
from gateway.text import say
from gateway.wiring.process import Services

MOST = 1000


def add_usage_command(commands: Commands, with_services: WithServices) -> None:
    """Add ``usage`` to the command line."""
    usage = commands.add_parser("usage", help="print how much was called, and what it cost")
    usage.add_argument("--tenant", default=DEFAULT_TENANT)
    usage.add_argument(
        "--by",
        default=[By.DAY],
        type=_by,
        metavar="NAMES",
        help=f"sums by some of {','.join(By)} (default: day)",
    )
    for name in ("user", "key", "connector", "connection", "operation", "tool"):
        usage.add_argument(f"--{name}")
    usage.add_argument("--result", type=Result, choices=[*Result], metavar="RESULT")
    usage.add_argument("--since", type=_time, metavar="TIME", help="default: 30 days ago")
    usage.add_argument("--until", type=_time, metavar="TIME")
    add_json_option(usage)
    usage.set_defaults(run=lambda arguments: _print(arguments, with_services))


def _print(arguments: argparse.Namespace, with_services: WithServices) -> int:
    async def show(services: Services) -> int:
        wanted = Wanted(
            user=arguments.user,
            key=arguments.key,
            connector=arguments.connector,
            connection=arguments.connection,
            operation=arguments.operation,
            result=arguments.result,
            since=arguments.since or services.clock() - timedelta(days=30),
            until=arguments.until,
        )
        by = arguments.by
        sums = await services.usage.sums(arguments.tenant, wanted, by, limit=MOST + 1)
        if arguments.json:
            print_json([_data(one) for one in sums[:MOST]])
        else:
            rows = [[*(one.of.get(str(name)) or "" for name in by), *_cells(one)] for one in sums]
            print_table([*map(str, by), *_TITLES], rows[:MOST])
        if len(sums) > MOST:
            say(f"gateway: there are more than {MOST} lines; ask for less", error=True)
        return 0

    return with_services(show)


_TITLES = ("calls", "answered", "refused", "sent", "received", "cost", "unknown")


def _cells(total: Sum) -> list[str]:
    cost = " + ".join(f"{decimal_text(nanos)} {name}" for name, nanos in sorted(total.cost.items()))
    counts = (total.calls, total.answered, total.refused, total.sent, total.received)
    return [*map(str, counts), cost or "-", str(total.unknown_prices)]


def _data(total: Sum) -> dict[str, Any]:
    counts = {name: getattr(total, name) for name in _TITLES[:5]}
    cost = {name: decimal_text(nanos) for name, nanos in sorted(total.cost.items())}
    return {**total.of, **counts, "cost": cost, "unknown_prices": total.unknown_prices}


def _by(text: str) -> list[By]:
    try:
        return [By(name) for name in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"give some of {','.join(By)}") from None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
