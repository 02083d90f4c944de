"""Hooks that failed, run again: by the worker with growing pauses, or because somebody asks.

A failing hook costs its findings and nothing else (rule 7). docs/connector-reference.md, "Hooks".
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from connectors.account import AccountInfo
from connectors.catalog import Catalog, Hook
from connectors.config import Connector
from connectors.context import Tokens
from connectors.errors import AccountUnfit, ConnectorError
from gateway.audit.trail import OK, Audit
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.errors import ConnectionNotFound, GatewayError, ProviderError, RowUnreadable, code_of
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.services.apps import Apps
from gateway.services.hook_run import Enriched
from gateway.services.key_provider import KeyProvider
from gateway.services.methods import key_of, oauth_of, pasted_values
from gateway.services.provider import Grant, Provider
from gateway.services.refresh import Refresher
from gateway.services.refresh_failures import reason_of
from gateway.services.states import MISSING_FACT, has_address, is_over
from gateway.store.audit import Action
from gateway.store.connection import Connection, Method
from gateway.store.connections import ConnectionStore
from gateway.store.hook_retries import HookRetries

_log = get_logger()

ATTEMPT_SECONDS = 60.0
"""The longest attempt: a refresh, if the token is over, and the hook."""
BATCH = 50
"""The most attempts in a round of a connector."""
UNFIT = "account_unfit"


class Hooks:
    """Runs failed hooks again, each by one process at a time."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        apps: Apps,
        connections: ConnectionStore,
        retries: HookRetries,
        provider: Provider,
        key_provider: KeyProvider,
        refresher: Refresher,
        sealer: TokenSealer,
        clock: Clock,
        metrics: Metrics,
        audit: Audit,
    ) -> None:
        self._catalog = catalog
        self._apps = apps
        self._connections = connections
        self._retries = retries
        self._provider = provider
        self._key_provider = key_provider
        self._refresher = refresher
        self._sealer = sealer
        self._clock = clock
        self._metrics = metrics
        self._audit = audit
        self._stopping = False

    def connectors(self) -> tuple[str, ...]:
        """Return the connectors that have a hook."""
        return tuple(c.name for c in self._catalog.descriptions() if c.post_connection_script)

    def stop(self) -> None:
        """Start no further attempt."""
        self._stopping = True

    async def round(self, connector: str) -> int:
        """Try each due connection of the connector once; return how many were tried."""
        if not await self._apps.is_needed(connector):
            return 0
        due = await self._retries.due(connector, self._clock(), BATCH)
        for number, connection in enumerate(due):
            if self._stopping:
                return number
            await self.retry(connection)
        return len(due)

    async def retry(self, connection: Connection) -> Connection:
        """Run the hook of a connection once, if it is needed and no other process runs it now.

        Returns the connection as it is then. Raises ``ConnectionNotFound`` if it is gone.
        """
        try:
            config = await self._config(connection)
            hook = self._catalog.hook(config)
        except (ConnectorError, RowUnreadable):
            return connection
        failure = connection.hook_failure
        if hook is None or (failure is None and _is_complete(config, connection)):
            return connection
        reason = failure.reason if failure else MISSING_FACT
        claim = await self._retries.claim(connection, reason, self._clock())
        if claim is not None:
            found, final = await self._attempt(config, hook, claim.connection)
            stored = await self._retries.finish(
                claim, found.account, found.failure, self._clock(), final=final
            )
            if stored:
                self._report(claim.connection, found.failure)
        newest = await self._connections.get(connection.tenant, connection.id)
        if newest is None:
            raise ConnectionNotFound
        return newest

    async def _config(self, connection: Connection) -> Connector:
        if connection.method is Method.OAUTH2:
            return await self._apps.of(connection)
        return self._apps.described(connection)

    async def _attempt(
        self, config: Connector, hook: Hook, connection: Connection
    ) -> tuple[Enriched, bool]:
        """Return what the hook found, and whether another attempt makes no sense."""
        account = AccountInfo(
            external_account_id=connection.external_account_id,
            account_label=connection.account_label,
            metadata=connection.metadata,
        )
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                if is_over(connection, self._clock()):
                    connection = await self._refresher.renew(config, connection, in_need=True)
                found = await self._run(config, hook, connection, account)
        except AccountUnfit:
            return Enriched(account=account, failure=UNFIT), True
        except TimeoutError:
            return Enriched(account=account, failure="timeout"), False
        except GatewayError as error:
            reason = reason_of(error) if isinstance(error, ProviderError) else code_of(error)
            return Enriched(account=account, failure=reason), False
        if found.failure is None and not _is_complete(
            config, replace(connection, metadata=found.account.metadata)
        ):
            found = Enriched(account=found.account, failure=MISSING_FACT)
        return found, False

    async def _run(
        self, config: Connector, hook: Hook, connection: Connection, account: AccountInfo
    ) -> Enriched:
        tokens = self._tokens(connection)
        if connection.method is Method.OAUTH2:
            grant, typed = Grant(tokens=tokens, token_response={}), connection.connection_config
            oauth = oauth_of(config, connection)
            return await self._provider.enrich(oauth, hook, grant, typed, account)
        found = await self._key_provider.enrich(
            config,
            key_of(config, connection),
            hook,
            pasted_values(self._sealer, connection),
            tokens if connection.method is Method.CLIENT_CREDENTIALS else None,
            account,
        )
        if account.account_label.startswith("…"):
            return found
        kept = replace(found.account, account_label=account.account_label)  # a person's name for it
        return replace(found, account=kept)

    def _tokens(self, connection: Connection) -> Tokens:
        return Tokens(
            access_token=self._sealer.access_token(connection),
            refresh_token=None,
            token_type=connection.tokens.token_type,
            expires_at=connection.tokens.expires_at,
            scopes=connection.granted_scopes,
        )

    def _report(self, connection: Connection, failure: str | None) -> None:
        self._metrics.hook_run(connection.connector, failure or "done")
        _log.info("hook_run_again", connection=connection.id, outcome=failure or "done")
        action = Action.HOOK_DONE if failure is None else Action.HOOK_FAILED
        self._audit.note(action, outcome=failure or OK, **connection.about)


def _is_complete(config: Connector, connection: Connection) -> bool:
    """Whether no fact is missing that a hook finds. A pasted key needs none in its address."""
    if connection.method is not Method.OAUTH2:
        return True
    oauth = oauth_of(config, connection)
    return has_address(oauth, connection.connection_config, connection.metadata)
