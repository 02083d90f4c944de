"""The account behind a connection: ``fetch_account_info`` written as data.

Nearly every provider tells it in one place, the token answer or one API call. ``account_lookup``
describes that place with dot paths (``owner.user.name``); an id made of two parts is a template
(``${workspace_id}:${owner.user.id}``).
"""

from __future__ import annotations

import base64
import json as jsonlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.context import AccountInfo, ConnectionContext
from connectors.errors import AccountUnreadable

__all__ = ["AccountInfo", "AccountLookup", "account_lookup", "as_text", "claims_of", "dig"]

_PART = re.compile(r"\$\{([^}]+)\}")
_NAME, _SELECT = r"[^.\s\[\]]+", r"\[(?:-1|\d{1,4}|[^\s\[\]=]+=[^\[\]]+)\]"
PATH = re.compile(rf"(?:{_NAME}|{_SELECT})(?:\.{_NAME}|{_SELECT})*")
"""A path for ``dig``."""
_STEP = re.compile(r"([^.\s\[\]]+)|\[(?:(-1|\d+)|([^\[\]=]+)=([^\[\]]+))\]")


@dataclass(frozen=True, kw_only=True)
class AccountLookup:
    """A ``fetch_account_info`` as data; made by ``account_lookup``."""

    id: tuple[str, ...]
    label: tuple[str, ...]
    url: str | None
    introspect: bool
    jwt: str | None
    method: Literal["GET", "POST"]
    json: Mapping[str, Any] | None
    metadata: Mapping[str, str]

    def problems(self) -> list[str]:
        """Describe each mistake of this lookup."""
        found = []
        if not self.id or not self.label:
            found.append("has no id or no label")
        if [self.introspect, self.jwt is not None, self.url is not None].count(True) > 1:
            found.append("has more than one of url, introspect and jwt")
        texts = (*self.id, *self.label)
        paths = {part for text in texts for part in _PART.findall(text) or [text]}
        paths |= {*self.metadata.values(), *([] if self.jwt is None else [self.jwt])}
        if odd := sorted(path for path in paths if not PATH.fullmatch(path)):
            found.append(f"has {', '.join(map(repr, odd))}, which is not a path")
        if self.url is None and (self.method != "GET" or self.json is not None):
            found.append("has a method or json and no url")
        if self.method not in ("GET", "POST") or (self.method == "GET" and self.json is not None):
            found.append("sends json by something else than POST")
        return found

    async def __call__(self, ctx: ConnectionContext) -> AccountInfo:
        """Read the account of ``ctx``. Raises ``AccountUnreadable``."""
        source = await self._source(ctx)
        account_id = _first(source, self.id, ctx)
        if account_id is None:
            raise AccountUnreadable(f"the answer has no {' or '.join(self.id)}")
        kept = {name: dig(source, path) for name, path in self.metadata.items()}
        return AccountInfo(
            external_account_id=account_id,
            account_label=_first(source, self.label, ctx) or account_id,
            metadata={name: value for name, value in kept.items() if value is not None},
        )

    async def _source(self, ctx: ConnectionContext) -> Any:
        if self.introspect:
            return await ctx.introspect()
        if self.jwt is not None:
            return claims_of(dig(ctx.token_response, self.jwt))
        if self.url is None:
            return ctx.token_response
        answer = await ctx.fetch(self.url, method=self.method, json=self.json)
        if answer.status != 200:
            raise AccountUnreadable(f"the account endpoint answered {answer.status}")
        return answer.json()


def account_lookup(
    *,
    id: str | tuple[str, ...],
    label: str | tuple[str, ...],
    url: str | None = None,
    introspect: bool = False,
    jwt: str | None = None,
    method: Literal["GET", "POST"] = "GET",
    json: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> AccountLookup:
    """A ``fetch_account_info`` that reads the account from one place.

    That is the API call ``url``, the answer of ``introspection_url`` (RFC 7662) with
    ``introspect``, the claims of the JWT at the path ``jwt`` of the token answer (``"id_token"``),
    or else the token answer. ``id`` and ``label`` are a dot path, a template of dot paths
    (``${connection_config.x}`` is what the person typed, ``${metadata.x}`` what the callback and
    the token answer told), or several of them of which the first that is complete is taken.
    ``metadata`` maps names to dot paths; absent ones are left out.
    The function raises ``AccountUnreadable`` when no ``id`` is there or the call fails.
    """
    return AccountLookup(
        id=_several(id),
        label=_several(label),
        url=url,
        introspect=introspect,
        jwt=jwt,
        method=method,
        json=json,
        metadata=dict(metadata or {}),
    )


def dig(source: Any, path: str) -> Any:
    """The value at a dot path of nested objects, ``None`` where a step is missing.

    A step in brackets selects an item of a list: ``[0]`` by its place, ``[-1]`` the last one,
    ``[is_default=true]`` the first object with that value.
    """
    for name, place, key, wanted in _STEP.findall(path):
        if name:
            source = source.get(name) if isinstance(source, Mapping) else None
        elif not isinstance(source, list):
            return None
        elif place:
            source = next(iter(source[int(place) :]), None)
        else:
            source = next((item for item in source if _has(item, key, wanted)), None)
    return source


def _has(item: Any, key: str, wanted: str) -> bool:
    value = item.get(key) if isinstance(item, Mapping) else None
    return (str(value).lower() if isinstance(value, bool) else as_text(value)) == wanted


def claims_of(token: Any) -> Mapping[str, Any]:
    """The claims of a JWT whose signature nobody checks. Raises ``AccountUnreadable``.

    The token has to come from the token endpoint over TLS (OpenID Connect Core 3.1.3.7, 6).
    """
    try:
        payload = str(token).split(".")[1]
        claims = jsonlib.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise AccountUnreadable("the token answer has no readable JWT")
    return claims


def _several(paths: str | tuple[str, ...]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else paths


def _first(source: Any, paths: tuple[str, ...], ctx: ConnectionContext) -> str | None:
    for path in paths:
        parts = _PART.findall(path)
        values = {part: _value(source, part, ctx) for part in parts or [path]}
        if all(values.values()):
            return _filled(path, values) if parts else values[path]
    return None


def _value(source: Any, part: str, ctx: ConnectionContext) -> str | None:
    kind, _, name = part.partition(".")
    if kind == "connection_config":
        return ctx.connection_config.get(name)
    return as_text(ctx.metadata.get(name) if kind == "metadata" else dig(source, part))


def _filled(template: str, values: Mapping[str, str | None]) -> str:
    return _PART.sub(lambda match: values[match[1]] or "", template)


def as_text(value: Any) -> str | None:
    """Return ``value`` as an identity's text; ``None`` unless it is a text or an integer."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None  # a float would lose digits, a bool is not an identity
    return str(value).strip() or None
