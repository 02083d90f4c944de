"""``gateway signing-keys``: replace the key that signs the access tokens of agents."""

from __future__ import annotations

import argparse

from gateway.commands.deployment import Commands, WithServices
from gateway.text import say
from gateway.wiring.process import Services


def add_signing_key_commands(commands: Commands, with_services: WithServices) -> None:
    """Add ``signing-keys`` to the command line."""
    keys = commands.add_parser("signing-keys", help="the keys that sign agents' access tokens")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the ids of the published keys")
    rotate = actions.add_parser("rotate", help="sign with a new key from now on")

    async def show(services: Services) -> int:
        for number, key in enumerate((await services.signing_keys.published())["keys"]):
            say(f"{key['kid']}  {'signs' if number == 0 else 'verifies until its tokens ended'}")
        return 0

    async def replace(services: Services) -> int:
        key = await services.signing_keys.rotate()
        say(f"{key.kid} signs from now on. Tokens of the key before stay valid until they end.")
        return 0

    def run_list(_: argparse.Namespace) -> int:
        return with_services(show)

    def run_rotate(_: argparse.Namespace) -> int:
        return with_services(replace)

    listing.set_defaults(run=run_list)
    rotate.set_defaults(run=run_rotate)
