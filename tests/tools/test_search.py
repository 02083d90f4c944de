"""Search by words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tools.search import SearchIndex, words_of

TEXTS = [
    "notion search pages",
    "notion create page",
    "gmail search messages",
    "gmail send message",
    "calendar list events calendar calendar",
]
INDEX = SearchIndex([[(text, 1.0)] for text in TEXTS])


def best(query: str, index: SearchIndex = INDEX) -> list[int]:
    """The documents that fit, the best first."""
    found = index.find(query)
    return sorted(found, key=lambda number: (-found[number], number))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search pages in notion", [0, 1, 2]),
        ("PAGE notion search", [0, 1, 2]),
        ("send a message", [3, 2]),
        ("calend", [4]),
        ("événts", [4]),
        ("the my of", []),
        ("invoice", []),
        ("", []),
    ],
)
def test_the_tool_that_has_most_of_the_words_comes_first(query: str, found: list[int]) -> None:
    assert best(query) == found


def test_a_word_of_the_name_counts_more_than_one_of_the_description() -> None:
    index = SearchIndex(
        [[("pages", 1.0), ("list", 4.0)], [("pages", 4.0), ("list", 1.0)], [("other", 1.0)]]
    )
    assert best("pages", index) == [1, 0]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    index = SearchIndex([[("a1 common", 1.0)], [("rare common", 1.0)], [("a2 common", 1.0)]])
    assert best("common rare", index)[0] == 1


def test_a_whole_word_is_not_a_beginning_as_well() -> None:
    index = SearchIndex([[("page", 1.0)], [("pagerduty", 1.0)]])
    assert best("page", index) == [0]
    assert best("pag", index) == [0, 1]
    assert best("pa", index) == []


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=60))
def test_any_text_can_be_searched_for(texts: list[str], query: str) -> None:
    index = SearchIndex([[(text, 1.0)] for text in texts])
    found = index.find(query)
    words = set(words_of(query))
    assert all(score > 0 for score in found.values())
    for number, text in enumerate(texts):
        if words & set(words_of(text)):
            assert number in found
    assert (
        index.find(" ".join(reversed(query.split()))).keys()
        == index.find(" ".join(query.split())).keys()
    )
