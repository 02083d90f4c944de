"""``python -m tests.proxy.proxied_process``: another gateway in front of a test's provider.

It reads one line of JSON (database, encryption keys and provider), prints the port where it
answers, and goes on until it is killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from gateway.observe.logs import configure_logs
from tests.support.gateway import KEYS
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy, proxying


async def main(told: dict[str, str]) -> None:
    """Serve until the end of the process."""
    provider = StrictProvider(port=int(told["port"]), ca=told["ca"])
    async with proxying(
        told["mongodb_url"],
        told["database"],
        Path(told["folder"]),
        provider,
        encryption_keys=told["keys"],
    ) as proxy:
        print(proxy.port, flush=True)
        await asyncio.Event().wait()


@contextmanager
def another_process(proxy: Proxy, folder: Path) -> Iterator[tuple[Popen[bytes], str]]:
    """A process on the database of ``proxy``, and its address; killed at the end."""
    settings = proxy.harness.settings
    told = {
        "mongodb_url": settings.mongodb_url.get_secret_value(),
        "database": settings.mongodb_database,
        "folder": str(folder),
        "keys": KEYS,
        "port": str(proxy.provider.port),
        "ca": proxy.provider.ca,
    }
    command = [sys.executable, "-m", "tests.proxy.proxied_process"]
    with Popen(command, stdin=PIPE, stdout=PIPE) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.close()
            yield process, f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


if __name__ == "__main__":
    configure_logs("critical")
    asyncio.run(main(json.loads(sys.stdin.readline())))
