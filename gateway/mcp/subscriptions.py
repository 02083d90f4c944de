"""The open ``subscriptions/listen`` requests of this process (revision 2026-07-28)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mcp.server.subscriptions import ListenHandler, ServerEvent

Listener = Callable[[ServerEvent], None]


class Subscriptions:
    """Passes events on to the subscriptions of a tenant."""

    def __init__(self) -> None:
        self._listeners: dict[Listener, str] = {}
        self._handlers: set[ListenHandler] = set()

    def __len__(self) -> int:
        return len(self._handlers)

    @contextmanager
    def opened(self, tenant: str) -> Iterator[ListenHandler]:
        """Give the handler of one subscription, which ends with the context."""
        handler = ListenHandler(_Bus(self, tenant))
        self._handlers.add(handler)
        try:
            yield handler
        finally:
            self._handlers.discard(handler)

    def add(self, listener: Listener, tenant: str) -> None:
        """Call ``listener`` with each event of a tenant from now on."""
        self._listeners[listener] = tenant

    def remove(self, listener: Listener) -> None:
        """Stop calling ``listener``, if it was still called."""
        self._listeners.pop(listener, None)

    def tell(self, event: ServerEvent, concerns: Callable[[str], bool]) -> None:
        """Pass on an event to the tenants that it concerns."""
        for listener, of in list(self._listeners.items()):
            if concerns(of):
                listener(event)

    def close(self) -> None:
        """End all subscriptions."""
        for handler in self._handlers:
            handler.close()


class _Bus:
    """The events of one tenant, as a ``SubscriptionBus`` of the ``mcp`` package."""

    def __init__(self, subscriptions: Subscriptions, tenant: str) -> None:
        self._subscriptions = subscriptions
        self._tenant = tenant

    async def publish(self, event: ServerEvent) -> None:
        self._subscriptions.tell(event, self._tenant.__eq__)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._subscriptions.add(listener, self._tenant)
        return lambda: self._subscriptions.remove(listener)
