"""``python -m gateway``, run as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]


def run_gateway(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal, and return it with its output.

    ``cwd`` may be a copy of the source tree: its ``connectors`` come before the real ones.
    """
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def create_key(*roles: str, env: Mapping[str, str], cwd: Path = ROOT) -> str:
    """Create a service key with these roles, as an operator does."""
    options = [argument for role in roles for argument in ("--role", role)]
    done = run_gateway("keys", "create", *options, cwd=cwd, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
