"""The provider's ``Retry-After``, honoured by connection in all processes.

A process learns of another's pause by the database's change stream, so a call costs no query.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from gateway.clock import Clock
from gateway.engine.refusal import retry_after
from gateway.engine.request import OutboundResponse
from gateway.errors import CoolingDown, StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.proxy.headers import Header
from gateway.store.connection import Connection
from gateway.store.cool_downs import CoolDownStore, cool_down_tag
from gateway.store.fresh.cache import Cache

_log = get_logger()

LONGEST_SECONDS = 15 * 60
"""The longest pause: a provider's mistake must not end a connection."""
STATUSES = frozenset({429, 503})
_NONE = datetime.min.replace(tzinfo=UTC)

CoolDownCache = Cache[tuple[str, str], datetime]
"""The end of the pause of a tenant's connection."""


class CoolDowns:
    """Notes pauses, and refuses calls within them."""

    def __init__(self, store: CoolDownStore, cache: CoolDownCache, clock: Clock) -> None:
        self._store = store
        self._cache = cache
        self._clock = clock

    async def check(self, connection: Connection) -> None:
        """Raise ``CoolingDown`` while the connection pauses. Without a database, nothing does."""
        place = (connection.tenant, connection.id)
        until = self._cache.get(place)
        if until is None:
            reading = self._cache.reading()
            try:
                until = await self._store.read(*place) or _NONE
            except StoreUnavailable:
                return
            self._cache.put(reading, place, until, cool_down_tag(*place))
        if until is not _NONE and (left := (until - self._clock()).total_seconds()) > 0:
            raise CoolingDown(math.ceil(left))

    async def note(self, connection: Connection, status: int, headers: list[Header]) -> None:
        """Begin the pause that an answer asks for, if it does."""
        if status not in STATUSES:
            return
        named = {name.decode().lower(): value.decode("latin-1") for name, value in headers}
        now = self._clock()
        seconds = retry_after(OutboundResponse(status=status, headers=named, content=b""), now)
        if not seconds:
            return
        until = now + timedelta(seconds=min(seconds, LONGEST_SECONDS))
        try:
            await self._store.write(connection.tenant, connection.id, until)
        except StoreUnavailable:
            _log.warning("cool_down_not_stored", connection=connection.id)
