"""``gateway worker``: the process that renews tokens and delivers events."""

from __future__ import annotations

import argparse
import asyncio

from gateway.commands.deployment import Commands, override
from gateway.observe.logs import configure_logs
from gateway.server.readiness import Readiness
from gateway.settings.environment import read_environment, read_settings
from gateway.wiring.process import open_services


def add_worker_command(commands: Commands) -> None:
    """Add ``worker`` to the command line."""
    worker = commands.add_parser(
        "worker", help="renew tokens before they are needed, and deliver events"
    )
    worker.add_argument("--metrics", help="overrides GATEWAY_METRICS")
    worker.set_defaults(run=_work)


def _work(arguments: argparse.Namespace) -> int:
    # Imported here: the other commands start faster without them.
    from gateway.sandbox.link import link_sandbox
    from gateway.server.run import run as run_loop
    from gateway.web.metrics import exposed
    from gateway.worker import rest_seconds, work_until_signal

    override(arguments, "metrics")
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)

    async def run() -> None:
        link = await link_sandbox(settings, env)
        readiness = Readiness()
        async with (
            open_services(settings, env, sandbox=link, readiness=readiness) as services,
            exposed(services),
        ):
            duties = (services.renewal, services.hooks)

            async def also(stop: asyncio.Event) -> None:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(services.deliveries.run(stop))
                    tasks.create_task(services.integration_renewals.run(stop, rest=rest_seconds))

            await work_until_signal(duties, readiness, also=also)

    run_loop(run())
    return 0
