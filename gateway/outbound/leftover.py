"""Bytes that a server sent after the end of its answer.

The HTTP library keeps them with the connection, and the next request on it, maybe another person's,
would take them for its answer. Such a connection is not used again.
"""

from __future__ import annotations

from typing import Any

import httpx


def drop_leftover(response: httpx.Response) -> None:
    """Have the connection of a read answer closed if more bytes came. Call it before closing."""
    # h11 and httpcore have no public way to ask. tests/outbound/test_leftover.py notices a change.
    stream: Any = response.stream
    while stream is not None and not hasattr(stream, "_connection"):
        stream = getattr(stream, "_stream", None) or getattr(stream, "_httpcore_stream", None)
    if stream is not None and stream._connection._h11_state.trailing_data[0]:
        stream._connection._h11_state.send_failed()  # a connection with a failure is not kept
