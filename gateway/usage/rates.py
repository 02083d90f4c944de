"""Rate limits of rules, for all processes together.

Each call takes a permit from the database. A process that calls often takes several at once, up to
5 % of the limit, and spends them within a second: so frequent calls cost few requests, and permits
that nobody uses are few. While the database is away, calls pass: a rate limit is no budget.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.clock import Clock
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.store.limits import LimitStore, Taken
from gateway.store.usage_rules import Algorithm, RateLimit

_log = get_logger()

SHARE_OF = 20
LIFETIME = timedelta(seconds=1)
UNCHECKED = timedelta(seconds=5)
PATIENCE = 1.0
"""Seconds that a call waits for the database."""
_REMEMBERED = 10_000
_LIMIT = "usage_rule"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Share:
    permits: int = 0
    until: datetime = _LONG_AGO
    size: int = 1
    empty_until: datetime = _LONG_AGO
    unchecked_until: datetime = _LONG_AGO
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rates:
    """The permits of one process."""

    def __init__(self, store: LimitStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._shares: OrderedDict[str, _Share] = OrderedDict()

    async def take(self, key: str, rate: RateLimit) -> timedelta | None:
        """Take a permit; return ``None``, or how long to wait for one."""
        share = self._share(key)
        async with share.taking:
            now = self._clock()
            if now < share.unchecked_until:
                return None
            if now < share.empty_until:
                return share.empty_until - now
            if share.permits == 0 or now >= share.until:
                used_up = share.permits == 0 and now < share.until
                share.size = min(share.size * 2, max(1, rate.most // SHARE_OF)) if used_up else 1
                try:
                    async with asyncio.timeout(PATIENCE):
                        taken = await self._take(key, rate, share.size, now)
                except (StoreUnavailable, TimeoutError):
                    _log.warning("usage_rule_not_checked")
                    share.unchecked_until = now + UNCHECKED
                    return None
                if taken.permits == 0:
                    wait = timedelta(seconds=taken.wait)
                    share.permits, share.empty_until = 0, now + wait
                    return wait
                share.permits = taken.permits
                share.until = now + LIFETIME
                if rate.algorithm is Algorithm.WINDOW:
                    share.until = min(share.until, _window(rate, now)[1])
            share.permits -= 1
            return None

    def give_back(self, key: str) -> None:
        """Return a permit that was taken for a call that another rule refused."""
        share = self._shares.get(key)
        if share is not None and self._clock() < share.until:
            share.permits += 1

    async def wait(self, key: str, rate: RateLimit) -> timedelta | None:
        """Return what ``take`` would, without taking anything."""
        now = self._clock()
        share = self._shares.get(key)
        if share is not None and share.permits > 0 and now < share.until:
            return None
        spent, at = await self._store.spent(_LIMIT, _place(key, rate, now))
        if rate.algorithm is Algorithm.WINDOW:
            return None if spent < rate.most else _window(rate, now)[1] - now
        passed = max(0.0, (now - at).total_seconds()) if at else 0.0
        over = spent - passed * rate.most / rate.seconds + 1 - rate.most
        return None if over <= 0 else timedelta(seconds=over * rate.seconds / rate.most)

    async def _take(self, key: str, rate: RateLimit, permits: int, now: datetime) -> Taken:
        subject, most = _place(key, rate, now), rate.most
        if rate.algorithm is Algorithm.WINDOW:
            until = _window(rate, now)[1]
            return await self._store.take_of_window(
                _LIMIT, subject, permits=permits, most=most, until=until, now=now
            )
        return await self._store.take(
            _LIMIT, subject, permits=permits, most=most, seconds=rate.seconds, now=now
        )

    def _share(self, key: str) -> _Share:
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = _Share()
            if len(self._shares) > _REMEMBERED:
                self._shares.popitem(last=False)
        else:
            self._shares.move_to_end(key)
        return share


def _place(key: str, rate: RateLimit, now: datetime) -> str:
    """Return the subject of the row: a window has a row of its own."""
    if rate.algorithm is Algorithm.WINDOW:
        return f"{key} {rate.seconds} {_window(rate, now)[0].isoformat()}"
    return f"{key} {rate.seconds}"


def _window(rate: RateLimit, now: datetime) -> tuple[datetime, datetime]:
    """Return the begin and the end of the window of ``now``; windows begin at whole multiples."""
    length = timedelta(seconds=rate.seconds)
    since = now - (now - datetime(1970, 1, 1, tzinfo=UTC)) % length
    return since, since + length
