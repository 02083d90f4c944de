"""Plain HTTP to the processes that tests start.

Making a client of httpx reads all certificate authorities of the Internet, which takes 20 ms. These
clients read none. They wait long for an answer, since a busy machine must not fail a test.
"""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from tests.support.waiting import PATIENCE_SECONDS

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For a client's ``verify``: trusts no certificate."""

LOOPBACK = httpx.Client(
    verify=NO_TLS,
    trust_env=False,
    timeout=PATIENCE_SECONDS,
    limits=httpx.Limits(max_keepalive_connections=0),  # processes come and go
)
"""For single questions, from any thread."""


def loopback_client(**options: Any) -> httpx.AsyncClient:
    """A client for plain HTTP on this machine, with more ``options`` of httpx."""
    defaults: dict[str, Any] = {"verify": NO_TLS, "trust_env": False, "timeout": PATIENCE_SECONDS}
    return httpx.AsyncClient(**defaults | options)
