"""YAML as JSON values, built from the parser's events: no tags, no objects, no bombs. No I/O.

PyYAML's own loader keeps some hundred bytes for each character, and reads YAML 1.1, in which ``no``
is false and ``2024-01-01`` a date. OpenAPI means YAML 1.2 with the types of JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from gateway.integrations.openapi.limits import MAX_ALIASES, MAX_DEPTH, Limits
from gateway.integrations.openapi.refusals import DocumentRefused

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_STRING_TAG = "tag:yaml.org,2002:str"


def read_yaml(text: str, limits: Limits) -> Any:
    """Return the values of the only document in ``text``. Raises ``DocumentRefused``."""
    try:
        return _Builder(limits).build(yaml.parse(text, Loader=_Loader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise DocumentRefused(
            "not_readable", f"the document is neither JSON nor YAML{where}"
        ) from None


class _Builder:
    """Builds one document, and counts what an alias repeats at each place where it stands."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._root: list[Any] = []
        self._open = [_Open(self._root, None)]
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        """Anchor -> value, how many values it holds, how many levels."""
        self._aliases = self._values = 0

    def build(self, events: Iterator[yaml.Event]) -> Any:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._count(1)
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                is_map = isinstance(event, yaml.MappingStartEvent)
                self._open.append(_Open({} if is_map else [], event.anchor))
                self._count(1)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                done = self._open.pop()
                self._add(done.value, done.count, done.levels, done.anchor)
            elif isinstance(event, yaml.AliasEvent):
                value, count, levels = self._repeated(event.anchor)
                self._count(count, levels)
                self._add(value, count, levels, None)
            elif isinstance(event, yaml.DocumentStartEvent) and self._root:
                raise DocumentRefused("not_readable", "the text holds more than one document")
        return self._root[0] if self._root else None

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        into = self._open[-1]
        # A name is text as it is written: "200:", "1.10:", "no:".
        self._add(event.value if into.awaits_name else _scalar(event), 1, 0, event.anchor)

    def _repeated(self, anchor: str) -> tuple[Any, int, int]:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise DocumentRefused(
                "too_many_aliases", f"the document has more than {MAX_ALIASES:,} aliases"
            )
        if anchor not in self._anchors:
            raise DocumentRefused("alias_unknown", "an alias stands before or in what it names")
        return self._anchors[anchor]

    def _count(self, values: int, levels: int = 0) -> None:
        self._values += values
        if self._values > self._limits.values:
            raise DocumentRefused(
                "too_many_values", f"the document has more than {self._limits.values:,} values"
            )
        if len(self._open) + levels > MAX_DEPTH + 1:
            raise DocumentRefused("too_deep", f"the document has more than {MAX_DEPTH} levels")

    def _add(self, value: Any, count: int, levels: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, count, levels)
        into = self._open[-1]
        into.add(value)
        into.count += count
        into.levels = max(into.levels, levels + 1)


class _Open:
    """A list or an object whose end has not come yet."""

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.count, self.levels = 1, 0
        self.awaits_name = isinstance(value, dict)
        self._name = ""

    def add(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.awaits_name:
            if not isinstance(value, str):
                raise DocumentRefused("name_not_text", "the name of a member is not text")
            self._name, self.awaits_name = value, False
        else:
            if self._name == "<<":
                self._merge(value)
            else:
                self.value[self._name] = value
            self.awaits_name = True

    def _merge(self, value: Any) -> None:
        """Take the members that another object has and this one does not (YAML 1.1's merge)."""
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                self.value |= {name: each[name] for name in each.keys() - self.value.keys()}


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if not event.implicit[0] or event.tag == _STRING_TAG:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text
