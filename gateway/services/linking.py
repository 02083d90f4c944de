"""Linking: turns the grant of a finished flow into a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from connectors.added import UNNAMED, AddedConnector
from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.context import AccountInfo, Tokens
from connectors.errors import AccountUnfit
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.engine.scopes import held_scopes, kept_scopes, missing_scopes
from gateway.errors import (
    AccountMismatch,
    ConnectionIncomplete,
    ConnectorRequired,
    GrantSmaller,
    InvalidRequest,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    StateUnknown,
    UnreadableResponse,
    VaultError,
)
from gateway.services.methods import renewal_margin
from gateway.services.provider import Grant, Provider
from gateway.services.refresh import Refresher
from gateway.services.states import MISSING_FACT, api_parts, is_over
from gateway.services.unused_grants import UnusedGrants
from gateway.store.connection import Connection, Method, Status
from gateway.store.connections import ConnectionStore, NewConnection
from gateway.store.flows import Flow
from gateway.store.hook_retries import first_failure

_CANNOT_RENEW = (ReauthorizationRequired, ConnectionIncomplete, ConnectorRequired)


class Linker:
    """Links the account of a grant to the user of its flow."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        connections: ConnectionStore,
        provider: Provider,
        sealer: TokenSealer,
        clock: Clock,
        environment: str,
        unused: UnusedGrants,
        refresher: Refresher,
    ) -> None:
        self._catalog = catalog
        self._connections = connections
        self._provider = provider
        self._sealer = sealer
        self._clock = clock
        self._environment = environment
        self._unused = unused
        self._refresher = refresher

    async def link(
        self,
        config: ConnectorConfig,
        flow: Flow,
        grant: Grant,
        is_wanted: Callable[[], Awaitable[bool]],
    ) -> Connection:
        """Store the connection of a finished flow.

        Raises ``AccountMismatch`` if another account is linked and the connector takes only one,
        ``GrantSmaller`` if the account's stored grant allows more and goes on working,
        ``StateUnknown`` if the person has signed out everywhere meanwhile, ``AccountUnfit`` if the
        account lacks what the connector needs, and ``ProviderError`` if it cannot be read.
        """
        # A failure leaves the grant in place: the account is unknown, and at providers that revoke
        # per account, revoking could end a working connection.
        typed, failure = flow.connection_config, None
        account = await self._provider.account(config, grant, typed)
        hook = self._catalog.hook(config)
        if hook is not None:
            enriched = await self._provider.enrich(config, hook, grant, typed, account)
            account, failure = enriched.account, enriched.failure
        try:
            api_parts(config, grant.tokens.access_token, typed, account.metadata)
        except InvalidRequest as error:
            if hook is None:
                raise UnreadableResponse(f"the API cannot be called: {error}") from None
            failure = failure or MISSING_FACT
        if is_unnamed(config, account):
            account = await self._as_before(flow, account)
        missing = missing_scopes(config, config.scopes, grant.tokens.scopes)
        new = NewConnection(
            tenant=flow.tenant,
            owner=flow.owner,
            connector=config.name,
            account=account,
            connection_config=flow.connection_config,
            requested_scopes=kept_scopes(config, flow.scopes, grant.tokens.scopes),
            granted_scopes=grant.tokens.scopes,
            status=Status.NEEDS_SCOPES if missing else Status.ACTIVE,
            several_accounts=config.supports_multiple_accounts,
            environment=self._environment,
            app=flow.app,
            hook_failure=first_failure(failure, self._clock()) if failure else None,
        )
        try:
            if not await is_wanted():
                raise StateUnknown(connector=config.name)
            old = (await self._connections.target(new)).replaces
            if await self._holds_more(old, config, new, grant):
                # Not revoked: at providers that revoke per account, that would end the stored one.
                raise GrantSmaller(connector=config.name)
            return await self._save(config, new, grant.tokens)
        except (AccountMismatch, StateUnknown):
            await self._unused.revoke(
                config,
                grant.tokens,
                tenant=flow.tenant,
                app=flow.app,
                account_id=account.external_account_id,
                connection_config=flow.connection_config,
                metadata=account.metadata,
            )
            raise

    async def _as_before(self, flow: Flow, account: AccountInfo) -> AccountInfo:
        """Give an account without an id that of the owner's earlier grant, if there is one."""
        mine = await self._connections.list_for(flow.tenant, flow.owner)
        ids = (each.external_account_id for each in mine if each.connector == flow.connector)
        before = next((each for each in ids if each.startswith(UNNAMED)), None)
        return account if before is None else replace(account, external_account_id=before)

    async def _holds_more(
        self, old: Connection | None, config: ConnectorConfig, new: NewConnection, grant: Grant
    ) -> bool:
        """Whether the grant that would be replaced works, and has all scopes of this and more."""
        if not self._is_usable(old, new) or old is None:
            return False
        before = {*held_scopes(config, old.granted_scopes)}
        if not {*held_scopes(config, new.granted_scopes)} < before:
            return False
        try:
            refresh_token = self._sealer.refresh_token(old)
            if refresh_token is not None and refresh_token == grant.tokens.refresh_token:
                return False  # one grant, which has shrunk
            if refresh_token is not None and is_over(old, self._clock()):
                old = await self._refresher.renew(config, old, in_need=True)
            tokens = replace(grant.tokens, access_token=self._sealer.access_token(old))
            account = await self._provider.account(
                config, replace(grant, tokens=tokens), new.connection_config
            )
        except ProviderUnavailable:
            return True  # nobody knows that it is over: nothing that may work is given up
        except (VaultError, ProviderError, AccountUnfit, *_CANNOT_RENEW):
            return False
        return account.external_account_id == new.account.external_account_id

    @staticmethod
    def _is_usable(old: Connection | None, new: NewConnection) -> bool:
        """Whether it is a grant that was not ended, of this app and host."""
        return (
            old is not None
            and old.method is Method.OAUTH2
            and old.status is not Status.NEEDS_REAUTH
            and old.is_of(new.environment)
            and old.app == new.app
            and old.connection_config == new.connection_config
        )

    async def _save(
        self, config: ConnectorConfig, new: NewConnection, tokens: Tokens
    ) -> Connection:
        now = self._clock()
        while True:  # until no concurrent write wins
            target = await self._connections.target(new)
            kept, old = None, target.replaces
            if new.hook_failure and old and old.connection_config == new.connection_config:
                # What an earlier run of the hook found still holds.
                account = replace(
                    new.account,
                    account_label=old.account_label,
                    metadata={**old.metadata, **new.account.metadata},
                )
                target = replace(target, new=replace(new, account=account))
            if tokens.refresh_token is None and config.supports_refresh:
                # Without a name, it may be that of another account.
                if not is_unnamed(config, new.account):
                    kept = self._earlier_refresh_token(target.replaces, new)
            sealed = self._sealer.seal(
                replace(tokens, refresh_token=kept or tokens.refresh_token),
                tenant=new.tenant,
                owner=new.owner,
                connector=new.connector,
                row=target.row,
                generation=target.generation,
                now=now,
                renew_before=renewal_margin(config, Method.OAUTH2),
            )
            saved = await self._connections.save(target, sealed, now, keeps=kept is not None)
            if saved is not None:
                return saved

    def _earlier_refresh_token(self, old: Connection | None, new: NewConnection) -> Secret | None:
        """Return the refresh token of the same account, unless its grant is over.

        Some providers issue one at the first consent only, and it goes on working. A token of
        another environment's app, or of another host, is not sent to this one.
        """
        if not self._is_usable(old, new) or old is None:
            return None
        try:
            return self._sealer.refresh_token(old)
        except VaultError:
            return None


def is_unnamed(config: ConnectorConfig, account: AccountInfo) -> bool:
    """Whether the provider of an integration tells no id of the account."""
    is_added = isinstance(config, AddedConnector)
    return is_added and account.external_account_id.startswith(UNNAMED)
