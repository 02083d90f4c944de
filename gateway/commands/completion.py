"""``gateway completion``: print the script that completes our commands in a shell."""

from __future__ import annotations

import argparse

from gateway.commands.deployment import Commands
from gateway.commands.output import print_lines

SHELLS = ("bash", "zsh")


def add_completion_command(commands: Commands, parser: argparse.ArgumentParser) -> None:
    """Add ``completion`` to the command line that ``parser`` reads."""
    completion = commands.add_parser(
        "completion",
        help="print the script that completes commands in a shell",
        description="Prints a script. A shell that reads it completes commands and options.",
    )
    completion.add_argument("shell", choices=SHELLS)
    completion.set_defaults(run=lambda arguments: _print(parser, arguments.shell))


def _print(parser: argparse.ArgumentParser, shell: str) -> int:
    import shtab  # here: no other command needs it

    return print_lines(shtab.complete(parser, shell=shell).splitlines())
