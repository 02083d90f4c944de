"""Rate limits: names, default rates, and the notation of a rate (``600/m``).

Every limit is a token bucket: a full one holds ``most`` permits, each call takes one, and it
refills evenly, ``most`` in ``seconds``. So a burst passes, and sustained traffic is held to the
rate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class LimitName(StrEnum):
    """The limits; docs/operations.md says by which subject each one counts."""

    KEY_FAILURES = "key_failures"
    SIGN_INS = "sign_ins"
    SESSION_REQUESTS = "session_requests"
    SESSION_STARTS = "session_starts"
    USER_STARTS = "user_starts"
    REFRESHES = "refreshes"
    API_CALLS = "api_calls"
    TOKEN_READS = "token_reads"
    PROXY_CALLS = "proxy_calls"
    OAUTH_REQUESTS = "oauth_requests"
    CLIENT_REGISTRATIONS = "client_registrations"


@dataclass(frozen=True, slots=True)
class Rate:
    """A burst of ``most`` permits, refilled within ``seconds``."""

    most: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.most}/{_LETTERS[self.seconds]}"


LimitRates = Mapping[LimitName, Rate | None]
"""The rate of each limit; ``None`` means unlimited."""

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LETTERS = {seconds: letter for letter, seconds in _SECONDS.items()}
_RATE = re.compile(r"([1-9][0-9]{0,8})/([smh])")

DEFAULT_RATES: LimitRates = MappingProxyType(
    {
        LimitName.KEY_FAILURES: Rate(60, 60),
        LimitName.SIGN_INS: Rate(120, 60),
        LimitName.SESSION_REQUESTS: Rate(600, 60),
        LimitName.SESSION_STARTS: Rate(30, 60),
        LimitName.USER_STARTS: Rate(60, 60),
        LimitName.REFRESHES: Rate(1200, 60),
        LimitName.API_CALLS: Rate(1200, 60),
        # The gateway's main purpose: only its operators know how many are too many.
        LimitName.TOKEN_READS: None,
        LimitName.PROXY_CALLS: None,
        LimitName.OAUTH_REQUESTS: Rate(600, 60),
        LimitName.CLIENT_REGISTRATIONS: Rate(60, 3600),
    }
)


def read_limit_rates(text: str) -> LimitRates:
    """Return the default rates, changed by ``name=600/m,name=off``, or raise ``ValueError``."""
    rates = dict(DEFAULT_RATES)
    seen: set[LimitName] = set()
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (part.strip() for part in item.partition("="))
        match = _RATE.fullmatch(value)
        if name not in set(LimitName):
            raise ValueError(f"there is no limit of that name; there are {', '.join(LimitName)}")
        if match is None and value != "off":
            raise ValueError(f'{name} must be "off" or a rate such as 600/m (s, m or h)')
        limited = LimitName(name)
        if limited in seen:
            raise ValueError(f"{name} is set twice")
        seen.add(limited)
        rates[limited] = None if match is None else Rate(int(match[1]), _SECONDS[match[2]])
    return MappingProxyType(rates)
