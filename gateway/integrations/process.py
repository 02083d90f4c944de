"""Reads what strangers wrote in a process of its own, with limits of time and memory.

The reader is a module that is run: it takes a line of JSON and then the document from standard
input, and writes one JSON value to standard output.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import gateway
from gateway.errors import IntegrationRefused
from gateway.integrations.fair_share import FairShare

_ROOT = Path(gateway.__file__).parents[1]
_READERS = FairShare(3)
"""Readers of this process that run at the same time: each may take its memory.

A tenant has two of them at most."""
_tenant: ContextVar[str] = ContextVar("reads_for_tenant", default="")


@contextmanager
def reading_for(tenant: str) -> Iterator[None]:
    """Say whose documents are read in this context: tenants share the readers fairly."""
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


async def ask(
    module: str, question: Mapping[str, Any], document: bytes, *, deadline: float
) -> dict[str, Any]:
    """Return what the reader ``module`` answers about a document.

    The process gets no environment, so none of the gateway's secrets, and the question not on its
    command line, which others see. It is killed after ``deadline`` seconds.

    Raises ``IntegrationRefused`` with what the reader refuses, or ``document_too_heavy``.
    """
    given = json.dumps(question).encode() + b"\n" + document
    async with _READERS.slot(_tenant.get()):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            cwd=_ROOT,
            env={},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(deadline):
                answer, _ = await process.communicate(given)
        except TimeoutError:
            answer = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    try:
        said: dict[str, Any] = json.loads(answer)
    except ValueError:
        # Killed at a limit, by us or by the system.
        raise IntegrationRefused(
            "document_too_heavy",
            "to read the document takes more time or memory than a document may",
        ) from None
    if "refused" in said:
        raise IntegrationRefused(said["refused"]["code"], said["refused"]["reason"])
    return said


def confine(*, seconds: int, memory: int) -> None:
    """Give up what a reader does not need: time, memory in bytes, files, sockets, processes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(what, (0, 0))
