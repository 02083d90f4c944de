"""``python -m gateway``: the commands."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.commands.audit import add_audit_command
from gateway.commands.connectors.commands import add_connector_commands
from gateway.commands.encryption import add_encryption_commands
from gateway.commands.service_keys import add_key_commands
from gateway.errors import SettingsError, StoreUnavailable
from gateway.observe.logs import configure_logs
from gateway.server.readiness import Readiness
from gateway.settings.environment import Settings, read_environment, read_settings
from gateway.wiring.process import Services, open_services


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except (SettingsError, ConfigError, StoreUnavailable) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The connector gateway.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    dev = commands.add_parser("dev", help="run everything on this machine, without any credential")
    dev.set_defaults(run=lambda arguments: _dev())

    serve = commands.add_parser("serve", help="run the web process")
    serve.add_argument("--host", help="overrides GATEWAY_HOST")
    serve.add_argument("--port", help="overrides GATEWAY_PORT")
    serve.add_argument("--metrics", help="overrides GATEWAY_METRICS")
    serve.set_defaults(run=_serve)

    worker = commands.add_parser(
        "worker", help="renew tokens before they are needed, and deliver events"
    )
    worker.add_argument("--metrics", help="overrides GATEWAY_METRICS")
    worker.set_defaults(run=_work)

    sandbox = commands.add_parser("sandbox", help="run the simulated providers (dev mode only)")
    sandbox.add_argument("--port", type=int, default=3142)
    sandbox.set_defaults(run=_sandbox)

    keys = commands.add_parser("keys", help="service keys and encryption keys")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    add_key_commands(actions, _with_services)
    add_encryption_commands(actions, _settings_of_running_gateway)

    add_audit_command(commands, _with_services)

    connectors = commands.add_parser("connectors", help="list, show, check and begin connectors")
    add_connector_commands(
        connectors.add_subparsers(required=True, metavar="ACTION"), _settings_of_running_gateway
    )
    return parser


def _dev() -> int:
    # Imported here: development dependencies are not installed in production.
    from gateway.dev.run import run_dev

    return run_dev()


def _serve(arguments: argparse.Namespace) -> int:
    from gateway.sandbox.link import link_sandbox
    from gateway.server.run import run as run_server
    from gateway.server.run import serve, server_for
    from gateway.web.app import create_app
    from gateway.web.metrics import exposed

    _override(arguments, "host", "port", "metrics")
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)

    async def run() -> None:
        link = await link_sandbox(settings, env)

        readiness = Readiness()

        @asynccontextmanager
        async def opened() -> AsyncIterator[Services]:
            async with (
                open_services(settings, env, sandbox=link, readiness=readiness) as services,
                exposed(services),
            ):
                yield services

        async with opened():
            pass  # fail here, with one clear line, and not inside the server's start
        app = create_app(settings, opened)
        server = server_for(app, host=settings.host, port=settings.port, lifespan="on")
        await serve([server], on_signal=readiness.stop, drain_seconds=settings.drain)

    run_server(run())
    return 0


def _override(arguments: argparse.Namespace, *names: str) -> None:
    """Let options take the place of the variables of their names."""
    for name in names:
        if (value := getattr(arguments, name)) is not None:
            os.environ[f"GATEWAY_{name.upper()}"] = value


def _work(arguments: argparse.Namespace) -> int:
    from gateway.sandbox.link import link_sandbox
    from gateway.server.run import run as run_loop
    from gateway.web.metrics import exposed
    from gateway.worker import work_until_signal

    _override(arguments, "metrics")
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)

    async def run() -> None:
        link = await link_sandbox(settings, env)
        readiness = Readiness()
        async with (
            open_services(settings, env, sandbox=link, readiness=readiness) as services,
            exposed(services),
        ):
            await work_until_signal(services.renewal, readiness, beside=services.deliveries.run)

    run_loop(run())
    return 0


def _sandbox(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    if not settings.dev:
        raise SettingsError("the sandbox runs in dev mode only (GATEWAY_MODE=dev)")
    from gateway.sandbox.server import load_providers, open_sandbox
    from gateway.server.run import run, serve

    configure_logs(settings.log_level, settings.log_format)
    servers = open_sandbox(
        load_providers(Catalog({}, settings.connectors_path)),
        gateway_url=settings.public_url,
        folder=settings.data_dir,
        port=arguments.port,
    )
    run(serve(servers))
    return 0


def _with_services(work: Callable[[Services], Awaitable[int]]) -> int:
    settings = _settings_of_running_gateway()
    configure_logs("warning", settings.log_format)

    async def run() -> int:
        async with open_services(settings, read_environment()) as services:
            return await work(services)

    return asyncio.run(run())


def _settings_of_running_gateway() -> Settings:
    """The settings; where none are given, those of the ``gateway dev`` that runs in this folder."""
    data_dir = Path(os.environ.get("GATEWAY_DATA_DIR", ".gateway-dev"))
    if "GATEWAY_MONGODB_URL" not in read_environment():
        from gateway.dev.data import running_environment

        os.environ.update(running_environment(data_dir))
    return read_settings()


if __name__ == "__main__":
    sys.exit(main())
