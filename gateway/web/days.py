"""What pages about the past share: entries by day, and codes and ids in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol, TypeVar

from gateway.store.owners import ORG, PLATFORM

LENT = {ORG: "your organisation's account", PLATFORM: "the platform's account"}
"""Accounts that are nobody's own, by their owner."""

PROBLEMS = {
    "approval_required": "it needs your approval first",
    "budget_spent": "a budget is used up",
    "connector_off": "your organisation has switched it off",
    "connector_required": "no account is connected",
    "policy_denied": "a policy of your organisation forbids it",
    "provider_refused": "the provider refused it",
    "provider_unavailable": "the provider did not answer",
    "rate_limited": "there were too many requests",
    "reauthorization_required": "the account has to be connected again",
    "rejected": "the provider no longer accepts the access",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Similar things in a row, merged into one; ``at`` is the time of the newest, in UTC.

    ``code`` is what ``title`` says in words, ``facts`` are amounts. ``key`` is the name of the tool
    that acted; without one, ``by`` names the actor. ``user`` is whom it acted for, where a page is
    about several people.
    """

    title: str
    code: str | None = None
    problem: str | None
    connector: str | None
    badge: Mapping[str, Any] | None
    account: str | None
    is_gone: bool
    key: str | None
    by: str = ""
    user: str | None = None
    facts: Sequence[str] = ()
    count: int
    at: str
    iso: str
    request_id: str | None


@dataclass(frozen=True, kw_only=True)
class Day:
    """The entries of one day, in UTC."""

    title: str
    entries: list[Entry]


class _Timed(Protocol):
    @property
    def time(self) -> datetime: ...


Item = TypeVar("Item", bound=_Timed)


def days_of(
    items: Iterable[Item],
    now: datetime,
    *,
    alike: Callable[[Item], object],
    entry: Callable[[Sequence[Item]], Entry],
) -> list[Day]:
    """Return ``items``, newest first, by day; neighbours with the same ``alike`` are one entry."""
    return [
        Day(
            title=day_title(day, now.date()),
            entries=[entry([*group]) for _, group in groupby(each, key=alike)],
        )
        for day, each in groupby(items, key=lambda item: item.time.date())
    ]


def day_title(day: date, today: date) -> str:
    """Return a day in words: ``Today · Monday, 30 November 2026``."""
    recent = {0: "Today", 1: "Yesterday"}.get((today - day).days)
    return f"{recent} · {long_date(day)}" if recent else long_date(day)


def long_date(day: date) -> str:
    """Return a day in words: ``Monday, 30 November 2026``."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def because(code: str) -> str:
    """Return a code in words that follow "because"."""
    return PROBLEMS.get(code, code.replace("_", " "))


def key_name(key: str, label: str | None) -> str:
    """Return what people call a service key: its label, which may hold anything, or its id."""
    return label or f"key {key}"
