"""Runs the reader of documents as a process, and ends it at its limits."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import gateway
from gateway.errors import IntegrationRefused
from gateway.integrations.openapi.limits import limits_for

_ROOT = Path(gateway.__file__).parents[1]
_COMMAND = (sys.executable, "-m", "gateway.integrations.openapi.reader")
_AT_ONCE = asyncio.Semaphore(2)
"""Readers of this process that run at the same time: each may take its memory."""


async def read(mode: str, document: bytes, *, url: str = "", base_url: str = "") -> dict[str, Any]:
    """Return what the reader says of a document. Raises ``IntegrationRefused``.

    The process gets no environment, so none of the gateway's secrets, and the document's address
    not on its command line, which others see.
    """
    limits = limits_for(len(document))
    asked = {"mode": mode, "url": url, "base_url": base_url, "size": len(document)}
    given = json.dumps(asked).encode() + b"\n" + document[: limits.document + 1]
    async with _AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            cwd=_ROOT,
            env={},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(limits.seconds):
                answer, _ = await process.communicate(given)
        except TimeoutError:
            answer = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return _checked(answer)


def _checked(answer: bytes) -> dict[str, Any]:
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
