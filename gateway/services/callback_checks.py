"""The checks that a callback passes before its code is sent to the provider (design rule 1).

``BEFORE_CLAIM`` runs before the flow is claimed: a visitor who could not finish it anyway, such as
a link scanner, does not end the person's attempt. ``CHECKS`` runs afterwards, so a callback that
fails one of them uses up its flow.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connectors.config import ConnectorConfig
from connectors.context import CallbackContext
from connectors.secret import Secret
from gateway.digest import sha256_hex
from gateway.engine.callback import AuthorizationResponse, check_issuer, refusal_of, verify_callback
from gateway.errors import CallbackNotVerified, ProviderDeclined, WrongBrowser, WrongConnector
from gateway.observe.logs import get_logger
from gateway.store.flows import Flow
from gateway.store.owners import owner_of

_log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Callback:
    """A callback, the flow that its state names, and the browser that brought it.

    ``tenant``, ``user``, ``admin`` and ``cookie`` are the browser's session and flow cookie, if it
    has any. ``found`` is the flow's connector with the flow's app, or the error that hides it.
    """

    connector: str
    response: AuthorizationResponse
    flow: Flow
    tenant: str | None
    user: str | None
    cookie: str | None
    admin: bool
    found: ConnectorConfig | Exception
    now: datetime

    @property
    def config(self) -> ConnectorConfig:
        """The flow's connector; raises the error that hides it."""
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    @property
    def code(self) -> Secret:
        """The authorization code; raise ``ProviderDeclined`` for an error response."""
        if self.response.code is None:
            raise ProviderDeclined(
                connector=self.connector,
                provider_code=self.response.error,
                kind=refusal_of(self.config, self.response),
            )
        return self.response.code


def connector_is_the_flows(callback: Callback) -> None:
    """The path names the connector that the flow began with (mix-up)."""
    if callback.flow.connector != callback.connector:
        raise WrongConnector(connector=callback.flow.connector)


def user_is_the_flows(callback: Callback) -> None:
    """The person who began the flow is signed in."""
    if callback.user != callback.flow.user:
        raise WrongBrowser(connector=callback.connector)


def tenant_is_the_flows(callback: Callback) -> None:
    """User ids are unique within a tenant only."""
    if callback.tenant != callback.flow.tenant:
        raise WrongBrowser(connector=callback.connector)


def owner_is_the_persons_to_fill(callback: Callback) -> None:
    """Only an administrator connects for the organisation, at the end of the flow as well."""
    if callback.flow.owner != owner_of(callback.flow.user) and not callback.admin:
        raise WrongBrowser(connector=callback.connector)


def browser_began_the_flow(callback: Callback) -> None:
    """The browser has the cookie that it was given at the start."""
    cookie = callback.cookie
    digest = "" if cookie is None else sha256_hex(cookie)
    if not hmac.compare_digest(digest, callback.flow.cookie_hash):
        raise WrongBrowser(connector=callback.connector)


def issuer_is_the_connectors(callback: Callback) -> None:
    """``iss`` names the connector's authorization server (RFC 9207)."""
    config, response = callback.config, callback.response
    if config.issuer is None and "iss" in response.params:
        _log.warning("issuer_not_compared", connector=config.name)
    if problem := check_issuer(config, response, callback.flow.connection_config):
        raise CallbackNotVerified(problem, connector=config.name)


def authorization_was_granted(callback: Callback) -> None:
    """The response carries a code, not an error (RFC 6749 4.1.2.1)."""
    _ = callback.code


def signature_is_valid(callback: Callback) -> None:
    """The connector's own check of the parameters, where it has one."""
    config = callback.config
    context = CallbackContext(
        params=callback.response.params,
        client_secret=config.client_secret,
        connection_config=callback.flow.connection_config,
        now=callback.now,
    )
    if problem := verify_callback(config, context):
        raise CallbackNotVerified(problem, connector=config.name)


BEFORE_CLAIM: list[Callable[[Callback], None]] = [browser_began_the_flow]
CHECKS: list[Callable[[Callback], None]] = [
    connector_is_the_flows,
    user_is_the_flows,
    tenant_is_the_flows,
    owner_is_the_persons_to_fill,
    issuer_is_the_connectors,
    authorization_was_granted,
    signature_is_valid,
]
"""In the order in which they run. Each raises the ``FlowError`` that says what is wrong."""
