"""``gateway doctor``: the state of a deployment in one page, or as JSON."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping

from gateway.access.identity import DEFAULT_TENANT
from gateway.commands.connectors.known import Known, read_known
from gateway.commands.deployment import Commands, settings_of_running_gateway
from gateway.commands.doctor.connectors import examine_connectors
from gateway.commands.doctor.database import examine_database
from gateway.commands.doctor.findings import Finding, State, examined, problems
from gateway.commands.doctor.settings import (
    examine_agents,
    examine_keys,
    examine_redirect_uris,
    examine_settings,
    examine_sign_in,
    redirect_uris,
)
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.commands.progress import long_step
from gateway.observe.logs import configure_logs
from gateway.settings.environment import Settings, read_environment
from gateway.text import say


def add_doctor_command(commands: Commands) -> None:
    """Add ``doctor`` to the command line."""
    doctor = commands.add_parser(
        "doctor",
        help="examine the deployment, and change nothing",
        description="Examines settings, database, encryption keys, clock, redirect URIs, "
        "connectors and integrations. Exit codes: 0 the service can start, 1 a problem stops it.",
    )
    doctor.add_argument("--tenant", default=DEFAULT_TENANT, help="whose integrations are examined")
    add_json_option(doctor)
    doctor.set_defaults(run=_examine)


def _examine(arguments: argparse.Namespace) -> int:
    # The report says what these warnings would.
    configure_logs("error", stream=sys.stderr)
    try:
        settings = settings_of_running_gateway()
        known = read_known(lambda: settings)
    except Exception as error:  # the report says what keeps a process from starting
        return _tell(arguments, [*problems("settings", error)], {})
    with long_step("loading the connectors"):
        uris = redirect_uris(settings, known)
    return _tell(arguments, _findings(settings, known, uris, arguments.tenant), uris)


def _findings(
    settings: Settings, known: Known, uris: Mapping[str, str], tenant: str
) -> list[Finding]:
    env = read_environment()
    steps: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("settings", lambda: examine_settings(settings, env)),
        ("encryption keys", lambda: examine_keys(settings)),
        ("database", lambda: asyncio.run(of_database(settings, tenant))),
        ("sign-in", lambda: examine_sign_in(settings)),
        ("redirect URIs", lambda: examine_redirect_uris(settings, uris)),
        ("connectors", lambda: examine_connectors(settings, env, known)),
        ("MCP", lambda: examine_agents(settings)),
    ]
    found = []
    for area, examine in steps:
        with long_step(f"examining {area}"):
            found += examined(area, examine)
    return found


async def of_database(settings: Settings, tenant: str) -> list[Finding]:
    """What there is to say about the database; an error is a problem, as in ``examined``."""
    found = []
    try:
        async for finding in examine_database(settings, tenant):
            found.append(finding)
    except Exception as error:  # what was found before is told
        found.extend(problems("database", error))
    return found


def _tell(arguments: argparse.Namespace, found: list[Finding], uris: Mapping[str, str]) -> int:
    stops = sum(finding.state is State.PROBLEM for finding in found)
    if arguments.json:
        findings = [{"area": f.area, "state": str(f.state), "text": f.text} for f in found]
        print_json({"ok": not stops, "findings": findings, "redirect_uris": uris})
        return 1 if stops else 0
    print_table(("state", "area", "finding"), [(f.state, f.area, f.text) for f in found])
    verdict = {0: "Nothing stops the service.", 1: "One problem stops the service."}
    say(f"\n{verdict.get(stops, f'{stops} problems stop the service.')}")
    return 1 if stops else 0
