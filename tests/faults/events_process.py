"""A worker process that kills or stops itself at a chosen step of a delivery.

``python -m tests.faults.events_process`` is ``python -m gateway worker``, except that it carries
out orders as ``tests.faults.fleet_process`` does. Its steps are ``queued`` (events are in the
queues, and still in the outbox) and ``sent`` (a receiver has answered, and the answer is not stored
yet).
"""

from __future__ import annotations

import os
from pathlib import Path

from gateway.observe.logs import configure_logs
from gateway.sandbox.link import link_sandbox
from gateway.server.readiness import Readiness
from gateway.server.run import run
from gateway.settings.environment import read_environment, read_settings
from gateway.wiring.process import open_services
from gateway.worker import work_until_signal
from tests.faults.fleet_process import Orders, knobs_of


async def _work() -> None:
    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)
    readiness = Readiness()
    async with open_services(
        settings,
        env,
        sandbox=await link_sandbox(settings, env),
        knobs=knobs_of(Orders(Path(os.environ["FAULTS_ORDER"]))),
        readiness=readiness,
    ) as services:
        await work_until_signal([services.renewal], readiness, also=services.deliveries.run)


if __name__ == "__main__":
    run(_work())
