"""The cache: an entry is valid for a second without news, and never after a change."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.store.fresh.cache import Cache
from gateway.store.fresh.freshness import GOOD_SECONDS, Freshness
from gateway.store.fresh.notices import EVERYTHING, Notices, row_tag

TAG = row_tag("rows", "a")
OTHER = row_tag("rows", "b")


class Time:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Parts:
    """A cache with all it listens to."""

    def __init__(self, most: int = 10) -> None:
        self.time = Time()
        self.freshness = Freshness(self.time)
        self.notices = Notices()
        self.cache: Cache[str, Any] = Cache(self.freshness, self.notices, most)


def test_without_a_stream_it_is_good_for_a_second_from_the_reading() -> None:
    parts = Parts()
    reading = parts.cache.reading()
    parts.time.seconds += 0.4
    parts.cache.put(reading, "a", 1, TAG)
    parts.time.seconds += 0.6
    assert parts.cache.get("a") == 1
    parts.time.seconds += 0.001
    assert parts.cache.get("a") is None
    assert len(parts.cache) == 0


def test_with_a_stream_it_is_good_for_as_long_as_the_stream_answers() -> None:
    parts = Parts()
    parts.freshness.begin()
    parts.time.seconds += 0.001
    parts.cache.put(parts.cache.reading(), "a", 1, TAG)
    for _ in range(5):
        parts.time.seconds += GOOD_SECONDS
        parts.freshness.sure_of(parts.time.seconds)
        assert parts.cache.get("a") == 1
    parts.time.seconds += GOOD_SECONDS + 0.001  # it hangs
    assert parts.cache.get("a") is None


def test_stream_does_not_cover_readings_before_it_began() -> None:
    parts = Parts()
    parts.cache.put(parts.cache.reading(), "a", 1, TAG)
    parts.time.seconds += 0.9
    parts.freshness.begin()
    parts.freshness.sure_of(parts.time.seconds)
    assert parts.cache.get("a") == 1
    parts.time.seconds += 0.2
    parts.freshness.sure_of(parts.time.seconds)
    assert parts.cache.get("a") is None


def test_reading_at_the_moment_the_stream_began_is_not_covered_by_it() -> None:
    parts = Parts()
    parts.cache.put(parts.cache.reading(), "a", 1, TAG)
    parts.freshness.begin()
    parts.time.seconds += GOOD_SECONDS + 0.001
    parts.freshness.sure_of(parts.time.seconds)
    assert parts.cache.get("a") is None


def test_announced_change_drops_only_its_entries() -> None:
    parts = Parts()
    parts.cache.put(parts.cache.reading(), "a", 1, TAG)
    parts.cache.put(parts.cache.reading(), "b", 2, OTHER)
    parts.notices.tell(TAG)
    assert (parts.cache.get("a"), parts.cache.get("b")) == (None, 2)
    parts.notices.tell(EVERYTHING)
    assert len(parts.cache) == 0


def test_row_that_changed_during_its_reading_is_not_cached() -> None:
    parts = Parts()
    for told in (TAG, EVERYTHING):
        reading = parts.cache.reading()
        parts.notices.tell(told)
        parts.cache.put(reading, "a", 1, TAG)
        assert parts.cache.get("a") is None
    reading = parts.cache.reading()
    parts.notices.tell(OTHER)
    parts.cache.put(reading, "a", 1, TAG)
    assert parts.cache.get("a") == 1


def test_where_too_much_changed_to_recall_nothing_is_remembered() -> None:
    parts = Parts(most=3)
    reading = parts.cache.reading()
    parts.notices.tell(TAG)
    parts.notices.tell(*(row_tag("rows", str(number)) for number in range(3)))
    parts.cache.put(reading, "a", 1, TAG)
    assert parts.cache.get("a") is None


def test_the_entry_that_was_not_used_for_longest_makes_room() -> None:
    parts = Parts(most=2)
    for key in ("a", "b"):
        parts.cache.put(parts.cache.reading(), key, key, row_tag("rows", key))
    assert parts.cache.get("a") == "a"
    parts.cache.put(parts.cache.reading(), "c", "c", row_tag("rows", "c"))
    assert [parts.cache.get(key) for key in "abc"] == ["a", None, "c"]
    assert len(parts.cache) == 2


def test_a_write_that_fails_is_told_too() -> None:
    """It may have happened all the same."""
    parts = Parts()
    parts.cache.put(parts.cache.reading(), "a", 1, TAG)
    try:
        with parts.notices.telling(TAG):
            raise OSError
    except OSError:
        pass
    assert parts.cache.get("a") is None


ROWS = st.sampled_from("ab")


class CoherenceMachine(RuleBasedStateMachine):
    """Rows as a dictionary, written by this process and others, and a stream that comes and goes.

    In any order of events, a cached value was true a second ago or later.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts = Parts()
        self.versions = dict.fromkeys("ab", 0)
        self.written: dict[tuple[str, int], float] = {}
        self.untold: list[tuple[str, float]] = []
        self.streaming = False
        self.readings: list[tuple[Any, str, int]] = []

    def _write(self, row: str) -> None:
        self.versions[row] += 1
        self.written[row, self.versions[row]] = self.parts.time.seconds
        if self.streaming:
            self.untold.append((row, self.parts.time.seconds))

    @rule(row=ROWS)
    def somebody_else_writes(self, row: str) -> None:
        self._write(row)

    @rule(row=ROWS)
    def this_process_writes(self, row: str) -> None:
        with self.parts.notices.telling(row_tag("rows", row)):
            self._write(row)
        assert self.parts.cache.get(row) is None

    @rule(seconds=st.sampled_from([0.01, 0.3, 0.6, 1.1]))
    def time_passes(self, seconds: float) -> None:
        self.parts.time.seconds += seconds

    @rule(row=ROWS)
    def a_reading_begins(self, row: str) -> None:
        self.readings.append((self.parts.cache.reading(), row, self.versions[row]))

    @precondition(lambda self: self.readings)
    @rule(data=st.data())
    def a_reading_ends(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.readings) - 1))
        reading, row, version = self.readings.pop(index)
        self.parts.cache.put(reading, row, version, row_tag("rows", row))

    @precondition(lambda self: not self.streaming)
    @rule()
    def the_stream_begins(self) -> None:
        self.streaming = True
        self.parts.freshness.begin()

    @precondition(lambda self: self.streaming)
    @rule()
    def the_stream_ends(self) -> None:
        self.streaming = False
        self.untold.clear()
        self.parts.freshness.end()

    @precondition(lambda self: self.untold)
    @rule()
    def the_stream_tells_the_next_change(self) -> None:
        row, at = self.untold.pop(0)
        self.parts.notices.tell(row_tag("rows", row))
        self.parts.freshness.sure_of(at)
        assert self.parts.cache.get(row) is None

    @precondition(lambda self: self.streaming and not self.untold)
    @rule()
    def the_stream_has_nothing_to_tell(self) -> None:
        self.parts.freshness.sure_of(self.parts.time.seconds)

    @invariant()
    def nothing_is_more_than_a_second_behind(self) -> None:
        for row, version in self.versions.items():
            found = self.parts.cache.get(row)
            if found is not None and found != version:
                age = self.parts.time.seconds - self.written[row, found + 1]
                assert age <= GOOD_SECONDS + 1e-9


CoherenceMachine.TestCase.settings = settings(max_examples=500, stateful_step_count=40)
TestCoherence = CoherenceMachine.TestCase
