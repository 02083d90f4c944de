"""Programs of Node that tests drive, as ``tests/mcp/package-lock.json`` pins them.

The first use installs them with ``npm ci``, which checks each package's hash, beside the lock.
``REQUIRE_NODE=1`` fails the tests where there is no npm, instead of skipping them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "mcp"
_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
SECONDS = 300
"""The deadline of an installation, and of a run of the conformance suite."""


def npm() -> str:
    """The program; skips the test if there is none."""
    found = shutil.which("npm")
    if found is None or platform.system() != "Linux":
        if os.environ.get("REQUIRE_NODE"):
            pytest.fail("npm is not installed, and REQUIRE_NODE is set")
        pytest.skip("npm is not installed (REQUIRE_NODE=1 makes this a failure)")
    return found


def node_modules() -> Path:
    """The folder of the installed packages; skips the test if they cannot be installed."""
    lock = FOLDER / "package-lock.json"
    installed, wanted = FOLDER / "node_modules", hashlib.sha256(lock.read_bytes()).hexdigest()
    mark, program = installed / ".installed", npm()
    with (FOLDER / ".npm.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            subprocess.run([program, "ci", *quiet], cwd=FOLDER, check=True, timeout=SECONDS)
            mark.write_text(wanted)
    return installed


def node() -> Path:
    """Node 22, whatever the system has."""
    machine = _MACHINES[platform.machine()]
    return node_modules() / f"node-linux-{machine}" / "bin" / "node"
