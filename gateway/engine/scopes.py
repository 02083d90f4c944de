"""Granted scopes, compared with the requested ones as providers compare them.

An answer may separate scopes by other characters, write them in other letters or by other names,
and leave out those that another granted scope implies. Letters are compared without case: a
provider that answers in other letters compares so itself, and none has scopes that differ in case
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.added import AddedConnector
from connectors.config import ConnectorConfig
from gateway.errors import InvalidRequest

MAX_SCOPES = 100
"""The most scopes that are asked for at a server which names its scopes itself."""


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


def named_scopes(config: ConnectorConfig, names: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes of ``names``: each is one of the connector's sets or scopes.

    Raises ``InvalidRequest`` for any other: a link or a tool cannot widen what is asked for.
    """
    found: list[str] = []
    declared = {scope.lower(): scope for scope in _declared(config)}
    for name in names:
        scope = declared.get(provider_name(config, name).lower())
        if name in config.scope_sets:
            found += config.scope_sets[name].scopes
        elif scope is not None:
            found.append(scope)
        else:
            allowed = ", ".join([*config.scope_sets, *config.scopes]) or "none"
            raise InvalidRequest(
                f"{config.name} has no such scope or set of scopes; it has {allowed}",
                {"scopes": f"is not one of {allowed}"},
            )
    return tuple(dict.fromkeys(found))


def scopes_to_ask(
    config: ConnectorConfig, wanted: Iterable[str], granted: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the defaults, the ``wanted`` scopes, and the declared ones that are ``granted``.

    Asking for less than was granted would end what works at some providers. What a wider scope of
    the grant includes is not asked for beside it: the person would be asked twice for one thing.
    Of a server that names its scopes itself, all that was granted is asked for again.
    """
    if isinstance(config, AddedConnector) and config.finds_app:
        return tuple(dict.fromkeys([*config.scopes, *granted, *wanted]))[:MAX_SCOPES]
    held = held_scopes(config, granted)
    included = {*_implied(config, [*held])}
    kept = (name for name in held if name not in included)
    return tuple(dict.fromkeys([*config.scopes, *kept, *wanted]))


def held_scopes(config: ConnectorConfig, granted: Iterable[str]) -> tuple[str, ...]:
    """Return the connector's scopes, of its sets too, that are among ``granted``."""
    declared = dict.fromkeys(_declared(config))
    lacking = missing_scopes(config, declared, granted)
    return tuple(name for name in declared if name not in lacking)


def kept_scopes(
    config: ConnectorConfig, asked: Iterable[str], granted: Iterable[str]
) -> tuple[str, ...]:
    """Return the scopes that a connection needs from now on: the defaults, and what was granted.

    A person may refuse what a tool asks for in addition.
    """
    refused = missing_scopes(config, asked, granted)
    return tuple(dict.fromkeys([*config.scopes, *(s for s in asked if s not in refused)]))


def _declared(config: ConnectorConfig) -> list[str]:
    sets = config.scope_sets.values()
    return [*config.scopes, *(scope for each in sets for scope in each.scopes)]


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
