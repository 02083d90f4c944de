"""Remembering what was read from the database, and being no more than a second behind it.

What is remembered carries tags (``gateway.store.fresh.notices``) and is forgotten at once when one of them
is told: by a write of this process, or by the database's change stream, whoever wrote. Where the
stream is silent or does not exist, everything is forgotten a second after it was read
(``gateway.store.fresh.freshness``). The number of entries is bounded; the one that was not used for longest goes.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.store.fresh.freshness import Freshness
from gateway.store.fresh.notices import EVERYTHING, Notices, Tag

MOST = 10_000
"""Entries of one cache, and changes that it recalls while something is being read."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of rows that has begun: ``at`` this moment, after ``told`` changes."""

    at: float
    told: int


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    read_at: float
    tags: tuple[Tag, ...]


class Cache(Generic[K, V]):
    """Values by key, each made from rows that its tags name. What is not there is never remembered."""

    def __init__(self, freshness: Freshness, notices: Notices, most: int = MOST) -> None:
        self._freshness = freshness
        self._most = most
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._keys: defaultdict[Tag, set[K]] = defaultdict(set)
        self._told = 0
        self._recent: OrderedDict[Tag, int] = OrderedDict()
        self._horizon = 0
        """Changes up to this one may be missing in ``_recent``."""
        notices.listen(self._forget)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """What is remembered, if it is still good."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not self._freshness.vouches_for(entry.read_at):
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    def reading(self) -> Reading:
        """To be called before rows are read, and handed to ``put`` with what they became."""
        return Reading(at=self._freshness.now(), told=self._told)

    def put(self, reading: Reading, key: K, value: V, *tags: Tag) -> None:
        """Remember ``value``, unless one of ``tags`` was told of since ``reading`` began."""
        if reading.told < self._horizon:
            return  # too much has changed since to know
        if any(self._recent.get(tag, 0) > reading.told for tag in tags):
            return
        self._remove(key)
        self._entries[key] = _Entry(value, reading.at, tags)
        for tag in tags:
            self._keys[tag].add(key)
        if len(self._entries) > self._most:
            self._remove(next(iter(self._entries)))

    def _forget(self, tags: tuple[Tag, ...]) -> None:
        for tag in tags:
            self._told += 1
            if tag == EVERYTHING:
                self._entries.clear()
                self._keys.clear()
                self._recent.clear()
                self._horizon = self._told
                continue
            for key in tuple(self._keys.get(tag, ())):
                self._remove(key)
            self._recent[tag] = self._told
            self._recent.move_to_end(tag)
            if len(self._recent) > self._most:
                _, self._horizon = self._recent.popitem(last=False)

    def _remove(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        for tag in entry.tags:
            self._keys[tag].discard(key)
            if not self._keys[tag]:
                del self._keys[tag]
