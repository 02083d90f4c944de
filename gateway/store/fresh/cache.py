"""A cache of database rows that is at most one second stale.

Each entry has tags (``gateway.store.fresh.notices``). It is dropped as soon as one of them is
announced, by a write of this process or by the database's change stream. If the stream is silent or
missing, an entry expires one second after it was read (``gateway.store.fresh.freshness``). The
number of entries is bounded; the least recently used one is dropped first.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.store.fresh.freshness import Freshness
from gateway.store.fresh.notices import EVERYTHING, Notices, Tag

MOST = 10_000
"""The most entries of one cache, and the most changes that it remembers during a reading."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of rows that began at ``at``, after ``told`` changes."""

    at: float
    told: int


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    read_at: float
    tags: tuple[Tag, ...]


class Cache(Generic[K, V]):
    """Values by key, each made from the rows that its tags name. Missing rows are not cached."""

    def __init__(self, freshness: Freshness, notices: Notices, most: int = MOST) -> None:
        self._freshness = freshness
        self._most = most
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._keys: defaultdict[Tag, set[K]] = defaultdict(set)
        self._told = 0
        self._recent: OrderedDict[Tag, int] = OrderedDict()
        self._horizon = 0
        """Changes up to this number may be missing in ``_recent``."""
        notices.listen(self._forget)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """Return the cached value, if it is still valid."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not self._freshness.vouches_for(entry.read_at):
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    def reading(self) -> Reading:
        """Begin a reading: call it before reading rows, and pass the result to ``put``."""
        return Reading(at=self._freshness.now(), told=self._told)

    def put(self, reading: Reading, key: K, value: V, *tags: Tag) -> None:
        """Cache ``value``, unless one of ``tags`` was announced since ``reading`` began."""
        if reading.told < self._horizon:
            return  # too many changes since: some are forgotten
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
