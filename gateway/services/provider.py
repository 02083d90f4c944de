"""Requests to providers: the engine prepares them and reads responses, outbound sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.account import AccountInfo, dig
from connectors.catalog import Hook
from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.errors import AccountUnfit, AccountUnreadable
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.account import clean_account
from gateway.engine.api import api_request
from gateway.engine.introspection import introspection_request
from gateway.engine.refusal import is_failure
from gateway.engine.request import OutboundResponse
from gateway.engine.revocation import revocation_request
from gateway.engine.strict_json import read_object
from gateway.engine.templates import NOTHING
from gateway.engine.token_request import exchange_request, long_lived_request, refresh_request
from gateway.engine.token_response import Earlier, TokenResponse, read_token_response
from gateway.errors import ProviderError, UnreadableResponse
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Endpoint
from gateway.outbound.client import Outbound
from gateway.services.hook_run import HOOK_SECONDS, Enriched, run_hook
from gateway.services.steps import Step

_log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The tokens of an exchange, and the response that held them."""

    tokens: Tokens
    token_response: Mapping[str, Any] = field(repr=False)
    callback_metadata: Mapping[str, str] = field(default_factory=dict, repr=False)


class Provider:
    """The requests of the services. Each raises ``ProviderError`` if it fails."""

    def __init__(
        self, outbound: Outbound, clock: Clock, hook_seconds: float = HOOK_SECONDS
    ) -> None:
        self.hook_seconds = hook_seconds
        self.outbound = outbound
        self._clock = clock

    async def exchange(
        self,
        config: ConnectorConfig,
        *,
        token_url: str,
        code: Secret,
        redirect_uri: str,
        verifier: Secret,
        callback_metadata: Mapping[str, str] = NOTHING,
    ) -> Grant:
        """Exchange an authorization code. A code is sent only once, without retries.

        Where tokens live long, the token for the code is exchanged for one of those at once.
        """
        request = exchange_request(
            config, endpoint=token_url, code=code, redirect_uri=redirect_uri, verifier=verifier
        )
        step = Step(self.outbound, config, request, "exchange", self._clock())
        answer = await step.run(config.exchange_code)
        read = read_token_response(config, answer, self._clock())
        _log_unread(config, "exchange", read)
        tokens = read.tokens
        second = long_lived_request(config, tokens.access_token)
        if second is not None:
            answer = await self.outbound.send(second, connector=config.name, endpoint="exchange")
            long_lived = read_token_response(config, answer, self._clock())
            _log_unread(config, "exchange", long_lived)
            tokens = _self_renewing(replace(long_lived.tokens, scopes=tokens.scopes))
        return Grant(tokens=tokens, token_response=read.body, callback_metadata=callback_metadata)

    async def refresh(
        self,
        config: ConnectorConfig,
        *,
        refresh_url: str,
        refresh_token: Secret,
        granted: tuple[str, ...],
        earlier: Earlier | None = None,
    ) -> Tokens:
        """Refresh the tokens of a grant with the scopes ``granted``.

        Without a refresh token in the response, the old one remains valid. ``earlier`` is the
        access token that the refresh may extend.
        """
        request = refresh_request(config, endpoint=refresh_url, refresh_token=refresh_token)
        step = Step(self.outbound, config, request, "refresh", self._clock())
        answer = await step.run(config.refresh_tokens)
        read = read_token_response(config, answer, self._clock(), granted, earlier)
        _log_unread(config, "refresh", read)
        return _self_renewing(read.tokens) if config.long_lived is not None else read.tokens

    async def account(
        self, config: ConnectorConfig, grant: Grant, connection_config: Mapping[str, str]
    ) -> AccountInfo:
        """Return the granted account, cleaned.

        Raises ``ProviderError`` if the account cannot be read, and ``AccountUnfit`` if it lacks
        what the connector needs.
        """
        context = _Context(self.outbound, config, grant, connection_config)
        try:
            account = await config.fetch_account_info(context)
            metadata = {**_token_metadata(config, grant), **account.metadata}
            return clean_account(replace(account, metadata=metadata))
        except (ProviderError, AccountUnfit):
            raise
        except AccountUnreadable as error:
            raise UnreadableResponse(str(error)) from None
        except Exception as error:
            # Rule 7: a connector's code may fail in any way; the user gets a clear error.
            _log.exception("account_lookup_failed", connector=config.name, exc_info=error)
            raise UnreadableResponse("the account could not be read") from None

    async def enrich(
        self,
        config: ConnectorConfig,
        hook: Hook,
        grant: Grant,
        connection_config: Mapping[str, str],
        account: AccountInfo,
    ) -> Enriched:
        """Run a hook; raises what ``run_hook`` does."""
        context = _Context(self.outbound, config, grant, connection_config)
        context.account = account
        return await run_hook(config.name, hook, context, self.hook_seconds)

    async def revoke(
        self,
        config: ConnectorConfig,
        *,
        connection_config: Mapping[str, str],
        metadata: Mapping[str, Any],
        access_token: Secret,
        refresh_token: Secret | None,
    ) -> bool | None:
        """Revoke the grant; return whether the provider did so, ``None`` if it has no endpoint."""
        request = revocation_request(
            config,
            connection_config=connection_config,
            metadata=metadata,
            access_token=access_token,
            refresh_token=refresh_token,
        )
        if request is None:
            return None
        step = Step(self.outbound, config, request, "revoke", self._clock())
        answer = await step.run(config.revoke_token)
        if not 200 <= answer.status < 300:
            return False
        return not self._is_hidden_failure(config, answer)

    def _is_hidden_failure(self, config: ConnectorConfig, answer: OutboundResponse) -> bool:
        if config.error_in_success is None:
            return False
        try:
            return is_failure(config, read_object(answer.content))
        except UnreadableResponse:
            return False  # RFC 7009 2.2: the status alone counts


