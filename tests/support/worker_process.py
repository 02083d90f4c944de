"""A worker process with short pauses: ``python -m tests.support.worker_process``.

It is ``python -m gateway worker`` in everything else. A test lets connections become due while it
runs, and need not wait half a minute until it looks.
"""

from __future__ import annotations

from gateway.observe.logs import configure_logs
from gateway.sandbox.link import link_sandbox
from gateway.server.readiness import Readiness
from gateway.server.run import run
from gateway.settings.environment import read_environment, read_settings
from gateway.wiring.process import open_services
from gateway.worker import work_until_signal


async def _work() -> None:
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)
    link = await link_sandbox(settings, env)
    readiness = Readiness()
    async with open_services(settings, env, sandbox=link, readiness=readiness) as services:
        await work_until_signal([services.renewal, services.hooks], readiness, rest=lambda: 0.05)


if __name__ == "__main__":
    run(_work())
