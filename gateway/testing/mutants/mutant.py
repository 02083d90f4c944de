"""Mutants of a connector: its description with one declarative field changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_type_hints

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError
from gateway.testing.mutants.variants import is_optional, variants

EXEMPT = {
    "display_name": "presentation: the title of a card",
    "category": "presentation: the group of a card",
    "alias": "a second name in the catalog, which the catalog's own tests show",
    "docs_url": "presentation: a link for people",
    "console_url": "presentation: a link for people",
    "checked_on": "presentation: a date for people",
    "connection_config title": "presentation: the label of an input",
    "connection_config description": "presentation: the text beside an input",
}
"""What is not mutated, and why: none of it reaches a provider or a tool."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """``config`` is ``None`` if the vocabulary's own rules refuse such a description."""

    connector: str
    field: str
    what: str
    config: ConnectorConfig | None


def mutants_of(config: ConnectorConfig, neighbours: list[ConnectorConfig]) -> Iterator[Mutant]:
    """Each field of ``config`` changed, removed, and taken from the next of ``neighbours`` that differs."""
    hints = get_type_hints(ConnectorConfig)
    for field in dataclasses.fields(ConnectorConfig):
        if field.name in EXEMPT:
            continue
        value, hint = getattr(config, field.name), hints[field.name]
        for what, other in variants(value, hint):
            if not _is_exempt(field.name, what):
                yield _mutant(config, field.name, what, other)
        if value and is_optional(hint):
            yield _mutant(config, field.name, "removed", None)
        for neighbour in neighbours:
            if (other := getattr(neighbour, field.name)) != value:
                yield _mutant(config, field.name, f"as in {neighbour.name}", other)
                break


def _is_exempt(field: str, what: str) -> bool:
    words = what.split()  # "shop title changed", and not "without title"
    return len(words) == 3 and f"{field} {words[1]}" in EXEMPT


def _mutant(config: ConnectorConfig, field: str, what: str, value: Any) -> Mutant:
    try:
        mutated = replace(config, **{field: value})
    except ConfigError:
        mutated = None
    return Mutant(connector=config.name, field=field, what=what, config=mutated)
