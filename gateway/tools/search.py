"""Search of tools by words: Okapi BM25 over weighted fields, in memory.

A word of the query counts for a tool that has it, or for one with a word that begins with it if no
tool has it. Tools with more of the words, with rarer words, and with words in the name come first;
equal ones are in the order of their names. Letters are compared without case and accents, a plural
"s" is dropped, and words such as "the" count for nothing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

K1 = 1.2
B = 0.75
"""The usual constants of BM25: how fast repetitions stop to count, and how long texts lose."""
PREFIX_SHARE = 0.5
"""The worth of a word that only begins with the asked one."""
SHORTEST_PREFIX = 3
MOST_WORDS = 32
"""The most words of a query that count."""
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    "a all an and any are as at be by can do for from i in is it its me my of on or our please "
    "that the this to want we what which with you your".split()
)


def words_of(text: str) -> list[str]:
    """Return the words of a text that a search compares."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return [_singular(word) for word in _WORD.findall(plain) if word not in _STOP]


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class SearchIndex:
    """Finds documents, which are numbers from 0 on, by their words."""

    def __init__(self, documents: Iterable[Sequence[tuple[str, float]]]) -> None:
        """Index documents, each given by the texts of its fields with their weights."""
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        lengths: list[float] = []
        for number, fields in enumerate(documents):
            counts: defaultdict[str, float] = defaultdict(float)
            for text, weight in fields:
                for word in words_of(text):
                    counts[word] += weight
            lengths.append(sum(counts.values()))
            for word, count in counts.items():
                self._postings[word].append((number, count))
        usual = sum(lengths) / len(lengths) if lengths else 0.0
        self._norms = [K1 * (1 - B + B * (length / usual if usual else 1.0)) for length in lengths]
        self._vocabulary: Sequence[str] = sorted(self._postings)

    def find(self, query: str) -> dict[int, float]:
        """Return the documents that have a word of the query, with their scores (above 0)."""
        scores: defaultdict[int, float] = defaultdict(float)
        for asked in list(dict.fromkeys(words_of(query)))[:MOST_WORDS]:
            best: dict[int, float] = {}
            for word, share in self._matches(asked):
                for number, score in self._scores(word):
                    best[number] = max(best.get(number, 0.0), share * score)
            for number, score in best.items():
                scores[number] += score
        return dict(scores)

    def _matches(self, asked: str) -> Iterable[tuple[str, float]]:
        if asked in self._postings:
            yield asked, 1.0
        elif len(asked) >= SHORTEST_PREFIX:
            for place in range(bisect_left(self._vocabulary, asked), len(self._vocabulary)):
                word = self._vocabulary[place]
                if not word.startswith(asked):
                    return
                yield word, PREFIX_SHARE

    def _scores(self, word: str) -> Iterable[tuple[int, float]]:
        found = self._postings[word]
        rarity = math.log(1 + (len(self._norms) - len(found) + 0.5) / (len(found) + 0.5))
        for number, count in found:
            yield number, rarity * count * (K1 + 1) / (count + self._norms[number])
