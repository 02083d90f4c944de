"""``gateway dev`` and ``gateway sandbox``: development without credentials."""

from __future__ import annotations

import argparse

from connectors.catalog import Catalog
from gateway.commands.deployment import Commands
from gateway.errors import SettingsError
from gateway.observe.logs import configure_logs
from gateway.settings.environment import read_settings


def add_dev_commands(commands: Commands) -> None:
    """Add ``dev`` and ``sandbox`` to the command line."""
    dev = commands.add_parser("dev", help="run everything on this machine, without any credential")
    dev.set_defaults(run=_dev)
    sandbox = commands.add_parser("sandbox", help="run the simulated providers (dev mode only)")
    sandbox.add_argument("--port", type=int, default=3142)
    sandbox.set_defaults(run=_sandbox)


def _dev(arguments: argparse.Namespace) -> int:
    from gateway.dev.run import run_dev

    return run_dev()


def _sandbox(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    if not settings.dev:
        raise SettingsError("the sandbox runs in dev mode only (GATEWAY_MODE=dev)")
    try:
        from gateway.sandbox.server import load_apis, load_providers, open_sandbox
    except ModuleNotFoundError as missing:
        if missing.name != "trustme":
            raise
        raise SettingsError(
            "the sandbox needs more than the server: pip install 'connector-gateway[testing]'"
        ) from None
    from gateway.server.run import run, serve

    configure_logs(settings.log_level, settings.log_format)
    catalog = Catalog({}, settings.connectors_path)
    servers = open_sandbox(
        load_providers(catalog),
        apis=load_apis(catalog),
        gateway_url=settings.public_url,
        folder=settings.data_dir,
        port=arguments.port,
    )
    run(serve(servers))
    return 0
