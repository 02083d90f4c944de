"""A worker process for tests that act while it works: ``python -m tests.support.worker_process``.

It is ``python -m gateway worker``, except for three things. It looks for due connections twice a
second. It logs ``refresh_marked`` when it is about to ask a provider. And it is patient with a
silent provider: on a busy machine another worker may need longer than a provider's ten seconds
to claim its share, and the test is about refreshes that are under way together.
"""

from __future__ import annotations

from gateway.observe.logs import configure_logs, get_logger
from gateway.sandbox.link import link_sandbox
from gateway.server.readiness import Readiness
from gateway.server.run import run
from gateway.settings.environment import read_environment, read_settings
from gateway.wiring.knobs import Knobs
from gateway.wiring.process import open_services
from gateway.worker import work_until_signal
from tests.support.waiting import PATIENCE_SECONDS

_LEASE_SECONDS = 3 * PATIENCE_SECONDS


async def _tell(step: str) -> None:
    if step == "mark":
        get_logger().info("refresh_marked")


async def _work() -> None:
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)
    link = await link_sandbox(settings, env)
    readiness = Readiness()
    knobs = Knobs(
        checkpoint=_tell,
        provider_seconds=PATIENCE_SECONDS,
        lease_seconds=_LEASE_SECONDS,
        takeover_seconds=_LEASE_SECONDS,
    )
    async with open_services(
        settings, env, sandbox=link, knobs=knobs, readiness=readiness
    ) as services:
        await work_until_signal([services.renewal, services.hooks], readiness, rest=lambda: 0.5)


if __name__ == "__main__":
    run(_work())
