"""``gateway dev``: MongoDB, the sandbox, the gateway and a worker, each as a process.

The gateway and the worker start as in production (``gateway serve``, ``gateway worker``), with
their settings in the environment. The only difference is ``GATEWAY_MODE=dev``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from types import FrameType

import httpx

from gateway.access.identity import DEFAULT_TENANT
from gateway.access.service_keys import Role, ServiceKeys
from gateway.dev import data
from gateway.dev.children import child
from gateway.dev.mongod import running_mongod
from gateway.errors import SettingsError, Unauthorized
from gateway.settings.environment import Settings, read_environment, read_settings
from gateway.text import say
from gateway.wiring.process import open_services

START_SECONDS = 60


class _Stop(Exception):
    """SIGINT or SIGTERM was received."""


def run_dev() -> int:
    """Start everything, print the addresses, and wait for a signal or for a part to fail."""
    os.environ["GATEWAY_MODE"] = "dev"
    settings = read_settings()
    sandbox_port = settings.port + 1
    _check_port(settings.port, "GATEWAY_PORT")
    if not settings.sandbox:
        _check_port(sandbox_port, "GATEWAY_PORT (the sandbox takes the next one)")
    worker_metrics = _worker_metrics(settings)
    folder = settings.data_dir.absolute()
    data.prepare(folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stop)
    try:
        with ExitStack() as stack:
            stack.callback((folder / data.RUNNING).unlink, missing_ok=True)
            env = {
                "GATEWAY_MODE": "dev",
                "GATEWAY_DATA_DIR": str(folder),
                "GATEWAY_PORT": str(settings.port),
                "GATEWAY_PUBLIC_URL": settings.public_url,
            }
            if settings.connectors_path is not None:
                env["GATEWAY_CONNECTORS_PATH"] = str(settings.connectors_path.absolute())
            if not (settings.encryption_keys.get_secret_value() or settings.encryption_keys_file):
                env["GATEWAY_ENCRYPTION_KEYS"] = data.encryption_keys(folder)
            if not settings.mongodb_url.get_secret_value():
                say("Starting MongoDB …")
                env["GATEWAY_MONGODB_URL"] = stack.enter_context(running_mongod(folder))
            processes = []
            if not settings.sandbox:
                env["GATEWAY_SANDBOX"] = f"http://localhost:{sandbox_port}"
                say("Starting the simulated providers …")
                command = [*_SELF, "sandbox", "--port", str(sandbox_port)]
                processes.append(stack.enter_context(child(command, env=os.environ | env)))
                _await(f"{env['GATEWAY_SANDBOX']}/_sandbox/info", processes)
            data.write_private(
                folder / data.RUNNING, "".join(f"{name}='{value}'\n" for name, value in env.items())
            )
            say("Starting the gateway and its worker …")
            processes.append(stack.enter_context(child([*_SELF, "serve"], env=os.environ | env)))
            _await(f"http://{settings.host}:{settings.port}/readyz", processes)
            worker = [*_SELF, "worker", "--metrics", worker_metrics]
            processes.append(stack.enter_context(child(worker, env=os.environ | env)))
            _ensure_service_key(env)
            _announce(settings, env.get("GATEWAY_SANDBOX"), worker_metrics)
            return _watch(processes)
    except _Stop:
        return 0


_SELF = (sys.executable, "-m", "gateway")


def _worker_metrics(settings: Settings) -> str:
    """Return the address of the worker's metrics, or ``off``: a port after those of the others."""
    if settings.metrics == "off":
        return "off"
    if settings.metrics_address is None:
        port = settings.port + 2
        _check_port(port, "GATEWAY_PORT (the worker takes that port plus two)")
        return f"127.0.0.1:{port}"
    host, port = settings.metrics.rpartition(":")[0], settings.metrics_address[1] + 1
    return f"{host}:{port}"


def _announce(settings: Settings, sandbox: str | None, worker_metrics: str) -> None:
    key_file = settings.data_dir / data.SERVICE_KEY
    say(f"\n  Dashboard    {settings.public_url}/dashboard/connectors")
    if sandbox:
        say(f"  Sandbox      {sandbox}/   (providers without credentials are simulated there)")
    say(f"  Service key  {key_file}   (for tools: GATEWAY_API_KEY=$(cat {key_file}))")
    if worker_metrics != "off":
        web = f"localhost:{settings.port}" if settings.metrics_on_web else settings.metrics
        shown = [f"http://{web}/metrics"] if web else []
        shown.append(f"http://{worker_metrics}/metrics (worker)")
        say(f"  Metrics      {' and '.join(shown)}")
    say("  Stop         Ctrl-C\n")


def _ensure_service_key(env: dict[str, str]) -> None:
    """Keep a valid service key for the README's script in the data folder."""
    os.environ.update(env)
    settings = read_settings()
    file = settings.data_dir / data.SERVICE_KEY

    async def ensure() -> None:
        async with open_services(settings, read_environment()) as services:
            if not (file.is_file() and await _is_valid(services.keys, file.read_text().strip())):
                roles = [Role.TOKENS, Role.PROXY, Role.TOOLS, Role.CONNECTIONS]
                _, secret = await services.keys.create(
                    tenant=DEFAULT_TENANT, roles=roles, label="made by gateway dev"
                )
                data.write_private(file, secret.reveal())

    asyncio.run(ensure())


async def _is_valid(keys: ServiceKeys, key: str) -> bool:
    try:
        caller = await keys.authenticate(f"Bearer {key}")
    except Unauthorized:
        return False
    return Role.TOOLS in caller.roles  # an earlier release made it without


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    while True:
        for process in processes:
            if process.poll() is not None:
                say("A part of the gateway stopped; stopping the others.", error=True)
                return 1
        time.sleep(0.2)


def _await(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            raise SettingsError("a part of the gateway did not start; see its message above")
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SettingsError(f"nothing answers at {url}")


def _check_port(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SettingsError(f"port {port} is taken: set {variable} to another one") from None


def _raise_stop(number: int, frame: FrameType | None) -> None:
    raise _Stop
