"""The parser of the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from connectors.errors import ConfigError
from gateway.commands.audit import add_audit_command
from gateway.commands.completion import add_completion_command
from gateway.commands.connectors.commands import add_connector_commands
from gateway.commands.deployment import settings_of_running_gateway, with_providers, with_services
from gateway.commands.dev import add_dev_commands
from gateway.commands.doctor.command import add_doctor_command
from gateway.commands.encryption import add_encryption_commands
from gateway.commands.examples import add_examples
from gateway.commands.integrations.commands import add_integration_commands
from gateway.commands.policies import add_policy_commands
from gateway.commands.serve import add_serve_command
from gateway.commands.service_keys import add_key_commands
from gateway.commands.signing_keys import add_signing_key_commands
from gateway.commands.skills import add_skill_commands
from gateway.commands.tools.commands import add_tool_commands
from gateway.commands.usage import add_usage_command
from gateway.commands.worker import add_worker_command
from gateway.errors import SettingsError, StoreUnavailable
from gateway.observe.logs import configure_logs
from gateway.text import say


def run(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    arguments = _parser().parse_args(argv)
    # Standard output is for what a command prints, which may be JSON for a program. The processes
    # that only log (serve, worker, sandbox) set it up anew.
    configure_logs("warning", stream=sys.stderr)
    try:
        return int(arguments.run(arguments))
    except (SettingsError, ConfigError, StoreUnavailable) as error:
        say(f"gateway: {error}", error=True)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gateway", description="The connector gateway.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_dev_commands(commands)
    add_serve_command(commands)
    add_worker_command(commands)
    add_doctor_command(commands)
    add_key_commands(commands, with_services)
    add_encryption_commands(commands, settings_of_running_gateway)
    add_audit_command(commands, with_services)
    add_usage_command(commands, with_services)
    add_tool_commands(commands, with_providers)
    add_policy_commands(commands, with_services)
    add_integration_commands(commands, with_services)
    add_skill_commands(commands)
    add_signing_key_commands(commands, with_services)
    connectors = commands.add_parser("connectors", help="list, show, check and create connectors")
    add_connector_commands(
        connectors.add_subparsers(required=True, metavar="ACTION"), settings_of_running_gateway
    )
    add_completion_command(commands, parser)
    add_examples(parser)
    return parser
