"""``gateway serve``: the web process."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.background import in_background
from gateway.commands.deployment import Commands, override
from gateway.observe.logs import configure_logs
from gateway.server.readiness import Readiness
from gateway.settings.environment import read_environment, read_settings
from gateway.text import say
from gateway.wiring.process import Services, open_services


def add_serve_command(commands: Commands) -> None:
    """Add ``serve`` to the command line."""
    serve = commands.add_parser("serve", help="run the web process")
    serve.add_argument("--host", help="overrides GATEWAY_HOST")
    serve.add_argument("--port", help="overrides GATEWAY_PORT")
    serve.add_argument("--metrics", help="overrides GATEWAY_METRICS")
    serve.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    # Imported here: no other command needs the web application.
    from gateway.access.login.choice import log_missing_sign_in
    from gateway.access.login.dev import DevLogin
    from gateway.sandbox.link import link_sandbox
    from gateway.server.run import freeze_objects, serve, server_for
    from gateway.server.run import run as run_server
    from gateway.web.app import create_app
    from gateway.web.listed_integrations import keep_registering
    from gateway.web.metrics import exposed
    from gateway.wiring.mounted import log_connectors

    override(arguments, "host", "port", "metrics")
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
                in_background(keep_registering(services)),
            ):
                freeze_objects()
                yield services

        async with opened() as services:  # fails here with one clear line, if at all
            log_connectors(services.catalog, env, link)
            log_missing_sign_in(settings)
            if isinstance(services.logins.method, DevLogin) and services.logins.method.code:
                say(f"\n  Sign-in code  {services.logins.method.code}")
        app = create_app(settings, opened)
        server = server_for(app, host=settings.host, port=settings.port, lifespan="on")
        await serve([server], on_signal=readiness.stop, drain_seconds=settings.drain)

    run_server(run())
    return 0
