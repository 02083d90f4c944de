"""Mutants of a connector: one of its two sides with one field changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError
from gateway.testing.key_subject import KeySubject
from gateway.testing.mutants.variants import fields_of, is_optional, variants
from gateway.testing.runner import AnySubject

Side = Literal["catalog", "sandbox"]
SIDES: tuple[Side, ...] = ("catalog", "sandbox")
_OF_SUBJECT = {"catalog": "config", "sandbox": "provider"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """``subject`` is ``None`` if the vocabulary's own rules refuse the changed description."""

    side: Side
    field: str
    what: str
    subject: Any


def mutants_of(
    subject: AnySubject, side: Side, neighbours: Sequence[AnySubject]
) -> Iterator[Mutant]:
    """Each field of a side changed, removed, and taken from the next neighbour that differs.

    Only the catalog's side takes values from neighbours.
    """
    whole = getattr(subject, _OF_SUBJECT[side])
    is_beside = isinstance(subject, KeySubject) and isinstance(subject.config, ConnectorConfig)
    # The contract for OAuth tries the others.
    for field, value, hint in fields_of(whole, ("key", "keys") if is_beside else ()):
        found = list(variants(value, hint))
        if value and is_optional(hint):
            found.append(("removed", None))
        for neighbour in neighbours if side == "catalog" else ():
            if (other := getattr(neighbour.config, field, value)) != value:
                found.append((f"as in {neighbour.name}", other))
                break
        for what, other in found:
            changed = _changed(whole, field, other)
            mutated = None
            if changed is not None:
                mutated = replace(subject, **{_OF_SUBJECT[side]: changed})
            yield Mutant(side=side, field=field, what=what, subject=mutated)


def _changed(whole: Any, field: str, value: Any) -> Any:
    try:
        return replace(whole, **{field: value})
    except ConfigError:
        return None
