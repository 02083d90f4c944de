"""OAuth apps: which one a connection is made with, and the apps that tenants bring themselves.

A tenant's own app goes before the deployment's. A connection stays with the app that made it: only
that one can renew and revoke its grant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from datetime import timedelta

from connectors.catalog import Catalog
from connectors.config import Connector, ConnectorConfig
from connectors.errors import ConfigError, MissingVariable
from connectors.secret import Secret
from gateway.audit.context import current_actor
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.encryption.places import app_secret_place
from gateway.encryption.vault import Vault
from gateway.engine.integration_names import tenant_tag
from gateway.errors import AppRefused, AppRemoved, InvalidRequest, NotFound, ProviderMisconfigured
from gateway.services.own_names import own_name
from gateway.services.whole_catalog import read_all
from gateway.store.audit import Action
from gateway.store.connection import Connection, Method
from gateway.store.oauth_apps import AppReader, OAuthApp, OAuthAppStore, ReadApps, app_id
from gateway.store.refresh_leases import RefreshLeases

MOST = 10
"""Most apps of a tenant for one connector."""
MAX_CREDENTIAL = 2000
_CREDENTIAL = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""Printable ASCII (RFC 6749 A.1, A.2), without the spaces around it that pasting adds."""
_MOST_CONFIGS = 1000
_TICK = timedelta(milliseconds=1)

Chosen = tuple[Connector, str | None]
"""A connector with the app for new connections, and the id of a tenant's own app."""


@contextmanager
def blaming(app: str | None) -> Iterator[None]:
    """Raise ``AppRefused`` if the provider refuses the credentials of a tenant's own ``app``."""
    try:
        yield
    except ProviderMisconfigured as error:
        if app is None:
            raise
        own = AppRefused(provider_code=error.provider_code, outcome_unknown=error.outcome_unknown)
        own.requests = error.requests
        raise own from None


