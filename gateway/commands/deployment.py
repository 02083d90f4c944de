"""The deployment that a command works on: its settings and its services."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from gateway.dev.data import running_environment
from gateway.observe.logs import configure_logs
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
    settings = settings_of_running_gateway()
    configure_logs("warning", settings.log_format)

    async def run() -> int:
        async with open_services(settings, read_environment()) as services:
            return await work(services)

    return asyncio.run(run())
