"""Requests to providers with pasted values: the engine prepares and judges, outbound sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.account import AccountInfo
from connectors.catalog import Hook
from connectors.config import Connector
from connectors.context import Tokens
from connectors.errors import AccountUnfit, AccountUnreadable
from connectors.key_method import KeyMethod
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.account import clean_account
from gateway.engine.key_requests import (
    ApiCall,
    Verdict,
    exchange_of_values,
    key_request,
    read_exchange,
    verdict,
    verification_call,
)
from gateway.engine.pasted import holds_secret
from gateway.engine.request import OutboundResponse
from gateway.engine.strict_json import read_object
from gateway.errors import InvalidRequest, ProviderError, UnreadableResponse
from gateway.observe.logs import get_logger
from gateway.outbound.client import Outbound
from gateway.services.hook_run import HOOK_ERROR, HOOK_SECONDS, Enriched, run_hook

_log = get_logger()
_NO_TOKENS = Tokens(
    access_token=Secret(""), refresh_token=None, token_type="", expires_at=None, scopes=()
)


class KeyProvider:
    """The requests of a ``KeyMethod``. Each raises ``ProviderError`` if it fails."""

    def __init__(
        self, outbound: Outbound, clock: Clock, hook_seconds: float = HOOK_SECONDS
    ) -> None:
        self._outbound = outbound
        self._clock = clock
        self._hook_seconds = hook_seconds

    async def verify(
        self, config: Connector, key: KeyMethod, values: Mapping[str, str], token: Secret | None
    ) -> Verdict:
        """Ask the provider whether the values are right.

        Without a verification request, an access token that they were exchanged for shows it.
        """
        if key.verify is None:
            return Verdict.NOT_CHECKED if token is None else Verdict.VALID
        call = verification_call(key.verify)
        return verdict(key.verify, await self.call(config, key, values, token, call))

    async def ask(self, config: Connector, key: KeyMethod, values: Mapping[str, str]) -> Tokens:
        """Exchange the values for an access token. Raises ``TokenRejected`` if they are wrong."""
        if key.token is None:
            raise InvalidRequest("this connector exchanges no values")
        request = exchange_of_values(key, key.token, values)
        answer = await self._outbound.send(request, connector=config.name, endpoint="refresh")
        return read_exchange(key.token, answer, self._clock())

    async def account(
        self, config: Connector, key: KeyMethod, values: Mapping[str, str], tokens: Tokens | None
    ) -> AccountInfo | None:
        """Return the account, cleaned; ``None`` if none is named.

        Raises ``ProviderError`` if it cannot be read, or repeats a secret, and ``AccountUnfit`` if
        it lacks what the connector needs.
        """
        if key.account is None:
            return None
        context = _Context(self, config, key, values, tokens)
        try:
            if key.account.url is None and key.verify is not None:
                answer = await context.call(verification_call(key.verify))
                context.token_response = read_object(answer.content)
            account = clean_account(await key.account(context))
        except (ProviderError, AccountUnfit):
            raise
        except AccountUnreadable as error:
            raise UnreadableResponse(str(error)) from None
        except Exception as error:
            # Rule 7: a connector's code may fail in any way; the user gets a clear error.
            _log.exception("account_lookup_failed", connector=config.name, exc_info=error)
            raise UnreadableResponse("the account could not be read") from None
        if _repeats_secret(account, key, values, tokens):
            raise UnreadableResponse("the account that the provider names repeats the key")
        return account

    async def enrich(
        self,
        config: Connector,
        key: KeyMethod,
        hook: Hook,
        values: Mapping[str, str],
        tokens: Tokens | None,
        account: AccountInfo,
    ) -> Enriched:
        """Run a hook; raises what ``run_hook`` does. Findings that repeat a secret are dropped."""
        context = _Context(self, config, key, values, tokens)
        context.account = account
        found = await run_hook(config.name, hook, context, self._hook_seconds)
        if found.account != account and _repeats_secret(found.account, key, values, tokens):
            _log.warning("hook_repeats_secret", connector=config.name)
            return Enriched(account=account, failure=HOOK_ERROR)
        return found

    async def call(
        self,
        config: Connector,
        key: KeyMethod,
        values: Mapping[str, str],
        token: Secret | None,
        call: ApiCall,
    ) -> OutboundResponse:
        """Call the provider's API with the credential in its places."""
        request = key_request(config, key, values, token, call)
        return await self._outbound.send(request, connector=config.name, endpoint="api")


def _repeats_secret(
    account: AccountInfo, key: KeyMethod, values: Mapping[str, str], tokens: Tokens | None
) -> bool:
    """Whether an account, which is stored in clear, repeats a secret."""
    shown = [account.external_account_id, account.account_label, dict(account.metadata)]
    hidden = [values.get(name, "") for name, each in key.inputs.items() if each.secret]
    hidden += [tokens.access_token.reveal()] if tokens else []
    return holds_secret(json.dumps(shown), [json.dumps(each)[1:-1] for each in hidden])


class _Context:
    """Context for the code of a connector with a key (``PostConnectionContext``)."""

    _account: AccountInfo

    def __init__(
        self,
        provider: KeyProvider,
        config: Connector,
        key: KeyMethod,
        values: Mapping[str, str],
        tokens: Tokens | None,
    ) -> None:
        token = None if tokens is None else tokens.access_token
        self.call = partial(provider.call, config, key, values, token)
        self.tokens = tokens or _NO_TOKENS
        self.token_response: Mapping[str, Any] = {}
        self.metadata: Mapping[str, Any] = {}
        self.connection_config = {
            name: values.get(name, "") for name, each in key.inputs.items() if not each.secret
        }

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
        return await self.call(ApiCall(url=url, method=method, body=json))

    async def introspect(self) -> Mapping[str, Any]:
        raise AccountUnreadable("introspection needs OAuth 2")
