"""``gateway audit``: print the audit of a tenant (docs/audit.md)."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from gateway.access.identity import DEFAULT_TENANT
from gateway.clock import rfc3339
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.store.audit import Action, Line, Wanted
from gateway.wiring.process import Services


def add_audit_command(commands: Commands, with_services: WithServices) -> None:
    """Add ``audit`` to the command line."""
    audit = commands.add_parser("audit", help="print the audit, oldest line first")
    audit.add_argument("--tenant", default=DEFAULT_TENANT)
    for name in ("user", "connector", "connection"):
        audit.add_argument(f"--{name}")
    audit.add_argument("--action", type=Action, choices=[*Action], metavar="ACTION")
    audit.add_argument("--since", type=_time, metavar="TIME", help="like 2026-01-31T09:30:00Z")
    audit.add_argument("--until", type=_time, metavar="TIME")
    audit.add_argument(
        "--limit",
        type=int,
        choices=range(1, 10_001),
        default=100,
        metavar="N",
        help="the newest N lines, at most 10000 (default: 100)",
    )
    add_json_option(audit)
    audit.set_defaults(run=lambda arguments: _print(arguments, with_services))


def _print(arguments: argparse.Namespace, with_services: WithServices) -> int:
    wanted = Wanted(
        user=arguments.user,
        connector=arguments.connector,
        connection=arguments.connection,
        action=arguments.action,
        since=arguments.since,
        until=arguments.until,
    )

    async def show(services: Services) -> int:
        lines = await services.audit.find(arguments.tenant, wanted, limit=arguments.limit)
        rows = [_cells(line) for line in reversed(lines)]
        if arguments.json:
            return print_json([dict(zip(_TITLES, row, strict=True)) for row in rows])
        return print_table(_TITLES, rows)

    return with_services(show)


_TITLES = ("time", "action", "outcome", "actor", "user", "connector", "target", "request")


def _cells(line: Line) -> list[str]:
    # The id of a service key and not its label: a label may hold terminal control codes.
    actor = f"{line.actor.kind}:{line.actor.key or line.actor.user or '-'}"
    return [
        rfc3339(line.time),
        str(line.action),
        str(line.outcome),
        actor,
        line.user or "",
        line.connector or "",
        line.connection or line.subject or "",
        line.request or "",
    ]


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
