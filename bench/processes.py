"""The processes that are measured: a mongod, the gateway as in production, and the bare route."""

from __future__ import annotations

import os
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
from bench.bare import PATH as BARE_PATH
from bench.seed import CREDENTIALS, PUBLIC_HOST
from gateway.dev.children import child
from gateway.serving import free_port

START_SECONDS = 60
ROOT = Path(gateway.__file__).parent.parent


class NotStarted(Exception):
    """A process did not answer; the message holds the end of its log."""


@contextmanager
def running_gateway(
    folder: Path, mongodb_url: str, encryption_keys: str, driver: str
) -> Iterator[int]:
    """``python -m gateway serve`` in production mode: its port. Raises ``NotStarted``."""
    port = free_port()
    env = {
        "GATEWAY_MODE": "production",
        "GATEWAY_PUBLIC_URL": f"https://{PUBLIC_HOST}",
        "GATEWAY_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DRIVER": driver,
        "GATEWAY_ENCRYPTION_KEYS": encryption_keys,
    } | CREDENTIALS
    with _running("gateway", ["-m", "gateway", "serve"], folder, f"{port}/readyz", env):
        yield port


@contextmanager
def running_bare(folder: Path, size: int) -> Iterator[int]:
    """The bare route, answering with ``size`` bytes: its port. Raises ``NotStarted``."""
    port = free_port()
    command = ["-m", "bench.bare", "--port", str(port), "--size", str(size)]
    with _running("bare", command, folder, f"{port}{BARE_PATH}", {}):
        yield port


@contextmanager
def _running(
    name: str, arguments: list[str], folder: Path, address: str, env: dict[str, str]
) -> Iterator[None]:
    # In a folder of its own, so that no .env.local of the developer's is read.
    log = folder / f"{name}.log"
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | env
    command = [sys.executable, *arguments]
    with child(command, env=environment, log=log, cwd=folder) as process:
        _await_answer(f"http://127.0.0.1:{address}", process, log)
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
        """Queries and updates so far."""
        counters = self._client.admin.command("serverStatus")["opcounters"]
        return int(counters["query"]), int(counters["update"])
