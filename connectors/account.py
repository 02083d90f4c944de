"""Which account was connected: ``fetch_account_info`` written as data.

Nearly every provider tells it in one place, the token answer or one API call. ``account_lookup``
describes that place with dot paths (``owner.user.name``); an id made of two parts is a template
(``${workspace_id}:${owner.user.id}``).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.context import ConnectionContext
from connectors.errors import AccountUnreadable

_PART = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountInfo:
    """The provider's own identity behind a connection.

    ``external_account_id`` is stable and never an e-mail address; ``account_label`` is what a
    person recognises it by. Both are hostile until the engine has cleaned them.
    """

    external_account_id: str
    account_label: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


def account_lookup(
    *,
    id: str | tuple[str, ...],
    label: str | tuple[str, ...],
    url: str | None = None,
    method: str = "GET",
    json: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Callable[[ConnectionContext], Awaitable[AccountInfo]]:
    """A ``fetch_account_info`` that reads the account from ``url``, or from the token answer without one.

    ``id`` and ``label`` are a dot path, a template of dot paths, or several of them of which the
    first that yields text is taken. ``metadata`` maps names to dot paths; absent ones are left out.
    The function raises ``AccountUnreadable`` when no ``id`` is there or the call fails.
    """

    async def fetch_account_info(ctx: ConnectionContext) -> AccountInfo:
        source: Any = ctx.token_response
        if url is not None:
            answer = await ctx.fetch(url, method=method, json=json)
            if answer.status != 200:
                raise AccountUnreadable(f"the account endpoint answered {answer.status}")
            source = answer.json()
        account_id = _first(source, id)
        if account_id is None:
            raise AccountUnreadable(f"the answer has no {' or '.join(_several(id))}")
        kept = {name: dig(source, path) for name, path in (metadata or {}).items()}
        return AccountInfo(
            external_account_id=account_id,
            account_label=_first(source, label) or account_id,
            metadata={name: value for name, value in kept.items() if value is not None},
        )

    return fetch_account_info


def dig(source: Any, path: str) -> Any:
    """The value at a dot path of nested objects, ``None`` where a step is missing."""
    for step in path.split("."):
        if not isinstance(source, Mapping):
            return None
        source = source.get(step)
    return source


def _several(paths: str | tuple[str, ...]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else paths


def _first(source: Any, paths: str | tuple[str, ...]) -> str | None:
    for path in _several(paths):
        parts = _PART.findall(path)
        values = {part: _text(dig(source, part)) for part in parts or [path]}
        if all(values.values()):
            return _filled(path, values) if parts else values[path]
    return None


def _filled(template: str, values: Mapping[str, str | None]) -> str:
    return _PART.sub(lambda match: values[match[1]] or "", template)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None  # a float would lose digits, a bool is not an identity
    return str(value).strip() or None
