"""A real Prometheus: its checker ``promtool``, and a server that scrapes a gateway.

``REQUIRE_PROMTOOL=1`` fails the tests where they are missing, instead of skipping them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.dev.children import child
from gateway.server.run import free_port
from tests.support.loopback import LOOPBACK
from tests.support.sandbox import await_answer

PROMTOOL, SERVER = shutil.which("promtool"), shutil.which("prometheus")

needs_prometheus = pytest.mark.skipif(
    (PROMTOOL is None or SERVER is None) and not os.environ.get("REQUIRE_PROMTOOL"),
    reason="no promtool and prometheus on PATH: install them to try the alerts",
)


def promtool(*arguments: str | Path) -> tuple[int, str]:
    """Run ``promtool``: its exit code, and what it printed."""
    assert PROMTOOL is not None, "promtool is not on PATH"
    done = subprocess.run(
        [PROMTOOL, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus at ``url``."""

    url: str

    def get(self, path: str, **query: str) -> Any:
        """The ``data`` of an answer of its API. An error or a warning fails the test."""
        answer = LOOPBACK.get(f"{self.url}/api/v1/{path}", params=query).json()
        assert answer["status"] == "success", answer
        assert not answer.get("warnings"), answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now."""
        found: list[dict[str, Any]] = self.get("query", query=expression)["result"]
        return found


@contextmanager
def running_prometheus(folder: Path, *, target: str, rules: Path) -> Iterator[Prometheus]:
    """A Prometheus that scrapes ``/metrics`` of ``target`` each second, and evaluates ``rules``."""
    assert SERVER is not None, "prometheus is not on PATH"
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "gateway", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    command = [
        SERVER,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    log = folder / "prometheus.log"
    with child(command, log=log, cwd=folder) as process:
        await_answer(f"http://{address}/-/ready", process, log)
        yield Prometheus(f"http://{address}")
