"""A deployment of real processes: two gateways and the sandbox, on free ports of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.dev.children import child
from gateway.encryption.vault import new_encryption_key
from gateway.server.run import free_port
from gateway.settings.environment import Driver
from tests.support.sandbox import SandboxProcess, await_answer


@dataclass(frozen=True)
class GatewayProcess:
    """A running ``python -m gateway serve``. ``log`` is what it printed."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(frozen=True)
class Deployment:
    """Gateways that share one database and one set of keys; browsers meet the first one.

    ``env`` is what another process needs to belong to it.
    """

    gateways: tuple[GatewayProcess, ...]
    sandbox: SandboxProcess
    sandbox_process: subprocess.Popen[bytes]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def public_url(self) -> str:
        """Where browsers go."""
        return self.gateways[0].url

    @contextmanager
    def providers_silent(self) -> Iterator[None]:
        """Every provider takes connections and says nothing, until the context ends."""
        self.sandbox_process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.sandbox_process.send_signal(signal.SIGCONT)


@contextmanager
def running_deployment(
    folder: Path,
    *,
    mongodb_url: str,
    database: str,
    driver: Driver,
    gateways: int = 2,
    env: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """A deployment that answers, for as long as the context lasts. ``env`` goes to all of it."""
    ports = free_ports(gateways + 1)
    urls = [f"http://localhost:{port}" for port in ports]
    common = {
        "GATEWAY_MODE": "dev",
        "GATEWAY_PUBLIC_URL": urls[0],
        "GATEWAY_DATA_DIR": str(folder),
        "GATEWAY_LOG_FORMAT": "json",
        **(env or {}),
    }
    serving = common | {
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database,
        "GATEWAY_MONGODB_DRIVER": str(driver),
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
        "GATEWAY_SANDBOX": urls[-1],
    }
    with ExitStack() as stack:

        def start(name: str, env: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "gateway", *arguments]
            log = folder / f"{name}.log"
            return stack.enter_context(child(command, env=os.environ | env, log=log))

        sandbox = start("sandbox", common, "sandbox", "--port", str(ports[-1]))
        await_answer(f"{urls[-1]}/_sandbox/info", sandbox, folder / "sandbox.log")
        started = [
            GatewayProcess(
                url,
                start(f"gateway-{port}", serving, "serve", "--port", str(port)),
                folder / f"gateway-{port}.log",
            )
            for url, port in zip(urls[:-1], ports[:-1], strict=True)
        ]
        for gateway in started:
            await_answer(f"{gateway.url}/readyz", gateway.process, gateway.log)
        yield Deployment(tuple(started), SandboxProcess(urls[-1], urls[0]), sandbox, serving)


def free_ports(count: int) -> list[int]:
    """Different ports that are free now."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)
