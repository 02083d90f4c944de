"""A gateway process with a way to sign in, and the host of a hand-off."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from gateway.dev.children import child
from gateway.encryption.vault import new_encryption_key
from tests.support.sandbox import await_answer
from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running_gateway_process(
    folder: Path, port: int, env: dict[str, str], mongodb_url: str, database: str
) -> Iterator[dict[str, str]]:
    """``python -m gateway serve`` with ``env``; yields the variables of further processes."""
    full = os.environ | {
        "GATEWAY_MODE": "dev",
        "GATEWAY_SANDBOX": "off",
        "GATEWAY_PORT": str(port),
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database,
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
        "PYTHONPATH": str(ROOT),
    }
    full |= env
    log = folder / "gateway.log"
    command = [sys.executable, "-m", "gateway", "serve"]
    with child(command, env=full, log=log, cwd=folder) as process:
        await_answer(f"http://localhost:{port}/readyz", process, log)
        yield full


def example_host() -> str:
    """The host of docs/logins.md, as its reader copies it."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/logins.md").read_text(), re.DOTALL)
    return str(next(block for block in blocks if "gateway_login" in block))


@contextmanager
def running_host(folder: Path, port: int, gateway_url: str, key: str) -> Iterator[None]:
    """The host of docs/logins.md, listening."""
    (folder / "host.py").write_text(example_host())
    log = folder / "host.log"
    command = [sys.executable, "-m", "uvicorn", "host:app", "--port", str(port)]
    env = {
        "PATH": os.environ["PATH"],
        "GATEWAY_URL": gateway_url,
        "GATEWAY_API_KEY": key,
        "NO_PROXY": "*",
    }
    with child(command, env=env, log=log, cwd=folder) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Uvicorn running on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)  # another process is starting: there is no event to wait on
        yield


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page of ``context``, and the breaches of a content policy that its pages complain about."""
    complaints: list[str] = []
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security" in message.text else None
        ),
    )
    return context.new_page(), complaints