class Apps:
    """The connectors as a tenant sees them: with the apps that are its own."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: OAuthAppStore,
        leases: RefreshLeases,
        vault: Vault,
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._known: AppReader = store
        self._leases = leases
        self._vault = vault
        self._clock = clock
        self._audit = audit
        self._configs: dict[tuple[str, bytes, int], ConnectorConfig] = {}
        """By the app's id, its sealed secret, and the revision of an added connector."""

    async def as_read(self, tenant: str) -> Apps:
        """Return the same with all apps of the tenant read once: for many questions at once."""
        other = copy(self)
        other._known = ReadApps(await self._store.list_for(tenant))
        return other

    async def choose(self, tenant: str, name: str) -> Chosen:
        """Return the connector of that name or alias with the app for new connections.

        Without an app, it is the connector with its pasted key alone. Raises ``UnknownConnector``,
        or ``ConfigError`` if it needs an app and nobody has one.
        """
        described = self._catalog.described(own_name(self._catalog, tenant, name))
        app = await self._known.in_use(tenant, described.name)
        if app is None:
            return self._catalog.usable(described.name), None
        return self._with(app), app.id

    async def find(self, tenant: str, name: str, app: str | None) -> ConnectorConfig:
        """Return the connector ``name`` with that app, the deployment's if it is ``None``.

        Raises:
            AppRemoved: The tenant has no such app any more.
            ConnectorError: The deployment's app is not configured, or the connector is broken.
            VaultError: The client secret does not open.
        """
        if app is None:
            return self._catalog.oauth(name)
        found = await self._known.get(tenant, app)
        if found is None or found.connector != name:
            raise AppRemoved
        return self._with(found)

    async def of(self, connection: Connection) -> ConnectorConfig:
        """Return the connector with the app that made the connection; raises what ``find`` does."""
        return await self.find(connection.tenant, connection.connector, connection.app)

    def described(self, connection: Connection) -> Connector:
        """Return the description of a connection's connector, for what needs no app.

        Raises ``ConnectorError`` if the connection is hidden: it needs the deployment's app, which
        is not configured.
        """
        if connection.app is None and connection.method is Method.OAUTH2:
            return self._catalog.get(connection.connector)
        return self._catalog.described(connection.connector)

    async def is_removed(self, connection: Connection) -> bool:
        """Whether the tenant has removed the app that made the connection."""
        if connection.app is None:
            return False
        return await self._known.get(connection.tenant, connection.app) is None

    async def offered(self, tenant: str | None) -> list[Connector]:
        """Return the connectors that the tenant's people can connect, in alphabetical order.

        Without a tenant, they are those that everybody can connect.
        """
        apps = [] if tenant is None else await self._store.list_for(tenant)
        own, offered = {app.connector for app in apps if app.in_use}, []
        await read_all(self._catalog)
        for config in self._catalog.descriptions():
            with suppress(ConfigError):
                is_own = config.name in own
                offered.append(config if is_own else self._catalog.usable(config.name))
        if tenant is not None:
            for added in self._catalog.added_by(tenant_tag(tenant)):
                with suppress(ConfigError):
                    is_own = added.name in own
                    offered.append(added if is_own else self._catalog.usable(added.name))
        return sorted(offered, key=lambda each: each.name)

    async def is_needed(self, connector: str) -> bool:
        """Whether anybody can connect to the connector: with an app, or a key."""
        try:
            self._catalog.usable(connector)
        except MissingVariable:
            return connector in await self._store.connectors()
        return True

    async def list_for(self, tenant: str, name: str) -> list[OAuthApp]:
        """Return the tenant's own apps for a connector, the newest first."""
        return await self._store.list_for(tenant, self.name_of(tenant, name))

    async def set(self, tenant: str, name: str, client_id: str, secret: Secret) -> OAuthApp:
        """Connect people with this app from now on; the same client id gets a new secret.

        Raises ``InvalidRequest`` if the credentials cannot be right.
        """
        described = self._catalog.described(own_name(self._catalog, tenant, name))
        if not isinstance(described, ConnectorConfig):
            raise InvalidRequest(f"{described.name} takes pasted keys alone: it needs no app")
        connector = described.name
        self._check(connector, client_id, secret)
        known, actor = await self._store.list_for(tenant, connector), current_actor()
        # Later than all others: the newest is the one in use.
        now = max([self._clock(), *(each.updated_at + _TICK for each in known)])
        app = OAuthApp(
            id=app_id(tenant, connector, client_id),
            tenant=tenant,
            connector=connector,
            client_id=client_id,
            secret=b"",
            in_use=True,
            updated_by=":".join(filter(None, (actor.kind.value, actor.key or actor.user))),
            created_at=now,
            updated_at=now,
        )
        if len({each.id for each in known} - {app.id}) >= MOST:
            raise InvalidRequest(f"a connector has at most {MOST} apps of a tenant: remove one")
        await self._store.set(replace(app, secret=self._vault.seal(secret, app_secret_place(app))))
        await self._leases.end_pauses(tenant, connector, app.id)
        await self._audit.write(Action.APP_SET, tenant=tenant, connector=connector, subject=app.id)
        return app

    async def remove(self, tenant: str, name: str, app: str) -> None:
        """Forget an app. Connections that it made work until their tokens expire.

        Raises ``NotFound`` if the tenant has no such app for the connector.
        """
        connector = self.name_of(tenant, name)
        if not await self._store.remove(tenant, connector, app):
            raise NotFound
        await self._audit.write(Action.APP_REMOVED, tenant=tenant, connector=connector, subject=app)

    def name_of(self, tenant: str, name: str) -> str:
        """Return the whole name of a connector that a tenant names. Raises ``UnknownConnector``."""
        return self._catalog.described(own_name(self._catalog, tenant, name)).name

    def _check(self, connector: str, client_id: str, secret: Secret) -> None:
        given = {"client_id": client_id, "client_secret": secret.reveal()}
        errors: dict[str, str] = {}
        for field, value in given.items():
            if value and (len(value) > MAX_CREDENTIAL or not _CREDENTIAL.fullmatch(value)):
                errors[field] = "must be printable ASCII without spaces around it"
        if not client_id:
            errors["client_id"] = "is missing"
        if not errors:
            try:
                config = self._catalog.with_app(connector, client_id, secret)
            except MissingVariable:
                errors["client_secret"] = "is missing"
            except ConfigError:
                errors["client_id"] = "does not fit this connector"
            else:
                if secret and not config.client_secret:
                    errors["client_secret"] = "must be empty: apps of this connector have none"
        if errors:
            problems = "; ".join(f"{field}: {problem}" for field, problem in errors.items())
            raise InvalidRequest(problems, errors)

    def _with(self, app: OAuthApp) -> ConnectorConfig:
        key = app.id, app.secret, self._catalog.revision(app.connector)
        if key not in self._configs:
            secret = self._vault.open(app.secret, app_secret_place(app))
            if len(self._configs) >= _MOST_CONFIGS:
                self._configs.clear()
            self._configs[key] = self._catalog.with_app(app.connector, app.client_id, secret)
        return self._configs[key]
