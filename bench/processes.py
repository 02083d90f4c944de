"""The processes that are measured: gateways as in production, the floors, a provider."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

import gateway
from bench.floor import BARE_PATH, Facts
from bench.provider import SECONDS_PATH
from bench.relay import READY_PATH
from bench.seed import CREDENTIALS, PUBLIC_HOST, Place
from gateway.dev.children import child
from gateway.server.run import free_port
from gateway.settings.environment import PREFIX

START_SECONDS = 60
ROOT = Path(gateway.__file__).parent.parent
_ROLES = ((b"mongod", "database"), (b"bench.provider", "provider"), (b"serve", "gateways"))
"""Marks in the command of a process, and what it does in a run."""


class NotStarted(Exception):
    """A process did not answer; the message holds the end of its log."""


@contextmanager
def running_gateway(
    folder: Path, name: str, place: Place, driver: str, tree: Path = ROOT, **settings: str
) -> Iterator[int]:
    """Run ``python -m gateway serve``, in production mode unless ``settings`` say otherwise.

    Args:
        tree: the checkout whose code runs.
        settings: more settings, by their names in ``gateway.settings.environment``.

    Returns: its port.

    Raises:
        NotStarted: it does not answer.
    """
    port = free_port()
    given = {
        "mode": "production",
        "public_url": f"https://{PUBLIC_HOST}",
        "host": "127.0.0.1",
        "port": str(port),
        "mongodb_url": place.mongodb_url,
        "mongodb_database": place.database,
        "mongodb_driver": driver,
        "encryption_keys": place.encryption_keys,
        "log_format": "json",
    } | settings
    env = {f"{PREFIX}{setting.upper()}": value for setting, value in given.items()} | CREDENTIALS
    with _running(name, ["-m", "gateway", "serve"], folder, f"{port}/readyz", env, tree):
        yield port


@contextmanager
def running_floor(folder: Path, facts: Facts) -> Iterator[int]:
    """The routes of ``bench.floor``: their port. Raises ``NotStarted``."""
    port, file = free_port(), folder / "facts.json"
    facts.write(file)
    command = ["-m", "bench.floor", "--port", str(port), "--facts", str(file)]
    with _running("floor", command, folder, f"{port}{BARE_PATH}", {}):
        yield port


@contextmanager
def running_provider(folder: Path, delay: float) -> Iterator[str]:
    """The simulated providers, whose token endpoints take ``delay`` seconds: their address.

    Their memory is the ``sandbox.json`` in ``folder``. Raises ``NotStarted``.
    """
    port = free_port()
    command = [
        "-m",
        "bench.provider",
        "--port",
        str(port),
        "--folder",
        str(folder),
        "--gateway",
        f"https://{PUBLIC_HOST}",
        "--delay",
        str(delay),
    ]
    with _running("provider", command, folder, f"{port}{SECONDS_PATH}", {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running_relay(folder: Path, sandbox: str, host: str, token: str) -> Iterator[int]:
    """The relay of ``bench.relay`` to ``host`` at the ``sandbox``: its port.

    Raises ``NotStarted``.
    """
    port = free_port()
    facts = {"port": str(port), "sandbox": sandbox, "host": host, "token": token}
    command = ["-m", "bench.relay", *(each for n, v in facts.items() for each in (f"--{n}", v))]
    with _running("relay", command, folder, f"{port}{READY_PATH}", {}):
        yield port


@contextmanager
def _running(
    name: str,
    arguments: list[str],
    folder: Path,
    address: str,
    env: dict[str, str],
    tree: Path = ROOT,
) -> Iterator[None]:
    # In another folder than the developer's, whose .env.local would be read.
    log = folder / f"{name}.log"
    environment = os.environ | {"PYTHONPATH": str(tree)} | env
    command = [sys.executable, *arguments]
    with child(command, env=environment, log=log, cwd=folder) as process:
        _await_answer(f"http://127.0.0.1:{address}", process, log)
        _pids[name] = process.pid
        yield


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise NotStarted(f"nothing answers at {url}; the end of its log:\n{tail}")


_pids: dict[str, int] = {}
"""The ids of the processes that were started last, by their names."""


def resident_mib(name: str) -> float:
    """Return the resident memory of a running process in MiB; 0 where there is no ``/proc``."""
    try:
        pages = Path(f"/proc/{_pids[name]}/statm").read_text().split()[1]
    except OSError:
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds(name: str) -> float:
    """Return the CPU seconds so far of a running process; 0 where there is no ``/proc``."""
    try:
        fields = Path(f"/proc/{_pids[name]}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def terminate(name: str) -> None:
    """Send SIGTERM to a running process."""
    os.kill(_pids[name], signal.SIGTERM)


def cpu_ms() -> dict[str, float]:
    """Return the CPU milliseconds so far of this process (*client*) and of its children, by role.

    Empty where the system has no ``/proc``.
    """
    found = {"client": time.process_time() * 1000}
    tick = 1000 / os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) == os.getpid():
            role = next((role for mark, role in _ROLES if mark in command), None)
            if role is not None:
                found[role] = found.get(role, 0.0) + (int(fields[11]) + int(fields[12])) * tick
    return found if len(found) > 1 else {}


@contextmanager
def database_counters(mongodb_url: str) -> Iterator[DatabaseCounters]:
    """The counters of the mongod at ``mongodb_url``."""
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        yield DatabaseCounters(client)


class DatabaseCounters:
    """How much the database was asked to do since it started."""

    def __init__(self, client: MongoClient[dict[str, Any]]) -> None:
        self._client = client

    def read(self) -> tuple[int, int]:
        """Queries so far, and rows that were returned so far."""
        status = self._client.admin.command("serverStatus")
        return status["opcounters"]["query"], status["metrics"]["document"]["returned"]
