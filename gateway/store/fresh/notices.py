"""Announcements of changed rows to the caches of this process.

The stores announce their own writes immediately; ``gateway.store.fresh.watch`` announces every
process's writes when the database reports them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gateway.engine.integration_names import tag_of, tenant_tag

Tag = tuple[str, ...]
"""The subject of a change: a row, or the accounts of one owner and connector."""

EVERYTHING: Tag = ()
"""The tag of a change that may concern any row."""

Listener = Callable[[tuple[Tag, ...]], None]


def row_tag(collection: str, row: str) -> Tag:
    """Return the tag of every change of one row."""
    return (collection, row)


def accounts_tag(tenant: str, owner: str, connector: str) -> Tag:
    """Return the tag of an owner's accounts at a connector: announced for a new account."""
    return ("accounts", tenant, owner, connector)


def message_tag(row: Mapping[str, Any]) -> Tag:
    """Return the tag that announces an MCP message: it says all that a listener needs."""
    return ("mcp_messages", row["topic"], str(row["kind"]), row["subject"])


def approvals_tag(tenant: str, user: str) -> Tag:
    """Return the tag of a user's approvals: announced for a new one."""
    return ("approvals", tenant, user)


def integrations_tag(tenant: str) -> Tag:
    """Return the tag of every change of a tenant's integrations and their tools."""
    return ("integrations_of", tenant_tag(tenant))


def integration_tags(connector: str) -> tuple[Tag, Tag]:
    """Return the tags of a change of one integration, by its connector's name."""
    return row_tag("integrations", connector), ("integrations_of", tag_of(connector))


class Notices:
    """Passes on changes. A listener must not raise; it is called before ``tell`` returns."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with the tags of each change from now on."""
        self._listeners.append(listener)

    def tell(self, *tags: Tag) -> None:
        """Announce a change with these tags."""
        for listener in self._listeners:
            listener(tags)

    @contextmanager
    def telling(self, *tags: Tag) -> Iterator[None]:
        """Announce a write when the block ends, also by an error: the write may have happened."""
        try:
            yield
        finally:
            self.tell(*tags)
