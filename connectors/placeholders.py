"""The placeholders of a description, and which of them its inputs and metadata can fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from connectors.account import AccountLookup

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
BASIC = re.compile(r"basic\(([a-z0-9_.]*):([a-z0-9_.]*)\)")
"""``${basic(a:b)}``: the credentials of RFC 7617 from the values of ``a`` and ``b``."""


def undeclared(config: Any, text: str, *, metadata: bool = False, own: str = "") -> Iterator[str]:
    """Yield each placeholder of ``text`` that nothing fills.

    ``metadata``: the account is known by then; ``own`` are further names, separated by spaces.
    """
    for placeholder in PLACEHOLDER.findall(text):
        basic = BASIC.fullmatch(placeholder)
        names = [name for name in basic.groups() if name] if basic else [placeholder]
        if not all(_is_declared(config, name, metadata, own.split()) for name in names):
            yield placeholder


def expanded(config: Any, text: str) -> Iterator[str]:
    """Yield ``text`` with each choice in place of its placeholder."""
    for placeholder in PLACEHOLDER.findall(text):
        kind, _, name = placeholder.partition(".")
        key, _, part = name.partition(".")
        wanted = config.connection_config.get(key) if kind == "connection_config" else None
        if wanted is not None and wanted.choices:
            for choice, values in wanted.choices.items():
                value = values[part] if part else choice
                yield from expanded(config, text.replace(f"${{{placeholder}}}", value))
            return
    yield text


def is_metadata(config: Any, key: str) -> bool:
    """Whether ``metadata`` can have ``key``. Code may put anything there."""
    lookup = config.fetch_account_info
    if config.post_connection_script is not None or not isinstance(lookup, AccountLookup):
        return bool(key)
    return key in {*config.callback_metadata, *config.token_metadata, *lookup.metadata}


def _is_declared(config: Any, placeholder: str, metadata: bool, own: list[str]) -> bool:
    kind, _, name = placeholder.partition(".")
    if kind == "connection_config":
        key, dot, part = name.partition(".")
        wanted = config.connection_config.get(key)
        return wanted is not None and (
            not dot or all(part in values for values in wanted.choices.values() or [()])
        )
    return placeholder in own or (metadata and kind == "metadata" and is_metadata(config, name))
