"""``python -m gateway audit``: the audit of a tenant at a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from gateway.access.login.dev import DEFAULT_TENANT
from gateway.store.audit import Action, Line, Wanted
from gateway.wiring.process import Services

WithServices = Callable[[Callable[[Services], Awaitable[int]]], int]
"""Runs a piece of work with the services of the settings, and returns its exit code."""


def add_audit_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], with_services: WithServices
) -> None:
    """Add ``audit`` to ``commands``."""
    audit = commands.add_parser("audit", help="print who did what, oldest first")
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
        for line in reversed(lines):
            print(_text(line))
        return 0

    return with_services(show)


def _text(line: Line) -> str:
    # A key's label is what somebody typed: its id is enough here, and moves no cursor.
    actor = f"{line.actor.kind}:{line.actor.key or line.actor.user or '-'}"
    time = line.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    what = line.connection or line.subject
    return "  ".join(
        (
            time,
            f"{line.action:26}",
            f"{line.outcome:22}",
            f"{actor:22}",
            f"{line.user or '-':16}",
            f"{line.connector or '-':12}",
            f"{what or '-':28}",
            line.request or "-",
        )
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