def _self_renewing(tokens: Tokens) -> Tokens:
    """A long-lived token is its own refresh token."""
    return replace(tokens, refresh_token=tokens.access_token)


def _log_unread(config: ConnectorConfig, endpoint: Endpoint, read: TokenResponse) -> None:
    if read.unread:
        _log.warning(
            "token_answer_partly_unread",
            connector=config.name,
            endpoint=endpoint,
            members=read.unread,
        )


def _token_metadata(config: ConnectorConfig, grant: Grant) -> dict[str, Any]:
    found = {name: dig(grant.token_response, path) for name, path in config.token_metadata.items()}
    known = {name: value for name, value in found.items() if value is not None}
    return {**grant.callback_metadata, **known}


class _Context:
    """Context for a connector's code (``connectors.context.PostConnectionContext``)."""

    _account: AccountInfo

    def __init__(
        self,
        outbound: Outbound,
        config: ConnectorConfig,
        grant: Grant,
        connection_config: Mapping[str, str],
    ) -> None:
        self._outbound = outbound
        self._config = config
        self.tokens = grant.tokens
        self.token_response = grant.token_response
        self.connection_config = connection_config
        self.metadata: Mapping[str, Any] = _token_metadata(config, grant)

    @property
    def account(self) -> AccountInfo:
        return self._account

    @account.setter
    def account(self, account: AccountInfo) -> None:
        self._account, self.metadata = account, account.metadata

    def update_metadata(self, added: Mapping[str, Any]) -> None:
        metadata = {**self.account.metadata, **added}
        self.account = clean_account(replace(self.account, metadata=metadata))

    def update_account_label(self, label: str) -> None:
        self.account = clean_account(replace(self.account, account_label=label))

    async def fetch(self, url: str, *, method: str = "GET", json: Any = None) -> OutboundResponse:
        request = api_request(
            self._config,
            url,
            connection_config=self.connection_config,
            access_token=self.tokens.access_token,
            metadata=self.metadata,
            method=method,
            json=json,
        )
        return await self._outbound.send(request, connector=self._config.name, endpoint="api")

    async def introspect(self) -> Mapping[str, Any]:
        request = introspection_request(
            self._config,
            connection_config=self.connection_config,
            access_token=self.tokens.access_token,
        )
        answer = await self._outbound.send(
            request, connector=self._config.name, endpoint="introspect"
        )
        if answer.status != 200:
            raise UnreadableResponse(f"the introspection endpoint answered {answer.status}")
        return read_object(answer.content)
