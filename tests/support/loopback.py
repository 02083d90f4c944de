"""Plain HTTP to the processes that tests start.

A client of httpx reads all certificate authorities of the Internet when it is made, which takes 20 ms. Here
nothing is asked by TLS, so none are read; and no connection is kept, as processes come and go.
"""

from __future__ import annotations

import ssl

import httpx

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What to give a client as ``verify``: it trusts nobody."""

LOOPBACK = httpx.Client(
    verify=NO_TLS, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
)
"""For single questions, from any thread."""
