"""Connections with pasted credentials: checked, stored, replaced, and checked again.

A value that its provider refuses is never stored. A value that could not be checked is stored and
shown as "not checked": the worker checks it again. Only a refusal by the verification request, or
of the token request, makes such a connection ``needs_reauth``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from connectors.account import AccountInfo
from connectors.added import TEMPLATE, keys_of
from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.context import Tokens
from connectors.key_method import KeyMethod
from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault
from gateway.engine.account import MAX_LABEL
from gateway.engine.integration_names import is_integration
from gateway.engine.key_requests import Verdict
from gateway.engine.pasted import holds_secret, last_four, pack, read_pasted
from gateway.errors import (
    AccountMismatch,
    ConnectionNotFound,
    ConnectorRequired,
    InvalidRequest,
    KeyNotChecked,
    KeyRefused,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    StoreUnavailable,
    TokenRejected,
    VaultError,
    code_of,
)
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.services.back_off import back_off
from gateway.services.connector_rules import ConnectorRules
from gateway.services.key_provider import KeyProvider
from gateway.services.methods import key_of, method_of, pasted_values
from gateway.store.audit import Action
from gateway.store.connection import NOT_CHECKED, Connection, Method, SealedTokens, Status
from gateway.store.connections import ConnectionStore, NewConnection, Target
from gateway.store.hook_retries import first_failure
from gateway.store.owners import kind_of, user_of
from gateway.store.refresh_leases import Lease, RefreshLeases
from gateway.text import clean_text

_log = get_logger()

KEY_REFUSED = "key_refused"
"""The reason of a connection whose key its provider refuses."""
REST_SECONDS = 10.0
"""After a successful check, a key is not checked again for this time, whatever callers report."""
FINGERPRINT = "key_"
"""The beginning of the account id of a key whose provider names no account."""
_FINGERPRINT = re.compile(FINGERPRINT + "[0-9a-f]{32}")


class KeyConnections:
    """Makes and checks connections with pasted credentials."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        connections: ConnectionStore,
        leases: RefreshLeases,
        provider: KeyProvider,
        sealer: TokenSealer,
        vault: Vault,
        clock: Clock,
        metrics: Metrics,
        audit: Audit,
        rules: ConnectorRules,
        revoke: Callable[[Connection], Awaitable[object]],
    ) -> None:
        """``revoke`` ends the grant of a connection whose row has become a key's."""
        self._catalog = catalog
        self._connections = connections
        self._leases = leases
        self._provider = provider
        self._sealer = sealer
        self._vault = vault
        self._clock = clock
        self._metrics = metrics
        self._audit = audit
        self._rules = rules
        self._revoke = revoke

    async def connect(
        self,
        config: Connector,
        *,
        tenant: str,
        owner: str,
        given: Mapping[str, str],
        label: str = "",
        replaces: str | None = None,
    ) -> Connection:
        """Check the pasted values ``given`` and store them.

        Args:
            label: The person's name for this key.
            replaces: The id of the owner's connection whose key is replaced. Its old key stays
                until the provider has accepted the new one.

        Raises:
            InvalidRequest: A value is missing or does not fit (``KeyMalformed``: it is no key).
            ConnectionNotFound: The owner has no connection ``replaces`` of this connector.
            KeyRefused: The provider refuses the values. Nothing was stored.
            KeyNotChecked: The provider could not check the new key, and the old one is kept.
            AccountMismatch: The new key is of another account, or is stored already as another
                connection.
            AccountUnfit: The account lacks what the connector needs.
            ProviderError: The provider accepts the key, and does not name its account.
            ConnectorOff, PersonalForbidden: The organisation's rules forbid the connection.
        """
        key, template, given = chosen_key(config, given)
        self._metrics.flow_started(config.name)
        try:
            with self._metrics.flow_end(config.name):
                return await self._connect(
                    config, key, template, tenant, owner, given, label, replaces
                )
        except Exception as error:
            self._audit.note(
                Action.CONNECTION_REFUSED,
                tenant=tenant,
                user=user_of(owner),
                owner=kind_of(owner),
                connector=config.name,
                outcome=code_of(error),
            )
            raise

    async def _connect(
        self,
        config: Connector,
        key: KeyMethod,
        template: Mapping[str, str],
        tenant: str,
        owner: str,
        given: Mapping[str, str],
        label: str,
        replaces: str | None,
    ) -> Connection:
        await self._rules.check(tenant, config.name, owner)
        values, label = read_pasted(key.inputs, given), clean_text(label, MAX_LABEL)
        secrets = {name: values[name] for name, each in key.inputs.items() if each.secret}
        if holds_secret(label, secrets.values()):
            problem = "The name holds a secret. Paste that into its own field alone."
            raise InvalidRequest("the name holds a secret", {"label": problem})
        old = None
        if replaces is not None:
            old = await self._connections.get(tenant, replaces)
            if old is None or (old.owner, old.connector) != (owner, config.name):
                raise ConnectionNotFound
        verdict, tokens = await self._verified(config, key, values)
        if verdict is Verdict.REFUSED:
            raise KeyRefused(config.name)
        is_checked = verdict is Verdict.VALID
        can_check = key.verify is not None or key.token is not None
        if old is not None and can_check and not is_checked:
            raise KeyNotChecked(config.name)
        mine = [
            each
            for each in await self._connections.list_for(tenant, owner)
            if each.connector == config.name
        ]
        same = [each for each in mine if self._has_secrets(each, secrets)]
        unnamed = next((each for each in same if _is_unnamed(each)), None)
        typed = {name: value for name, value in values.items() if name not in secrets}
        typed |= template
        account = duplicate = None
        if is_checked:
            account = await self._provider.account(config, key, values, tokens)
        if account is None:
            known = [each for each in same if not is_checked and each.connection_config == typed]
            account = self._known_as(next(iter(known), unnamed), config, tenant, secrets)
        elif old is None and unnamed is not None:  # stored while its provider could not name it
            if any(each.external_account_id == account.external_account_id for each in mine):
                duplicate = unnamed
            else:
                old = unnamed
        if old is not None and _is_another(account, old):
            raise AccountMismatch(connector=config.name)
        if not label and old is not None and not old.account_label.startswith("…"):
            label = old.account_label
        hook, failure = self._catalog.hook(config), None
        if hook is not None and can_check and not is_checked:
            failure = NOT_CHECKED  # the worker runs it, as it would after a failure
        elif hook is not None:
            found = await self._provider.enrich(config, key, hook, values, tokens, account)
            account, failure = found.account, found.failure
        new = NewConnection(
            tenant=tenant,
            owner=owner,
            connector=config.name,
            account=AccountInfo(
                external_account_id=account.external_account_id,
                account_label=label or account.account_label,
                metadata=account.metadata,
            ),
            connection_config=typed,
            requested_scopes=(),
            granted_scopes=(),
            status=Status.ACTIVE,
            several_accounts=config.supports_multiple_accounts,
            method=method_of(key),
            status_reason=None if is_checked else NOT_CHECKED,
            hook_failure=first_failure(failure, self._clock()) if failure else None,
        )
        packed = self._packed(key, secrets, tokens)
        connection, replaced = await self._save(new, packed, None if old is None else old.id)
        again = connection.generation > 1
        action = Action.CONNECTION_RECONNECTED if again else Action.CONNECTION_CREATED
        await self._audit.write(action, **connection.about)
        if failure not in {None, NOT_CHECKED}:
            self._audit.note(Action.HOOK_FAILED, outcome=failure, **connection.about)
        _log.info("key_stored", connector=config.name, connection=connection.id, checked=is_checked)
        await self._clean_up(replaced, duplicate)
        return connection

    async def _clean_up(self, replaced: Connection | None, duplicate: Connection | None) -> None:
        """End what the key has replaced: a grant that no row has any more, a second row of it."""
        try:
            if replaced is not None and replaced.method is Method.OAUTH2:
                revoked = await self._revoke(replaced)
                _log.info("grant_replaced", connection=replaced.id, revoked=str(revoked))
            if duplicate is not None and await self._connections.delete(duplicate, self._clock()):
                await self._audit.write(Action.CONNECTION_DISCONNECTED, **duplicate.about)
        except StoreUnavailable as error:  # the key is stored: that is the answer
            _log.warning("replaced_not_ended", reason=str(error))

    async def _verified(
        self, config: Connector, key: KeyMethod, values: Mapping[str, str]
    ) -> tuple[Verdict, Tokens | None]:
        """Return the provider's verdict, and the access token that it gave for the values."""
        try:
            tokens = None if key.token is None else await self._provider.ask(config, key, values)
            access_token = None if tokens is None else tokens.access_token
            return await self._provider.verify(config, key, values, access_token), tokens
        except TokenRejected:
            return Verdict.REFUSED, None
        except ProviderError as error:
            _log.warning("key_not_checked", connector=config.name, error=type(error).__name__)
            return Verdict.NOT_CHECKED, None

    def _has_secrets(self, connection: Connection, secrets: Mapping[str, str]) -> bool:
        if connection.method is Method.OAUTH2:
            return False
        try:
            stored = pasted_values(self._sealer, connection)
        except VaultError:
            return False
        return all(stored.get(name) == secret for name, secret in secrets.items())

    def _known_as(
        self, same: Connection | None, config: Connector, tenant: str, secrets: Mapping[str, str]
    ) -> AccountInfo:
        """Return the identity of a key whose provider names no account now.

        It is that of ``same``, which has these secrets, or else says nothing about them: a keyed
        hash. That names the tenant, so equal keys of two tenants do not look alike.
        """
        if same is not None:
            return AccountInfo(
                external_account_id=same.external_account_id,
                account_label=same.account_label,
                metadata=same.metadata,
            )
        statement = "\0".join([tenant, config.name, pack(secrets).reveal()]).encode()
        return AccountInfo(
            external_account_id=FINGERPRINT + self._vault.fingerprints(statement)[0],
            account_label=last_four(next(iter(secrets.values()), "")),
        )

    def _packed(self, key: KeyMethod, secrets: Mapping[str, str], tokens: Tokens | None) -> Tokens:
        packed = pack(secrets)
        if key.token is None:
            return Tokens(
                access_token=packed,
                refresh_token=None,
                token_type=Method.API_KEY,
                expires_at=None,
                scopes=(),
            )
        if tokens is None:  # the provider did not answer: the next reader or the worker asks again
            return Tokens(
                access_token=Secret(""),
                refresh_token=packed,
                token_type="Bearer",
                expires_at=self._clock(),
                scopes=(),
            )
        return Tokens(
            access_token=tokens.access_token,
            refresh_token=packed,
            token_type=tokens.token_type,
            expires_at=tokens.expires_at,
            scopes=(),
        )

    async def _save(
        self, new: NewConnection, tokens: Tokens, replaces: str | None
    ) -> tuple[Connection, Connection | None]:
        """Store the key; return its connection, and what that was before."""
        now = self._clock()
        while True:  # until no concurrent write wins
            target = await (
                self._connections.target(new)
                if replaces is None
                else self._connections.target_of(new, replaces)
            )
            old, account = target.replaces, new.account
            if new.hook_failure and old and old.connection_config == new.connection_config:
                # What an earlier run of the hook found still holds.
                account = replace(account, metadata={**old.metadata, **account.metadata})
            target = replace(target, new=replace(new, account=account))
            saved = await self._connections.save(target, self._sealed(target, tokens), now)
            if saved is not None:
                return saved, old

    def _sealed(self, target: Target, tokens: Tokens) -> SealedTokens:
        return self._sealer.seal(
            tokens,
            tenant=target.new.tenant,
            owner=target.new.owner,
            connector=target.new.connector,
            row=target.row,
            generation=target.generation,
            now=self._clock(),
        )

    async def check(self, config: Connector, connection: Connection) -> Connection:
        """Ask the provider whether it accepts a stored API key; return the connection afterwards.

        Raises:
            ReauthorizationRequired: It refuses the key.
            ProviderUnavailable: It could not say, or another check has just failed.
            ConnectorRequired: The connection was deleted meanwhile.
            VaultError: The key does not open.
        """
        key, values = key_of(config, connection), pasted_values(self._sealer, connection)
        lease = await self._leases.claim(connection)
        if lease is None:
            return await self._checked_elsewhere(connection)
        verdict = Verdict.NOT_CHECKED
        failure = ProviderUnavailable("the key could not be checked")
        try:
            verdict = await self._provider.verify(config, key, values, None)
        except ProviderUnavailable as error:
            failure = error
        except ProviderError as error:
            _log.warning("key_not_checked", connector=config.name, error=type(error).__name__)
        except BaseException:  # a fault of ours, or a caller that went away: nothing is known
            await self._leases.release(lease)
            raise
        if verdict is Verdict.REFUSED:
            await self._refused(lease)
        elif verdict is Verdict.VALID:
            await self._leases.confirm(lease, REST_SECONDS, self._clock())
            _log.info("key_checked", connector=config.name, connection=connection.id)
        else:
            jitter = random.random()  # noqa: S311 - spreads load
            seconds = back_off(failure, lease.attempts, jitter)
            await self._leases.postpone(lease, seconds, NOT_CHECKED, self._clock())
            raise failure
        return await self._current(connection)

    async def _refused(self, lease: Lease) -> None:
        connection = lease.connection
        if connection.status is Status.NEEDS_REAUTH:
            await self._leases.release(lease)
        elif await self._leases.give_up(lease, KEY_REFUSED, self._clock()):
            _log.warning("connection_needs_reauth", connection=connection.id, reason=KEY_REFUSED)
            action = Action.CONNECTION_NEEDS_REAUTH
            self._audit.note(action, outcome=KEY_REFUSED, **connection.about)

    async def _checked_elsewhere(self, connection: Connection) -> Connection:
        progress = await self._leases.progress(connection)
        newest = await self._current(connection)
        if newest.status_reason is None:  # it was accepted a moment ago
            return newest
        wait = max(1, progress.cool_down if progress else 1)
        raise ProviderUnavailable("the key was checked a moment ago", retry_after=wait)

    async def _current(self, connection: Connection) -> Connection:
        newest = await self._connections.get(connection.tenant, connection.id)
        if newest is None:
            raise ConnectorRequired(connection.connector)
        if newest.status is Status.NEEDS_REAUTH:
            reason = newest.status_reason or KEY_REFUSED
            raise ReauthorizationRequired(connection.connector, reason, connection.id)
        return newest


