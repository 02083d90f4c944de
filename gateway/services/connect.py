"""Connect: start a flow, finish a flow.

This module is rule 1 of the design: only the user who started a flow can finish it, in the same
browser, for the same connector, once, within ten minutes. Every check runs before the code is sent.
A failed check uses the flow up, except that a browser without the flow's cookie claims nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.errors import ConnectorError
from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.places import verifier_place
from gateway.encryption.vault import Vault
from gateway.engine.authorize import authorization_url, new_code_verifier, new_state
from gateway.engine.callback import AuthorizationResponse, callback_metadata, read_callback
from gateway.engine.inputs import read_inputs
from gateway.engine.integration_names import is_foreign
from gateway.engine.templates import filled, render_url
from gateway.errors import (
    FlowExpired,
    FlowFinished,
    Forbidden,
    RowUnreadable,
    StateUnknown,
    code_of,
)
from gateway.observe.logs import get_logger
from gateway.observe.metrics import UNKNOWN, Metrics
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.apps import Apps, blaming
from gateway.services.callback_checks import BEFORE_CLAIM, CHECKS, Callback
from gateway.services.connector_rules import ConnectorRules
from gateway.services.linking import Linker
from gateway.services.provider import Provider
from gateway.store.audit import Action
from gateway.store.connection import Connection
from gateway.store.flows import FLOW_LIFETIME, Flow, FlowStore, flow_id
from gateway.store.owners import owner_of

_log = get_logger()

CLIENTS_NOT_SHARED = (
    "tenants do not share OAuth apps here: a provider could not tell them apart. An administrator "
    "can set an app of your organisation's own; an operator can allow to share "
    "(GATEWAY_SHARED_CLIENTS=on)"
)
"""Error message for a second tenant (security B5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartedFlow:
    """The provider's authorization URL, and the cookie that binds the flow to this browser."""

    authorization_url: str = field(repr=False)
    cookie_name: str
    cookie_value: Secret


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedFlow:
    """The connection of a finished flow.

    ``again``: the account was linked before. ``other_account``: a reconnect chose another account.
    """

    connection: Connection
    return_to: str
    again: bool
    other_account: bool


def flow_cookie_name(state: str) -> str:
    """Return the name of a flow's cookie; each flow has one, so that two tabs can connect."""
    return cookie_of_flow(flow_id(state))


def cookie_of_flow(row_id: str) -> str:
    """Return the name of a flow's cookie by the id of its row."""
    return f"gateway_flow_{row_id[:16]}"


class ConnectService:
    """Starts and finishes flows."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        apps: Apps,
        flows: FlowStore,
        provider: Provider,
        linker: Linker,
        vault: Vault,
        public_addresses: PublicAddresses,
        redirect_uri: Callable[[str], str],
        clock: Clock,
        metrics: Metrics,
        audit: Audit,
        rules: ConnectorRules,
        only_tenant: str | None = None,
    ) -> None:
        self._catalog = catalog
        self._apps = apps
        self._flows = flows
        self._provider = provider
        self._linker = linker
        self._vault = vault
        self._public_addresses = public_addresses
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._metrics = metrics
        self._audit = audit
        self._rules = rules
        self._only_tenant = only_tenant

    async def start(
        self,
        config: ConnectorConfig,
        *,
        tenant: str,
        user: str,
        owner: str | None = None,
        typed: Mapping[str, str],
        return_to: str,
        reconnect: str | None = None,
        tool: str | None = None,
        scopes: tuple[str, ...] | None = None,
        app: str | None = None,
    ) -> StartedFlow:
        """Start a flow for a signed-in user. ``typed`` is the connection_config as entered.

        ``owner`` is that of the connection, the user by default. ``scopes`` are those to ask for;
        the connector's own without them. ``app`` is the id of the tenant's own app in ``config``.

        Raises ``InvalidRequest`` if ``typed`` is invalid, ``Forbidden`` if the tenant may not use
        the OAuth apps of this deployment, and ``ConnectorOff`` or ``PersonalForbidden`` if its
        rules forbid the connection.
        """
        if app is None and self._only_tenant not in {None, tenant}:
            raise Forbidden(CLIENTS_NOT_SHARED)
        owner = owner or owner_of(user)
        await self._rules.check(tenant, config.name, owner)
        values = read_inputs(config.connection_config, typed)
        endpoint = render_url(config.authorization_url, config, values)
        state, verifier, cookie = new_state(), new_code_verifier(), secrets.token_urlsafe(32)
        now = self._clock()
        flow = Flow(
            id=flow_id(state),
            tenant=tenant,
            user=user,
            owner=owner,
            connector=config.name,
            cookie_hash=sha256_hex(cookie),
            connection_config=values,
            token_url=self._token_url(config, values),
            redirect_uri=self._redirect_uri(config.name),
            scopes=config.scopes if scopes is None else scopes,
            reconnect=reconnect,
            return_to=return_to,
            tool=tool,
            created_at=now,
            expires_at=now + FLOW_LIFETIME,
            app=app,
        )
        await self._flows.add(flow, self._vault.seal(verifier, verifier_place(flow)))
        await self._flows.keep_newest(tenant, user, now)
        _log.info("flow_started", connector=config.name, flow=flow.id[:16])
        self._metrics.flow_started(config.name)
        url = authorization_url(
            filled(_asking(config, flow), values),
            endpoint=self._public_addresses.from_outside(endpoint),
            redirect_uri=flow.redirect_uri,
            state=state,
            verifier=verifier,
        )
        return StartedFlow(
            authorization_url=url, cookie_name=flow_cookie_name(state), cookie_value=Secret(cookie)
        )

    async def finish(
        self,
        name: str,
        response: AuthorizationResponse,
        *,
        tenant: str | None,
        user: str | None,
        cookie: str | None,
        admin: bool = False,
        on_asking: Callable[[], None] = lambda: None,
    ) -> FinishedFlow:
        """Finish the flow of a callback on the path of connector ``name``.

        ``tenant``, ``user`` and ``admin`` are those of the browser's session; ``cookie`` is its
        flow cookie. ``on_asking`` is called once the flow is claimed, before the provider is asked.
        Raises ``FlowError`` if a check failed, and ``ProviderError`` if the provider refused or did
        not answer properly.
        """
        try:
            with self._metrics.flow_end(name):
                return await self._finish(name, response, tenant, user, cookie, admin, on_asking)
        except Exception as error:
            if tenant is not None:  # the browser's user, not the flow's
                self._audit.note(
                    Action.CONNECTION_REFUSED,
                    tenant=tenant,
                    user=user,
                    connector=name if self._knows(name, tenant) else UNKNOWN,
                    outcome=code_of(error),
                )
            raise

    def _knows(self, name: str, tenant: str) -> bool:
        return self._catalog.knows(name) and not is_foreign(tenant, name)

    def read_callback(self, name: str, query: bytes) -> AuthorizationResponse:
        """Read a callback on the path of connector ``name``; raises what ``read_callback`` does."""
        try:
            code_param = getattr(self._catalog.described(name), "code_param", "code")
        except ConnectorError:
            code_param = "code"  # the checks say what is wrong with the connector
        return read_callback(query, code_param)

    async def return_to(self, state: str, *, tenant: str, user: str) -> str | None:
        """Return the page that the user's flow returns to, used or not; ``None`` if unknown."""
        flow = await self._flows.get(state)
        return flow.return_to if flow and (flow.tenant, flow.user) == (tenant, user) else None

    def _token_url(self, config: ConnectorConfig, values: Mapping[str, str]) -> str:
        """The address for the code; empty if only the callback tells it."""
        is_later = "${metadata." in config.token_url
        return "" if is_later else render_url(config.token_url, config, values)

    async def _finish(
        self,
        name: str,
        response: AuthorizationResponse,
        tenant: str | None,
        user: str | None,
        cookie: str | None,
        admin: bool,
        on_asking: Callable[[], None],
    ) -> FinishedFlow:
        now = self._clock()
        flow = await self._flows.get(response.state)
        if flow is None:
            raise StateUnknown(connector=name)
        callback = Callback(
            connector=name,
            response=response,
            flow=flow,
            tenant=tenant,
            user=user,
            cookie=cookie,
            admin=admin,
            found=await self._found(flow),
            now=now,
        )
        if flow.is_open(now):  # else nothing can be claimed, and the cookie is gone already
            for check in BEFORE_CLAIM:
                check(callback)
        if await self._flows.claim(response.state, now) is None:
            raise await self._why_not_claimed(response.state, name, tenant, user)
        for check in CHECKS:
            check(callback)
        await self._rules.check(flow.tenant, flow.connector, flow.owner)
        config = callback.config
        verifier = self._vault.open(flow.verifier, verifier_place(flow))
        metadata = callback_metadata(config, callback.response)
        token_url = flow.token_url or render_url(
            config.token_url, config, flow.connection_config, metadata
        )
        on_asking()
        with blaming(flow.app):
            grant = await self._provider.exchange(
                filled(_asking(config, flow), flow.connection_config, metadata),
                token_url=token_url,
                code=callback.code,
                redirect_uri=flow.redirect_uri,
                verifier=verifier,
                callback_metadata=metadata,
            )

        async def is_wanted() -> bool:  # to sign out everywhere deletes the flow
            return await self._flows.get(response.state) is not None

        connection = await self._linker.link(config, flow, grant, is_wanted)
        again = connection.generation > 1
        action = Action.CONNECTION_RECONNECTED if again else Action.CONNECTION_CREATED
        await self._audit.write(action, **connection.about)
        if (failure := connection.hook_failure) is not None:
            self._audit.note(Action.HOOK_FAILED, outcome=failure.reason, **connection.about)
        other = flow.reconnect is not None and flow.reconnect != connection.id
        _log.info("flow_finished", connector=name, flow=flow.id[:16], connection=connection.id)
        return FinishedFlow(
            connection=connection, return_to=flow.return_to, again=again, other_account=other
        )

    async def _found(self, flow: Flow) -> ConnectorConfig | Exception:
        """The flow's connector with its app, or the error that hides it."""
        try:
            return await self._apps.find(flow.tenant, flow.connector, flow.app)
        except (ConnectorError, RowUnreadable) as error:
            return error

    async def _why_not_claimed(
        self, state: str, name: str, tenant: str | None, user: str | None
    ) -> StateUnknown | FlowExpired | FlowFinished:
        flow = await self._flows.get(state)
        # Only the flow's user learns its state.
        if flow is None or (flow.tenant, flow.user, flow.connector) != (tenant, user, name):
            return StateUnknown(connector=name)
        if flow.used_at is not None:
            return FlowFinished(connector=name)
        return FlowExpired(connector=name)


def _asking(config: ConnectorConfig, flow: Flow) -> ConnectorConfig:
    """The connector as this flow uses it: an answer without scopes grants those asked for."""
    if flow.scopes == config.scopes:
        return config
    return replace(config, scopes=flow.scopes, scopes_sent=True)
