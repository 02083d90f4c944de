"""``gateway signing-keys``: replace the key that signs the access tokens of agents."""

from __future__ import annotations

import argparse

from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.text import say
from gateway.wiring.process import Services


def add_signing_key_commands(commands: Commands, with_services: WithServices) -> None:
    """Add ``signing-keys`` to the command line."""
    keys = commands.add_parser("signing-keys", help="the keys that sign agents' access tokens")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the ids of the published keys")
    rotate = actions.add_parser("rotate", help="sign with a new key from now on")

    add_json_option(listing)

    async def show(services: Services, as_json: bool) -> int:
        keys = [key["kid"] for key in (await services.signing_keys.published())["keys"]]
        if as_json:
            return print_json([{"id": key, "signs": key == keys[0]} for key in keys])
        after = "verifies until its tokens ended"
        return print_table(("id", "state"), [(k, "signs" if k == keys[0] else after) for k in keys])

    async def replace(services: Services) -> int:
        key = await services.signing_keys.rotate()
        say(f"{key.kid} signs from now on. Tokens of the key before stay valid until they end.")
        return 0

    def run_list(arguments: argparse.Namespace) -> int:
        return with_services(lambda services: show(services, arguments.json))

    def run_rotate(_: argparse.Namespace) -> int:
        return with_services(replace)

    listing.set_defaults(run=run_list)
    rotate.set_defaults(run=run_rotate)