def chosen_key(
    config: Connector, given: Mapping[str, str]
) -> tuple[KeyMethod, dict[str, str], Mapping[str, str]]:
    """Return the key method that the pasted values are for, its template, and the other values.

    A catalog connector has one method and no template. Where an integration has several, the value
    ``template`` names one. Raises ``InvalidRequest``.
    """
    keys = keys_of(config)
    if not keys:
        problem = f"{config.name} takes no pasted key: start a flow instead"
        raise InvalidRequest(problem, {"inputs": problem})
    if not is_integration(config.name):
        return next(iter(keys.values())), {}, given
    slug = given.get(TEMPLATE) or (next(iter(keys)) if len(keys) == 1 else "")
    if slug not in keys:
        problem = f"must be one of {', '.join(keys)}"
        raise InvalidRequest(f"{TEMPLATE} {problem}", {TEMPLATE: problem})
    others = {name: value for name, value in given.items() if name != TEMPLATE}
    return keys[slug], {TEMPLATE: slug}, others


def _is_unnamed(connection: Connection) -> bool:
    """Whether its provider had not named the account of a key."""
    found = _FINGERPRINT.fullmatch(connection.external_account_id)
    return connection.method is not Method.OAUTH2 and found is not None


def _is_another(account: AccountInfo, old: Connection) -> bool:
    """Whether a key is of another account than ``old``, as far as their provider names accounts."""
    return not _is_unnamed(old) and account.external_account_id != old.external_account_id
