"""The signing keys of the operator's own authorization server, read from its JWKS URL.

They come through ``gateway.outbound.client`` with its guards. They are read again after an hour,
and when a token names a key that is not among them, at most once a minute: servers rotate keys.
After a failure the process waits some seconds. It goes on with its keys for a day, so that an
outage of that server does not stop the gateway.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from joserfc.jwk import KeySet

from gateway.access.login.id_token import read_signing_keys
from gateway.engine.request import OutboundRequest
from gateway.engine.strict_json import read_object
from gateway.errors import IssuerUnavailable, LoginUnreadable, ProviderError
from gateway.observe.logs import get_logger
from gateway.outbound.client import Outbound

_log = get_logger()

BULKHEAD = "mcp_issuer"
"""The authorization server's name in the bulkhead; no connector can have it."""
KEEP_SECONDS = 3600.0
"""The age at which keys are read again."""
LONGEST_SECONDS = 24 * 3600.0
"""The age until which keys are used while they cannot be read again."""
PAUSE_SECONDS = 5.0
"""The pause after a failure."""
ROTATION_SECONDS = 60.0
"""The pause between two readings that unknown key ids cause."""


class IssuerKeys:
    """The keys at ``url``, as one process knows them."""

    def __init__(
        self, outbound: Outbound, url: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbound = outbound
        self._url = url
        self._now = now
        self._reading = asyncio.Lock()
        self._known: KeySet | None = None
        self._read_at = self._rotated_at = self._paused_until = float("-inf")

    async def keys(self) -> KeySet:
        """Return the keys; raise ``IssuerUnavailable`` if they cannot be read."""
        if self._age() >= KEEP_SECONDS:
            async with self._reading:
                if self._age() >= KEEP_SECONDS:
                    await self._read_or_keep()
        if self._known is None:
            raise IssuerUnavailable
        return self._known

    async def newer_keys(self) -> KeySet | None:
        """Read the keys again; ``None`` if that was done a moment ago, or does not work."""
        async with self._reading:
            if self._now() - self._rotated_at < ROTATION_SECONDS:
                return None
            self._rotated_at = self._now()
            return self._known if await self._read() else None

    def _age(self) -> float:
        return self._now() - self._read_at

    async def _read_or_keep(self) -> None:
        if not await self._read() and self._age() >= LONGEST_SECONDS:
            self._known = None

    async def _read(self) -> bool:
        """Read the keys; return whether that worked."""
        if self._now() < self._paused_until:
            return False
        request = OutboundRequest(
            method="GET", url=self._url, headers={"Accept": "application/json"}
        )
        try:
            answer = await self._outbound.send(request, connector=BULKHEAD, endpoint="api")
            if answer.status != 200:
                raise LoginUnreadable(f"it answered {answer.status}")
            self._known = read_signing_keys(read_object(answer.content))
        except (ProviderError, LoginUnreadable) as error:
            _log.warning("issuer_keys_unread", reason=str(error))
            self._paused_until = self._now() + PAUSE_SECONDS
            return False
        self._read_at = self._now()
        return True
