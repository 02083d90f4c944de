"""Granted scopes, compared with the requested ones as providers compare them.

An answer may separate scopes by other characters, write them in other letters or by other names,
and leave out those that another granted scope implies. Letters are compared without case: a
provider that answers in other letters compares so itself, and none has scopes that differ in case
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.config import ConnectorConfig


def read_scopes(config: ConnectorConfig, text: str) -> tuple[str, ...]:
    """Return the scopes that an answer grants, by the names that the connector has for them."""
    named = re.split(f"[ ,{re.escape(config.scope_separator)}]+", text.strip())
    granted = [provider_name(config, name) for name in named if name]
    # Scopes that the provider never names count as granted with the rest.
    unnamed = [name for name in config.scopes if name in config.scopes_not_echoed]
    return tuple(dict.fromkeys([*granted, *_implied(config, granted), *unnamed]))


def missing_scopes(
    config: ConnectorConfig, requested: Iterable[str], granted: Iterable[str]
) -> list[str]:
    """Return the requested scopes that are not among ``granted``, which may hold others."""
    held = {name.lower() for name in granted}
    return [name for name in requested if provider_name(config, name).lower() not in held]


def provider_name(config: ConnectorConfig, scope: str) -> str:
    """Return the connector's name for a scope that has several (``scope_aliases``)."""
    names = (_match(pattern, name, scope) for pattern, name in config.scope_aliases.items())
    return next((name for name in names if name is not None), scope)


def answered_name(config: ConnectorConfig, scope: str) -> str:
    """Return the spelling of a scope that the provider's answers are known to use."""
    name = provider_name(config, scope)
    same = (own for own in config.scopes if own != scope and own.lower() == name.lower())
    return next(same, name)


def has_unusual_letters(scope: str, own: Iterable[str]) -> bool:
    """Whether a scope has capitals where a connector's ``own`` scopes never do, or the reverse.

    Scopes with a dot set the example if there are any: ``openid`` is in small letters everywhere.
    """
    dotted = [name for name in own if "." in name]
    example = dotted if "." in scope and dotted else list(own)
    usual = {name.islower() for name in example}
    return len(usual) == 1 and scope.islower() not in usual


def _implied(config: ConnectorConfig, granted: list[str]) -> list[str]:
    found = (
        _match(pattern, name, scope)
        for scope in granted
        for pattern, names in config.scope_implies.items()
        for name in names
    )
    return [name for name in found if name is not None]


def _match(pattern: str, name: str, scope: str) -> str | None:
    """Return ``name`` if ``scope`` matches ``pattern``; the part at ``*`` is put into it."""
    start, star, end = pattern.lower().partition("*")
    found = re.fullmatch(
        f"{re.escape(start)}{'(.+)' if star else '()'}{re.escape(end)}", scope, re.IGNORECASE
    )
    return name.replace("*", found[1]) if found else None
