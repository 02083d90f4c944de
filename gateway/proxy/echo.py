"""Keeps the attached credential out of a provider's answer, whatever the provider echoes.

A form of a secret (``echo_forms``) is replaced by as many ``*``, so that lengths stay true. An
answer without one passes byte for byte. docs/proxy.md says what this promises and what it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from gateway.proxy.echo_forms import forms_of

SHORTEST = 8
"""Bytes. A shorter secret is not searched: clean answers contain its bytes by chance."""
_HEAD = 16
"""Bytes of a form that the automaton knows: all of a form would take megabytes for a long token."""
_KEPT = 256
"""Automata in memory, of about 40 KB each: making one takes up to a millisecond."""

Field = tuple[bytes, bytes]
Spans = list[tuple[int, int]]


class EchoFilter:
    """Filters one answer: its body as a stream, and its header values. ``hidden`` counts finds."""

    unread = False
    """Whether a part of the body was passed without being searched."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._search = _search_for(frozenset(secrets))
        self._raw = self._shown = b""
        """The end of the body so far, which may begin a form: as it came, and as it is passed."""
        self.hidden = 0

    @property
    def holds(self) -> bool:
        """Whether bytes wait for the next ones."""
        return bool(self._raw)

    def feed(self, chunk: bytes) -> bytes:
        """Return what of the body can be passed on now; the rest may begin a form."""
        raw, shown = (self._raw + chunk, self._shown + chunk) if self._raw else (chunk, chunk)
        spans, held = self._search.find(raw)
        if spans:
            shown = self._hide(shown, spans, len(self._raw))
        keep = len(raw) - held
        self._raw, self._shown = raw[keep:], shown[keep:]
        return shown[:keep]

    def end(self) -> bytes:
        """Return what is left: the start of a form that did not go on."""
        rest, self._raw, self._shown = self._shown, b"", b""
        return rest

    def header(self, value: bytes) -> bytes:
        """Return a header value, or any other whole text, without the secrets."""
        spans, _ = self._search.find(value)
        return self._hide(value, spans, 0) if spans else value

    def headers(self, fields: Sequence[Field]) -> list[Field]:
        """Return header fields without the secrets."""
        if not any(self._search.find(b"\n".join(part for field in fields for part in field))[0]):
            return [*fields]
        return [(self.header(name), self.header(value)) for name, value in fields]

    def _hide(self, data: bytes, spans: Spans, seen: int) -> bytes:
        """Replace the spans; those that end within ``seen`` bytes were counted before."""
        hidden, until = bytearray(data), 0
        for start, end in sorted(spans):
            hidden[start:end] = b"*" * (end - start)
            self.hidden += end > seen and start >= until
            until = max(until, end)
        return bytes(hidden)


class _Search:
    """Finds the forms of some secrets."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = [
            each for each in secrets if len(each.encode(errors="surrogatepass")) >= SHORTEST
        ]
        heads = {form[:_HEAD] for secret in self._secrets for form in forms_of(secret)}
        self._heads = BytesAhoCorasick(
            heads,
            matchkind=MatchKind.LeftmostFirst,  # the only kind that it finds at full speed
            implementation=Implementation.ContiguousNFA,
        )
        self._first = frozenset(head[0] for head in heads)
        self._begun = frozenset(head[:n] for head in heads for n in range(1, len(head)))

    @cached_property
    def _forms(self) -> dict[bytes, list[bytes]]:
        """Head -> forms: a hundred kilobytes for a long token, and seldom needed."""
        found: dict[bytes, list[bytes]] = {}
        for secret in self._secrets:
            for form in forms_of(secret):
                found.setdefault(form[:_HEAD], []).append(form)
        return found

    def find(self, raw: bytes) -> tuple[Spans, int]:
        """Return where forms are, and how many bytes at the end may begin another one."""
        spans: Spans = []
        held = self._begun_at_the_end(raw)
        if self._heads.find_matches_as_indexes(raw):  # seldom: forms, or the starts of some
            for head, forms in self._forms.items():
                start = raw.find(head)
                while start >= 0:
                    for form in forms:
                        if raw.startswith(form, start):
                            spans.append((start, start + len(form)))
                        elif len(raw) - start < len(form) and form.startswith(raw[start:]):
                            held = max(held, len(raw) - start)
                    start = raw.find(head, start + 1)
        return spans, held

    def _begun_at_the_end(self, raw: bytes) -> int:
        tail = raw[1 - _HEAD :]
        if not self._first.isdisjoint(tail):
            for start in range(len(tail)):
                if tail[start:] in self._begun:
                    return len(tail) - start
        return 0


_search_for = lru_cache(maxsize=_KEPT)(_Search)
