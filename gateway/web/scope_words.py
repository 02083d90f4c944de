"""Scopes in sentences: what a provider will ask a person to allow.

A sentence comes from the connector's scope sets, from the table, or from the scope's own name where
that says what may be done with what (``projects:read``). Else the name itself is quoted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

from connectors.config import ConnectorConfig

_WORDS: dict[str, str] = tomllib.loads(
    resources.files("connectors").joinpath("scope_words.toml").read_text()
)

_VERBS = {
    "read": "Read",
    "write": "Change",
    "create": "Create",
    "manage": "Manage",
    "delete": "Delete",
    "send": "Send",
}


def sentences(config: ConnectorConfig, scopes: Iterable[str]) -> list[str]:
    """Return what ``scopes`` allow, each sentence once, in their order."""
    of_sets = {
        scope: each.sentence or each.title
        for each in config.scope_sets.values()
        for scope in each.scopes
    }
    return list(dict.fromkeys(of_sets.get(scope) or sentence(scope) for scope in scopes))


def sentence(scope: str) -> str:
    """Return what one scope allows."""
    if scope in _WORDS:
        return _WORDS[scope]
    parts = [part for part in re.split(r"[.:_\-\s]+", scope.lower()) if part]
    for verb in (parts[-1:], parts[:1]):
        if len(parts) > 1 and verb[0] in _VERBS and "/" not in scope:
            things = parts[:-1] if verb == parts[-1:] else parts[1:]
            return f"{_VERBS[verb[0]]} {' '.join(things)}"
    return f"What it calls “{scope}”"
