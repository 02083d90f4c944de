"""``make dev``'s command, once for all tests of this folder, and real browsers."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from gateway.dev.children import child
from tests.support.chromium import running_chromium
from tests.support.dashboard import DevGateway

ROOT = Path(__file__).resolve().parents[2]
DEV = (sys.executable, "-m", "gateway", "dev")
START_SECONDS = 240
"""Other tests take the processors, too."""


def free_neighbours() -> int:
    """Return the first of three free ports in a row, below the kernel's ephemeral ports."""
    while True:
        port = random.randrange(15_000, 30_000, 3)
        with contextlib.suppress(OSError), contextlib.ExitStack() as sockets:
            for number in range(port, port + 3):
                sockets.enter_context(socket.socket()).bind(("127.0.0.1", number))
            return port


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevGateway]:
    with running_dev(tmp_path_factory.mktemp("dev")) as gateway:
        yield gateway


@contextlib.contextmanager
def running_dev(
    folder: Path, command: Sequence[str] = DEV, *, clone: Path | None = None, **more: str
) -> Iterator[DevGateway]:
    """``make dev``'s command with ``more`` variables, until the context ends.

    It runs in ``clone``; without one in an empty folder, since it must need no file of the project.
    """
    log = folder / "output.log"
    port = free_neighbours()
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GATEWAY_", "OAUTH_", "PLATFORM_"))
    }
    env |= {
        "GATEWAY_PORT": str(port),
        "GATEWAY_DATA_DIR": str(clone / ".gateway-dev" if clone else folder / "data"),
        "PYTHONPATH": str(clone or ROOT),
        **more,
    }
    with child(command, env=env, log=log, cwd=clone or folder) as process:
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)  # the other process sends no event to wait for
        yield DevGateway(f"http://localhost:{port}", Path(env["GATEWAY_DATA_DIR"]), log)


# Per module: Playwright's synchronous API keeps an event loop running in this thread, and no
# asynchronous test of another folder could run meanwhile.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def profile(chromium: Browser, dev: DevGateway) -> Iterator[BrowserContext]:
    """A new browser profile; its pages must log no error and break no content policy."""
    context = chromium.new_context(base_url=dev.url)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium logs the answer to a form with mistakes, too.
        if message.type == "error" and "status of 422" not in message.text:
            complaints.append(message.text)

    context.on("console", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []
