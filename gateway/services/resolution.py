"""Which connection a tool gets: the user's own, else the organisation's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.errors import AccountNotFound, ConnectorRequired
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.notices import Tag, accounts_tag
from gateway.store.owners import ORG, OwnerKind, owner_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """A connection that a tool asks for; ``owner`` pins one kind of owner."""

    tenant: str
    user: str
    account: str | None = None
    owner: OwnerKind | None = None
    scopes: tuple[str, ...] = ()


class Resolution:
    """Finds connections: the nearest owner wins, even if its connection does not work."""

    def __init__(self, connections: ConnectionStore) -> None:
        self._connections = connections

    async def find(self, connector: str, sought: Sought) -> Connection:
        """Return the connection that a tool gets.

        Raises:
            ConnectorRequired: No owner has one.
            AccountNotFound: One has others, but not this account.
            AccountAmbiguous: Several accounts of one owner have the requested label.
        """
        places = [(sought.tenant, owner, connector) for owner in _owners(sought)]
        for place in places:
            if found := await self._connections.find_account(*place, sought.account):
                return found
        if sought.account is not None:
            for place in places:
                if await self._connections.find_account(*place, None):
                    raise AccountNotFound(connector)
        raise ConnectorRequired(connector, sought.scopes)

    def tags(self, sought: Sought, connection: Connection) -> tuple[Tag, ...]:
        """Return the tags of the changes after which ``find`` may find another connection."""
        connector = connection.connector
        nearer = [owner for owner in _owners(sought) if owner != connection.owner]
        tags = (accounts_tag(sought.tenant, owner, connector) for owner in nearer)
        return *connection.tags, *(() if connection.user else tags)


def _owners(sought: Sought) -> Iterator[str]:
    if sought.owner in {None, "user"}:
        yield owner_of(sought.user)
    if sought.owner in {None, ORG}:
        yield ORG
