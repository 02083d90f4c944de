"""How often somebody may: limits that hold for all processes together (security F6, L1).

The buckets are in MongoDB. What is rare takes its permits there one by one. What is frequent takes a
share of 5 % of a bucket for some seconds and spends it in memory, so that most calls cost a look into
a dictionary; what is left of a share when its time is over is lost. So such a limit is exact to a
share for each process. That a bucket is empty is remembered until it is not: noise costs no database.

A database that is away is no reason to refuse anybody. Calls pass where the worst is that too many do;
where the limit guards against guessing or flooding, they end as ``StoreUnavailable``, never as 429.
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

SHARED = frozenset({LimitName.SESSION_REQUESTS, LimitName.API_CALLS, LimitName.TOKEN_READS})
"""Frequent: permits are taken in shares."""
OPEN = SHARED | {LimitName.KEY_FAILURES, LimitName.REFRESHES}
"""Calls pass while the database is away: what they are for says itself whether it works without."""

SHARE_OF = 20  # of a bucket, at a time
SHARE_LIFETIME = timedelta(seconds=5)
UNJUDGED = timedelta(seconds=5)
PATIENCE = 1.0
"""Seconds that a call waits for a limit that it passes without if need be."""
_REMEMBERED = 10_000
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Share:
    """What this process knows of a bucket.

    It has ``permits`` of its own until ``until``, or there are none until ``empty_until``, or nobody can
    say and all pass until ``unjudged_until``.
    """

    permits: int = 0
    until: datetime = LONG_AGO
    empty_until: datetime = LONG_AGO
    unjudged_until: datetime = LONG_AGO
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Limits:
    """Permits for one process. A subject is whatever is counted for: an address, a key, a person."""

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
        """Take a permit; raises ``RateLimited`` if there is none, ``StoreUnavailable`` if nobody knows."""
        rate = self._rates[limited]
        if rate is None:
            return
        share = self._share(limited, subject)
        if self._spent_of(limited, share):
            return
        if limited not in SHARED:
            await self._take(limited, subject, rate, share, 1)
            return
        async with share.taking:  # one asks for all who wait
            if not self._spent_of(limited, share):
                await self._take(limited, subject, rate, share, max(1, rate.most // SHARE_OF))

    def spend_at_once(self, limited: LimitName, subject: str) -> bool:
        """Take a permit if this process has one; else ``spend`` is to be asked, which may refuse."""
        if self._rates[limited] is None:
            return True
        share = self._shares.get((limited, subject))
        if share is None:
            return False
        now = self._clock()
        return now >= share.empty_until and self._in_hand(share, now)

    def _spent_of(self, limited: LimitName, share: _Share) -> bool:
        """Whether the call passes by what is known; raises ``RateLimited`` if it is known not to."""
        now = self._clock()
        self._refuse_while_empty(limited, share, now)
        return self._in_hand(share, now)

    @staticmethod
    def _in_hand(share: _Share, now: datetime) -> bool:
        if now < share.unjudged_until:
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
            # Not asked again for a while: each call would wait for it.
            _log.warning("limit_not_judged", limit=limited.value)
            share.unjudged_until = now + UNJUDGED
            return
        if taken.permits == 0:
            wait = timedelta(seconds=taken.wait)
            share.permits, share.empty_until = 0, now + wait
            raise self._refusal(limited, wait)
        # One that was not shared may have been asked for by several at once: each has its own.
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
