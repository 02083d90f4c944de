"""A reader in its own process, and what it took of the machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
_SMALL = """
import json, resource, subprocess, sys
subprocess.call([sys.executable, "-m", sys.argv[1]])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""Starts the reader from a small process: the system counts its parent's memory, too."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reader wrote, empty if it was killed; seconds of the processor, and MiB."""

    answer: bytes
    seconds: float
    mib: float


def read_apart(module: str, question: Mapping[str, Any], document: bytes) -> Measured:
    """Ask the reader ``module`` about a document."""
    done = subprocess.run(
        [sys.executable, "-c", _SMALL, module],
        cwd=ROOT,
        env={},
        input=json.dumps(question).encode() + b"\n" + document,
        capture_output=True,
        check=True,
    )
    # Last, after what the reader itself may have to say.
    seconds, mib = json.loads(done.stderr[done.stderr.rindex(b"[") :])
    return Measured(done.stdout, seconds, mib)
