"""The sandbox as a process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from gateway.dev.children import child
from gateway.server.run import free_port
from tests.support.loopback import LOOPBACK
from tests.support.waiting import PATIENCE_SECONDS


@dataclass(eq=False)
class SandboxProcess:
    """A running sandbox, where the redirect URIs of ``gateway_url`` are registered."""

    url: str
    gateway_url: str
    changed: set[str] = field(default_factory=set)
    """The providers whose settings a test has changed."""

    @cached_property
    def info(self) -> dict[str, Any]:
        """Its certificate authority, and the hosts and apps of its providers."""
        found: dict[str, Any] = self._get("/_sandbox/info")
        return found

    def log(self, *, after: int = 0, **wanted: str) -> list[dict[str, Any]]:
        """The lines after number ``after`` whose fields equal ``wanted``, oldest first."""
        lines = self._get("/_sandbox/log")["log"]
        return [
            line
            for line in lines
            if line["number"] > after and all(line.get(k) == v for k, v in wanted.items())
        ]

    def mark(self) -> int:
        """The number of the newest line: ``log(after=mark)`` shows what came since."""
        lines = self._get("/_sandbox/log")["log"]
        return int(lines[-1]["number"]) if lines else 0

    def token_requests(self, provider: str, *, after: int = 0) -> list[dict[str, Any]]:
        """The token requests that a provider saw."""
        return self.log(after=after, provider=provider, endpoint="token")

    def expire(self, provider: str) -> None:
        """Let every access token of a provider expire at the provider, now."""
        self._post("/_sandbox/expire", provider=provider)

    def end(self, provider: str) -> None:
        """End every grant at a provider, as if each person had removed the app there."""
        self._post("/_sandbox/end", provider=provider)

    def token_life(self, provider: str, seconds: int | None) -> None:
        """How long access tokens issued from now on live; ``None``: as at the real provider."""
        text = "" if seconds is None else str(seconds)
        self._set(provider, access_token_seconds=text)

    def fail(self, provider: str, fault: str, count: int = 1) -> None:
        """Let the next ``count`` token requests fail (``gateway.sandbox.faults.FAULTS``)."""
        self._set(provider, fault=fault, count=str(count))

    def condition(self, provider: str, condition: str) -> None:
        """Let a provider be slow or down until it works again (``faults.CONDITIONS``)."""
        self._set(provider, condition=condition)

    def register(self, provider: str, client_id: str, client_secret: str) -> None:
        """Register another app at a provider, or give it another secret."""
        self._post(
            "/_sandbox/apps", provider=provider, client_id=client_id, client_secret=client_secret
        )

    def reset(self) -> None:
        """Tokens live as long as at the real provider, and nothing fails or is slow."""
        for provider in sorted(self.changed):
            self._set(provider, access_token_seconds="", fault="none", condition="works")
        self.changed.clear()

    def _set(self, provider: str, **settings: str) -> None:
        self.changed.add(provider)
        self._post("/_sandbox/settings", provider=provider, **settings)

    def _get(self, path: str) -> Any:
        return LOOPBACK.get(self.url + path).raise_for_status().json()

    def _post(self, path: str, **form: str) -> None:
        answer = LOOPBACK.post(self.url + path, data=form)
        assert answer.status_code == 303, answer.text


@contextmanager
def running_sandbox(folder: Path, gateway_url: str, **env: str) -> Iterator[SandboxProcess]:
    """A sandbox for the gateway at ``gateway_url``, ready to answer."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "sandbox.log"
    variables = {
        "GATEWAY_MODE": "dev",
        "GATEWAY_PUBLIC_URL": gateway_url,
        "GATEWAY_DATA_DIR": str(folder),
    }
    command = [sys.executable, "-m", "gateway", "sandbox", "--port", str(port)]
    with child(command, env=os.environ | variables | env, log=log) as process:
        sandbox = SandboxProcess(f"http://localhost:{port}", gateway_url)
        await_answer(f"{sandbox.url}/_sandbox/info", process, log)
        yield sandbox


def await_answer(url: str, process: Any, log: Path, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``url`` answers 200; fail with the end of the log if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if LOOPBACK.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)  # another process is starting: there is no event to wait on
    raise AssertionError(f"{url} does not answer:\n{log.read_text()[-2000:]}")
