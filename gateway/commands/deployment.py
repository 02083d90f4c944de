"""The deployment that a command works on: its settings and its services."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

from gateway.commands.progress import long_step
from gateway.dev.data import running_environment
from gateway.observe.logs import configure_logs
from gateway.sandbox.link import NO_SANDBOX, link_sandbox
from gateway.settings.environment import Settings, read_environment, read_settings
from gateway.wiring.process import Services, open_services

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The subparsers to which a module adds its commands."""

Work: TypeAlias = Callable[[Services], Awaitable[int]]
"""A command's work; its result is the exit code."""

WithServices: TypeAlias = Callable[[Work], int]
"""Open the services, do the work and return its exit code."""


def override(arguments: argparse.Namespace, *names: str) -> None:
    """Let command-line options replace the ``GATEWAY_…`` variables of the same names."""
    for name in names:
        if (value := getattr(arguments, name)) is not None:
            os.environ[f"GATEWAY_{name.upper()}"] = value


def settings_of_running_gateway() -> Settings:
    """Read the settings; without any, use those of the ``gateway dev`` running in this folder."""
    data_dir = Path(os.environ.get("GATEWAY_DATA_DIR", ".gateway-dev"))
    if "GATEWAY_MONGODB_URL" not in read_environment():
        os.environ.update(running_environment(data_dir))
    return read_settings()


def with_services(work: Work) -> int:
    """Open the services of the deployment for a command that works on its data."""
    return _run(work, has_providers=False)


def with_providers(work: Work) -> int:
    """Open the services for a command that calls providers, simulated ones included.

    Raises ``SettingsError`` if the deployment has a sandbox that does not answer.
    """
    return _run(work, has_providers=True)


def _run(work: Work, *, has_providers: bool) -> int:
    settings, env = settings_of_running_gateway(), read_environment()
    configure_logs("warning", settings.log_format, sys.stderr)

    async def run() -> int:
        async with AsyncExitStack() as stack:
            with long_step("connecting to the database"):
                link = await link_sandbox(settings, env) if has_providers else NO_SANDBOX
                opening = open_services(settings, env, sandbox=link)
                services = await stack.enter_async_context(opening)
            return await work(services)

    return asyncio.run(run())
