"""Rate limits that hold for all processes together (security F6, L1).

The buckets are in MongoDB. Rare calls take their permits there one by one. For frequent calls, a
process takes a share of 5 % of a bucket for some seconds and spends it in memory, so most calls
cost a look-up in a dictionary; the rest of an expired share is lost. Such a limit is therefore
exact to one share for each process. A process remembers an empty bucket until it refills: refused
calls cost no database request.

While the database is away, calls pass if too many of them do little harm. If the limit guards
against guessing or flooding, they end as ``StoreUnavailable``, never as 429.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.clock import Clock
from gateway.errors import RateLimited, StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.settings.limits import LimitName, LimitRates, Rate
from gateway.store.limits import LimitStore

_log = get_logger()

SHARED = frozenset(
    {LimitName.SESSION_REQUESTS, LimitName.API_CALLS, LimitName.TOKEN_READS, LimitName.PROXY_CALLS}
)
"""Frequent calls: permits are taken in shares."""
OPEN = SHARED | {LimitName.KEY_FAILURES, LimitName.REFRESHES}
"""Limits whose calls pass while the database is away: a flood of them does little harm then."""

SHARE_OF = 20  # of a bucket, at a time
SHARE_LIFETIME = timedelta(seconds=5)
UNCHECKED = timedelta(seconds=5)
PATIENCE = 1.0
"""Seconds that a call of an ``OPEN`` limit waits for the database."""
_REMEMBERED = 10_000
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Share:
    """This process's view of a bucket.

    It has ``permits`` until ``until``; or the bucket is empty until ``empty_until``; or the
    database is away and all calls pass until ``unchecked_until``.
    """

    permits: int = 0
    until: datetime = LONG_AGO
    empty_until: datetime = LONG_AGO
    unchecked_until: datetime = LONG_AGO
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Limits:
    """Permits for one process. A subject is an address, a service key or a user."""

    def __init__(
        self, store: LimitStore, rates: LimitRates, clock: Clock, metrics: Metrics
    ) -> None:
        self._store = store
        self._rates = rates
        self._clock = clock
        self._metrics = metrics
        self._shares: OrderedDict[tuple[LimitName, str], _Share] = OrderedDict()

    def check(self, limited: LimitName, subject: str) -> None:
        """Raise ``RateLimited`` if this process knows that the bucket is empty. Takes nothing."""
        share = self._shares.get((limited, subject))
        if share is not None:
            self._refuse_while_empty(limited, share, self._clock())

    async def spend(self, limited: LimitName, subject: str) -> None:
        """Take a permit, or raise ``RateLimited`` if the bucket is empty.

        Raises ``StoreUnavailable`` if the database does not answer and the limit is not ``OPEN``.
        """
        rate = self._rates[limited]
        if rate is None:
            return
        share = self._share(limited, subject)
        if self._spent_of(limited, share):
            return
        if limited not in SHARED:
            await self._take(limited, subject, rate, share, 1)
            return
        async with share.taking:  # one call takes the share for all that wait
            if not self._spent_of(limited, share):
                await self._take(limited, subject, rate, share, max(1, rate.most // SHARE_OF))

    def spend_from_memory(self, limited: LimitName, subject: str) -> bool:
        """Take a permit from memory; if ``False``, call ``spend``, which may refuse."""
        if self._rates[limited] is None:
            return True
        share = self._shares.get((limited, subject))
        if share is None:
            return False
        now = self._clock()
        return now >= share.empty_until and self._in_hand(share, now)

    def _spent_of(self, limited: LimitName, share: _Share) -> bool:
        """Return whether a permit is in memory; raises ``RateLimited`` if the bucket is empty."""
        now = self._clock()
        self._refuse_while_empty(limited, share, now)
        return self._in_hand(share, now)

    @staticmethod
    def _in_hand(share: _Share, now: datetime) -> bool:
        if now < share.unchecked_until:
            return True
        if share.permits == 0 or now >= share.until:
            return False
        share.permits -= 1
        return True

    def _refuse_while_empty(self, limited: LimitName, share: _Share, now: datetime) -> None:
        if now < share.empty_until:
            raise self._refusal(limited, share.empty_until - now)

    async def _take(
        self, limited: LimitName, subject: str, rate: Rate, share: _Share, permits: int
    ) -> None:
        now = self._clock()
        try:
            async with asyncio.timeout(PATIENCE if limited in OPEN else None):
                taken = await self._store.take(
                    limited, subject, permits=permits, most=rate.most, seconds=rate.seconds, now=now
                )
        except (StoreUnavailable, TimeoutError):
            if limited not in OPEN:
                raise
            # Do not ask again for a while: each call would wait.
            _log.warning("limit_not_checked", limit=limited.value)
            share.unchecked_until = now + UNCHECKED
            return
        if taken.permits == 0:
            wait = timedelta(seconds=taken.wait)
            share.permits, share.empty_until = 0, now + wait
            raise self._refusal(limited, wait)
        # Without shares, concurrent calls each took their own permit.
        if limited in SHARED:
            share.permits, share.until = taken.permits - 1, now + SHARE_LIFETIME

    def _refusal(self, limited: LimitName, wait: timedelta) -> RateLimited:
        self._metrics.rate_limited(limited)
        return RateLimited(limited.value, wait.total_seconds())

    def _share(self, limited: LimitName, subject: str) -> _Share:
        key = (limited, subject)
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = _Share()
            if len(self._shares) > _REMEMBERED:
                self._shares.popitem(last=False)
        else:
            self._shares.move_to_end(key)
        return share
