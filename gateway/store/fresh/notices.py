"""What changed, told to whoever in this process remembers rows.

The stores tell of their own writes here as soon as these are made, and ``gateway.store.fresh.watch`` of
everybody's, as soon as the database tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tag = tuple[str, ...]
"""What a change is about: a row, or the accounts of one user and connector."""

EVERYTHING: Tag = ()
"""The tag of a change that may be about any row."""

Listener = Callable[[tuple[Tag, ...]], None]


def row_tag(collection: str, row: str) -> Tag:
    """One row, whatever happens to it."""
    return (collection, row)


def accounts_tag(tenant: str, owner: str, connector: str) -> Tag:
    """The accounts of an owner at a connector: told of where there is a new one."""
    return ("accounts", tenant, owner, connector)


class Notices:
    """Passes on what changed. A listener must not raise, and is called before ``tell`` returns."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with the tags of each change from now on."""
        self._listeners.append(listener)

    def tell(self, *tags: Tag) -> None:
        """Something with these tags has changed."""
        for listener in self._listeners:
            listener(tags)

    @contextmanager
    def telling(self, *tags: Tag) -> Iterator[None]:
        """Tell of a write when the block ends: also by an error, since the write may have happened."""
        try:
            yield
        finally:
            self.tell(*tags)
