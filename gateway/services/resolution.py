"""Which connection a tool gets: the user's own, else the organisation's, else the platform's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from connectors.config import Connector
from gateway.engine.integration_names import is_integration
from gateway.errors import AccountNotFound, ConnectorRequired, InvalidRequest, PersonalForbidden
from gateway.services.platform import PlatformCredentials
from gateway.store.connection import Connection
from gateway.store.connector_rules import ConnectorRule, rules_tag
from gateway.store.fresh.notices import Tag, accounts_tag, integration_tags
from gateway.store.owners import ORG, PLATFORM, OwnerKind, owner_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """A connection that a tool asks for; ``owner`` pins one kind of owner."""

    tenant: str
    user: str
    account: str | None = None
    owner: OwnerKind | None = None
    scopes: tuple[str, ...] = ()


def nearest(rule: ConnectorRule, owners: Collection[OwnerKind]) -> OwnerKind | None:
    """Return whose connection a tool gets, of the ``owners`` that have one."""
    if not rule.enabled:
        return None
    order: tuple[OwnerKind, ...] = ("user", ORG, PLATFORM)
    allowed = order if rule.personal else order[1:]
    return next((kind for kind in allowed if kind in owners), None)


class Accounts(Protocol):
    """The linked accounts of a tenant (``gateway.store.connections``)."""

    async def find_account(
        self, tenant: str, owner: str, connector: str, account: str | None
    ) -> Connection | None:
        """Return the requested account, or the default one."""


class Rules(Protocol):
    """The rules of organisations (``gateway.services.connector_rules``)."""

    async def of(self, tenant: str, connector: str) -> ConnectorRule:
        """Return the tenant's rule for a connector."""


class Resolution:
    """Finds connections: the nearest owner wins, even if its connection does not work."""

    def __init__(self, connections: Accounts, rules: Rules, platform: PlatformCredentials) -> None:
        self._connections = connections
        self._rules = rules
        self._platform = platform

    async def find(self, config: Connector, sought: Sought) -> Connection:
        """Return the connection that a tool gets.

        Raises:
            ConnectorRequired: No owner has one.
            AccountNotFound: One has others, but not this account.
            AccountAmbiguous: Several accounts of one owner have the requested label.
            ConnectorOff: The organisation has switched the connector off.
            PersonalForbidden: The organisation allows its own connection only, and has none.
            InvalidRequest: The platform is asked for, and has no credential of the connector.
        """
        connector, tenant = config.name, sought.tenant
        rule = await self._rules.of(tenant, connector)
        rule.check(connector)
        owners = _owners(sought, personal=rule.personal)
        find = self._connections.find_account
        for owner in owners:
            if found := await find(tenant, owner, connector, sought.account):
                return found
        if sought.owner in {None, PLATFORM} and (
            found := self._platform.connection(config, tenant)
        ):
            if sought.account in {None, found.id}:
                return found
        if sought.owner == PLATFORM:
            problem = f"the platform has no such credential of {connector}"
            raise InvalidRequest(problem, {"owner": problem})
        if sought.account is not None:
            for owner in owners:
                if await find(tenant, owner, connector, None):
                    raise AccountNotFound(connector)
        if not rule.personal and sought.owner != ORG:
            raise PersonalForbidden(connector)
        raise ConnectorRequired(connector, sought.scopes)

    def tags(self, sought: Sought, connection: Connection) -> tuple[Tag, ...]:
        """Return the tags of the changes after which ``find`` may find another connection."""
        connector = connection.connector
        nearer = [owner for owner in _owners(sought) if owner != connection.owner]
        tags = (accounts_tag(sought.tenant, owner, connector) for owner in nearer)
        rows = integration_tags(connector)[:1] if is_integration(connector) else ()
        shared = () if connection.user else tags
        return *connection.tags, rules_tag(sought.tenant), *rows, *shared


def _owners(sought: Sought, *, personal: bool = True) -> list[str]:
    user = [owner_of(sought.user)] if personal and sought.owner in {None, "user"} else []
    return [*user, ORG] if sought.owner in {None, ORG} else user
