"""What a user's calls would meet, for many requirements at once and by few queries.

The accounts of the user and of the organisation, the rules and the apps are read once. The services
that serve a token answer from them, so that what is said here is what the next caller gets (design
rule 4). Only a provider can change that: a due renewal may fail, and may end the grant.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.errors import ConnectorError
from gateway.clock import Clock
from gateway.errors import ConnectorRequired, GatewayError, RowUnreadable
from gateway.services.apps import Apps
from gateway.services.connector_rules import ConnectorRules
from gateway.services.lookup import Found, Lookup, check_grant
from gateway.services.platform import PlatformCredentials
from gateway.services.resolution import Resolution, Sought
from gateway.services.states import State, States
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.connector_rules import ConnectorRule
from gateway.store.owners import ORG, PLATFORM, OwnerKind, kind_of, owner_of

_DEFAULT = ConnectorRule()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a caller that asks for a connection gets.

    ``error`` is what a token read raises; ``None`` if it asks at most for a renewal. ``connection``
    is the one that it finds, if any; ``config`` is its connector, or how it can be connected;
    ``None`` if there is none of that name. ``state`` is set for a usable connection that is not the
    platform's.
    """

    config: Connector | None
    connection: Connection | None = None
    state: State | None = None
    error: GatewayError | ConnectorError | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether nothing is connected, and nobody here can connect it."""
        return self.connection is None and isinstance(self.error, ConnectorError)


class Availability:
    """Reads what a user has."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        apps: Apps,
        connections: ConnectionStore,
        rules: ConnectorRules,
        platform: PlatformCredentials,
        states: States,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._apps = apps
        self._connections = connections
        self._rules = rules
        self._platform = platform
        self._states = states
        self._clock = clock

    async def read(self, tenant: str, user: str) -> Reach:
        """Read everything about a user's connections: by three queries, of which one is cached."""
        rows, rules, apps = await asyncio.gather(
            self._connections.read_all(tenant, [owner_of(user), ORG]),
            self._rules.all_of(tenant),
            self._apps.as_read(tenant),
        )
        known = _Known(tenant, rows, rules)
        return Reach(
            tenant=tenant,
            user=user,
            known=known,
            catalog=self._catalog,
            apps=apps,
            lookup=Lookup(self._catalog, apps, Resolution(known, known, self._platform)),
            states=self._states.knowing(apps),
            clock=self._clock,
        )


class _Known:
    """The accounts and rules of a tenant as they were read."""

    def __init__(
        self,
        tenant: str,
        rows: list[tuple[str, str, Connection | RowUnreadable]],
        rules: Mapping[str, ConnectorRule],
    ) -> None:
        self.tenant = tenant
        self.rules = rules
        self.connections = [row for *_, row in rows if isinstance(row, Connection)]
        self._rows: defaultdict[tuple[str, str], list[Connection | RowUnreadable]]
        self._rows = defaultdict(list)
        for owner, connector, row in rows:
            self._rows[owner, connector].append(row)

    async def find_account(
        self, tenant: str, owner: str, connector: str, account: str | None
    ) -> Connection | None:
        """Return the default account: the first in the order that they are read in."""
        first = next(iter(self._rows.get((owner, connector), ())), None)
        if isinstance(first, RowUnreadable):
            raise type(first)(str(first))
        return first

    async def of(self, tenant: str, connector: str) -> ConnectorRule:
        """Return the rule for a connector."""
        return self.rules.get(connector, _DEFAULT)


class Reach:
    """A user's connections as they were read, with what their next callers get."""

    def __init__(
        self,
        *,
        tenant: str,
        user: str,
        known: _Known,
        catalog: Catalog,
        apps: Apps,
        lookup: Lookup,
        states: States,
        clock: Clock,
    ) -> None:
        self._tenant = tenant
        self._user = user
        self._known = known
        self._catalog = catalog
        self._apps = apps
        self._lookup = lookup
        self._states = states
        self._clock = clock
        self._answers: dict[tuple[str, tuple[str, ...], OwnerKind | None], Answer] = {}

    @property
    def connections(self) -> list[Connection]:
        """The accounts that calls can use, by connector, each owner's default first.

        Those of a connector that is switched off are left out, and so are personal ones where the
        organisation allows none.
        """
        return [each for each in self._known.connections if self._is_allowed(each)]

    def _is_allowed(self, connection: Connection) -> bool:
        rule = self._known.rules.get(connection.connector, _DEFAULT)
        return rule.enabled and (rule.personal or connection.user is None)

    async def state(self, connection: Connection) -> State:
        """Return the state of one of the connections."""
        return await self._states.of(connection)

    async def answer(
        self, connector: str, scopes: tuple[str, ...] = (), owner: OwnerKind | None = None
    ) -> Answer:
        """Return what a caller gets that asks for a connector and some of its sets or scopes."""
        asked = connector, scopes, owner
        if asked not in self._answers:
            self._answers[asked] = await self._answer(*asked)
        return self._answers[asked]

    async def _answer(
        self, connector: str, scopes: tuple[str, ...], owner: OwnerKind | None
    ) -> Answer:
        sought = Sought(tenant=self._tenant, user=self._user, owner=owner, scopes=scopes)
        try:
            found = await self._lookup.find(connector, sought)
        except ConnectorRequired as error:
            config, _ = await self._apps.choose(self._tenant, connector)
            return Answer(config=config, error=error)
        except (GatewayError, ConnectorError) as error:
            return Answer(config=self._described(connector), error=error)
        connection, config = found.connection, found.config
        try:
            usable = replace(found, config=self._apps.described(connection))
            state = await self._check(usable, scopes)
        except (GatewayError, ConnectorError) as error:
            if isinstance(error, GatewayError):
                error.owner = kind_of(connection.owner)
            return Answer(config=config, connection=connection, error=error)
        return Answer(config=config, connection=connection, state=state)

    async def _check(self, found: Found, scopes: tuple[str, ...]) -> State | None:
        if found.connection.owner == PLATFORM:
            return None  # it has no row, and no grant that could end
        check_grant(found, self._clock(), scopes)
        return await self._states.check(found.connection)

    def _described(self, connector: str) -> Connector | None:
        try:
            return self._catalog.described(connector)
        except ConnectorError:
            return None
