"""How often what may be done: names, defaults, and how a rate is written (``600/m``).

Every limit is a bucket: it holds ``most`` permits when it is full, each call takes one, and it fills
again evenly, ``most`` in ``seconds``. So a burst passes, and what goes on for long is held to the rate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class LimitName(StrEnum):
    """What is limited; docs/operations.md says whom each is counted for."""

    KEY_FAILURES = "key_failures"
    SIGN_INS = "sign_ins"
    SESSION_REQUESTS = "session_requests"
    SESSION_STARTS = "session_starts"
    USER_STARTS = "user_starts"
    REFRESHES = "refreshes"
    API_CALLS = "api_calls"
    TOKEN_READS = "token_reads"


@dataclass(frozen=True, slots=True)
class Rate:
    """``most`` permits at once, and as many again in each ``seconds``."""

    most: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.most}/{_LETTERS[self.seconds]}"


LimitRates = Mapping[LimitName, Rate | None]
"""``None`` where something is not limited."""

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LETTERS = {seconds: letter for letter, seconds in _SECONDS.items()}
_RATE = re.compile(r"([1-9][0-9]{0,8})/([smh])")

DEFAULTS: LimitRates = MappingProxyType(
    {
        LimitName.KEY_FAILURES: Rate(60, 60),
        LimitName.SIGN_INS: Rate(120, 60),
        LimitName.SESSION_REQUESTS: Rate(600, 60),
        LimitName.SESSION_STARTS: Rate(30, 60),
        LimitName.USER_STARTS: Rate(60, 60),
        LimitName.REFRESHES: Rate(1200, 60),
        LimitName.API_CALLS: Rate(1200, 60),
        # What the gateway is there for: how many of them are too many, only its operators know.
        LimitName.TOKEN_READS: None,
    }
)


def read_rates(text: str) -> LimitRates:
    """The defaults, changed by ``name=600/m,name=off``; raises ``ValueError``, which says what is wrong."""
    rates = dict(DEFAULTS)
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
            raise ValueError(f"{name} is there twice")
        seen.add(limited)
        rates[limited] = None if match is None else Rate(int(match[1]), _SECONDS[match[2]])
    return MappingProxyType(rates)
