"""Integrations: APIs that the organisation added by URL, and the connectors of the catalog."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from gateway.client import calls
from gateway.client.calls import Call
from gateway.client.fields import Fields

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """An API whose operations are tools. ``connector`` is its name in the other calls.

    ``kind`` is ``openapi``, ``graphql``, ``mcp``, ``catalog`` or ``built-in``. ``auth_methods`` are
    the ways to connect, as the API tells them. ``waiting`` counts tools whose definition nobody has
    accepted.
    """

    slug: str
    name: str
    description: str
    kind: str
    connector: str
    can_remove: bool
    can_refresh: bool
    auth_methods: tuple[Mapping[str, Any], ...] = field(hash=False)
    display_url: str | None
    tools: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A kind that knows a URL; ``confidence`` is ``high``, ``medium`` or ``low``."""

    kind: str
    confidence: str
    endpoint: str
    name: str
    slug: str


class _Send(Protocol):
    def __call__(self, call: Call[T]) -> Awaitable[T]: ...


class _SyncSend(Protocol):
    def __call__(self, call: Call[T]) -> T: ...


class Integrations:
    """``gateway.integrations``. Its calls need the role ``integrations``."""

    def __init__(self, send: _Send) -> None:
        self._send = send

    async def list(self) -> tuple[Integration, ...]:
        """Return what the organisation added, the connectors of the catalog, and the gateway."""
        return await self._send(_list())

    async def get(self, slug: str) -> Integration:
        """Return one; raises ``IntegrationNotFound``."""
        return await self._send(_get(slug))

    async def detect(self, url: str) -> tuple[Claim, ...]:
        """Ask what is behind a URL; the surest claim is first."""
        return await self._send(_detect(url))


class SyncIntegrations:
    """``Integrations`` for code without asyncio."""

    def __init__(self, send: _SyncSend) -> None:
        self._send = send

    def list(self) -> tuple[Integration, ...]:
        """See ``Integrations.list``."""
        return self._send(_list())

    def get(self, slug: str) -> Integration:
        """See ``Integrations.get``."""
        return self._send(_get(slug))

    def detect(self, url: str) -> tuple[Claim, ...]:
        """See ``Integrations.detect``."""
        return self._send(_detect(url))


def _list() -> Call[tuple[Integration, ...]]:
    return calls.list_integrations(_each("integrations", _integration))


def _get(slug: str) -> Call[Integration]:
    return calls.get_integration(slug, _integration)


def _detect(url: str) -> Call[tuple[Claim, ...]]:
    return calls.detect_integration(url, _each("items", _claim))


def _each(name: str, read: Callable[[Fields], T]) -> Callable[[Fields], tuple[T, ...]]:
    return lambda fields: tuple(read(one) for one in fields.records(name))


def _integration(fields: Fields) -> Integration:
    return Integration(
        slug=fields.text("slug"),
        name=fields.text("name"),
        description=fields.text("description"),
        kind=fields.text("kind"),
        connector=fields.text("connector"),
        can_remove=fields.flag("canRemove"),
        can_refresh=fields.flag("canRefresh"),
        auth_methods=tuple(fields.mappings("authMethods")),
        display_url=fields.optional("displayUrl", fields.text),
        tools=fields.number("tools"),
        waiting=fields.number("waiting"),
    )


def _claim(fields: Fields) -> Claim:
    return Claim(
        kind=fields.text("kind"),
        confidence=fields.text("confidence"),
        endpoint=fields.text("endpoint"),
        name=fields.text("name"),
        slug=fields.text("slug"),
    )
