"""``gateway integrations``: APIs that are added by URL (docs/integrations.md).

The commands do what ``/v1/integrations`` does, on the deployment's own data. With ``--json`` they
print the same members. To accept a definition is left to people, on the pages.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.access.identity import DEFAULT_TENANT
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option
from gateway.engine.integration import Kind


def add_integration_commands(commands: Commands, with_services: WithServices) -> None:
    """Add ``integrations`` to the command line."""
    integrations = commands.add_parser(
        "integrations",
        help="APIs that are added by URL: list, detect, preview, add, refresh, tools, remove",
    )
    actions = integrations.add_subparsers(required=True, metavar="ACTION")

    def command(name: str, about: str) -> argparse.ArgumentParser:
        parser = actions.add_parser(name, help=about)
        parser.add_argument("--tenant", default=DEFAULT_TENANT)
        add_json_option(parser)
        parser.set_defaults(run=lambda arguments: _run(arguments, with_services, name))
        return parser

    command("list", "list the APIs that were added")
    detect = command("detect", "say what a URL is")
    detect.add_argument("url", metavar="URL")
    preview = command("preview", "say what would be added, and store nothing")
    add = command("add", "add an API: its operations become tools of the tenant")
    for each in (preview, add):
        each.add_argument("url", metavar="URL", nargs="?", default="")
        each.add_argument("--file", type=Path, metavar="FILE", help="a document instead of a URL")
        each.add_argument("--kind", type=Kind, choices=[*Kind], help="detected without it")
        each.add_argument("--base-url", default="", metavar="URL", help="the server to call")
    add.add_argument("--slug", default="", help="its short name; derived from its title without it")
    add.add_argument("--name", default="", help="its name for people")
    add.add_argument("--description", default="", help="what it is, and when to use it")
    add.add_argument(
        "--operation",
        action="append",
        dest="operations",
        metavar="NAME",
        help="offer this operation alone; repeat the option for several",
    )
    add.add_argument("--digest", default="", help="add only what the preview of this digest showed")
    refresh = command("refresh", "read it again, and say what has changed")
    refresh.add_argument("slug", metavar="SLUG")
    refresh.add_argument("--file", type=Path, metavar="FILE", help="read this document instead")
    refresh.add_argument("--dry-run", action="store_true", help="only say what would change")
    tools = command("tools", "list its tools, and what a person has to accept")
    tools.add_argument("slug", metavar="SLUG")
    remove = command("remove", "disconnect every account of it, and remove it")
    remove.add_argument("slug", metavar="SLUG")


def _run(arguments: argparse.Namespace, with_services: WithServices, name: str) -> int:
    # Imported here: no other command needs the replies of the API.
    from gateway.commands.integrations.actions import act

    return with_services(lambda services: act(services, arguments, name))
