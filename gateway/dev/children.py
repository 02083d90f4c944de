"""Child processes that do not outlive their parent."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

STOP_SECONDS = 25
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@contextmanager
def child(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    cwd: Path | None = None,
    output: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` until the context ends; then stop it.

    Its output is appended to ``log``, or goes to ``output``, a file descriptor.

    The child runs in a new session, so that Ctrl-C reaches the parent alone, which stops its
    children in order. On Linux the child is also terminated when the parent dies.
    """
    file: IO[bytes] | None = log.open("ab") if log else None
    printed = file or output
    process = subprocess.Popen(
        command,
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=None if printed is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        stop(process)
        if file is not None:
            file.close()


def stop(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """End a process: SIGTERM, then SIGKILL after ``seconds``."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
