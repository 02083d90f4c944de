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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import httpx

from gateway.access.identity import DEFAULT_TENANT
from gateway.access.service_keys import Role, ServiceKeys
from gateway.dev import data
from gateway.dev.banner import banner
from gateway.dev.children import child
from gateway.dev.mongod import running_mongod
from gateway.dev.output import Output
from gateway.errors import SettingsError, Unauthorized
from gateway.sandbox.link import link_sandbox
from gateway.settings.environment import Settings, read_environment, read_settings
from gateway.text import say
from gateway.wiring.mounted import MountedConnectors, mounted_connectors
from gateway.wiring.process import open_services

START_SECONDS = 180
"""On a small, busy machine. A part that ends is noticed at once."""


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
    say(f"Connector Gateway, in development mode. Its data are in {settings.data_dir}.")
    try:
        with ExitStack() as stack:
            output = stack.enter_context(Output())
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
                with _step("MongoDB"):
                    env["GATEWAY_MONGODB_URL"] = stack.enter_context(running_mongod(folder))
            processes: list[subprocess.Popen[bytes]] = []
            console = _console(settings)

            def start(*arguments: str) -> None:
                command = [*_SELF, *arguments]
                part = child(command, env=os.environ | env | console, output=output.write_end)
                processes.append(stack.enter_context(part))

            if not settings.sandbox:
                env["GATEWAY_SANDBOX"] = f"http://localhost:{sandbox_port}"
                with _step("the simulated providers"):
                    start("sandbox", "--port", str(sandbox_port))
                    _await(f"{env['GATEWAY_SANDBOX']}/_sandbox/info", processes)
            data.write_private(
                folder / data.RUNNING, "".join(f"{name}='{value}'\n" for name, value in env.items())
            )
            with _step("the gateway"):
                start("serve")
                _await(f"http://{settings.host}:{settings.port}/readyz", processes)
            with _step("its worker"):
                start("worker", "--metrics", worker_metrics)
                connectors = _ensure_service_key(env)
            for line in banner(settings, env.get("GATEWAY_SANDBOX"), worker_metrics, connectors):
                say(line)
            output.release()
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


def _console(settings: Settings) -> dict[str, str]:
    """The variables of parts that print on a terminal, though through a pipe."""
    if settings.log_format != "auto" or not sys.stdout.isatty():
        return {}
    return {"GATEWAY_LOG_FORMAT": "console", "FORCE_COLOR": "1"}


@contextmanager
def _step(part: str) -> Iterator[None]:
    """Say which part is started, and how long it took."""
    say(f"Starting {part} …")
    began = time.monotonic()
    yield
    say(f"  started in {time.monotonic() - began:.1f} s")


def _ensure_service_key(env: dict[str, str]) -> MountedConnectors:
    """Keep a valid service key for the README's script in the data folder.

    Returns the state of the connectors.
    """
    os.environ.update(env)
    settings = read_settings()
    file = settings.data_dir / data.SERVICE_KEY

    async def ensure() -> MountedConnectors:
        variables = read_environment()
        link = await link_sandbox(settings, variables)
        async with open_services(settings, variables, sandbox=link) as services:
            if not (file.is_file() and await _is_valid(services.keys, file.read_text().strip())):
                roles = [Role.TOKENS, Role.PROXY, Role.TOOLS, Role.CONNECTIONS, Role.INTEGRATIONS]
                _, secret = await services.keys.create(
                    tenant=DEFAULT_TENANT, roles=roles, label="gateway dev"
                )
                data.write_private(file, secret.reveal())
            return mounted_connectors(services.catalog, variables, link)

    return asyncio.run(ensure())


async def _is_valid(keys: ServiceKeys, key: str) -> bool:
    try:
        caller = await keys.authenticate(f"Bearer {key}")
    except Unauthorized:
        return False
    return Role.INTEGRATIONS in caller.roles  # an earlier release made it without


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
