"""The SDK for asyncio: sends the requests of ``exchange``. ``blocking`` is its twin."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

import httpx

from gateway.client import calls
from gateway.client.answers import Answer
from gateway.client.calls import Call
from gateway.client.connection import AvailableConnector, Connection, Revoked
from gateway.client.exchange import FAULTS, Exchange, Lost
from gateway.client.integrations import Integrations
from gateway.client.provider import AsyncProxied, route_to
from gateway.client.settings import LIMITS, Assertion, read_settings
from gateway.client.token import Token
from gateway.client.tools import Pages, ToolList, ToolResult

T = TypeVar("T")


class Gateway:
    """The connector gateway as seen by a tool server. Open one per process and share it.

        async with Gateway("http://localhost:3141", api_key=key) as gateway:
            token = await gateway.get_connector_token("notion", user="u_123")

    Args:
        base_url: where the gateway is; ``GATEWAY_URL`` when left out.
        api_key: a service key; ``GATEWAY_API_KEY`` when left out.
        timeout: seconds that one call may take, retries included.
        retries: how often a call may be repeated where that is safe; 0 turns retries off.
        transport: an httpx transport to use instead of the network.
        client: an httpx client to use. The caller closes it.
        clock, sleep, jitter: time and chance, for tests.

    Raises:
        ValueError: the address or the key is missing or unusable. The text never shows the key.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        api_key: str | None = None,
        timeout: float = 15.0,
        retries: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if client is not None and transport is not None:
            raise ValueError("pass either client= or transport=, not both")
        self._settings = read_settings(
            base_url, api_key, timeout=timeout, retries=retries, clock=clock, jitter=jitter
        )
        self._sleep = sleep
        self._owns_client = client is None
        self._client = client or httpx.AsyncClient(transport=transport, limits=LIMITS)
        self.integrations = Integrations(self._send)

    def __repr__(self) -> str:
        return f"Gateway({self._settings.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. A client that was passed in stays open."""
        if self._owns_client:
            await self._client.aclose()

    def for_user(self, user: str, *, assertion: Assertion | None = None) -> UserContext:
        """Bind this gateway to one user, for a tool handler that needs no more."""
        return UserContext(self, user, assertion)

    async def get_connector_token(
        self,
        name: str,
        *,
        user: str,
        account: str | None = None,
        owner: str | None = None,
        min_seconds: int | None = None,
        rejected_token: str | Token | None = None,
        scopes: Sequence[str] = (),
        assertion: Assertion | None = None,
    ) -> Token:
        """Get an access token that works now. The gateway refreshes it when it is due.

        Args:
            name: the connector, such as ``notion``.
            user: your id of the person.
            account: a connection id, an external account id or an account label; the default
                account when left out.
            owner: ``user``, ``org`` or ``platform``, for a connection of this owner; the nearest
                that has one when left out.
            min_seconds: how many seconds the token should still be valid.
            rejected_token: a token that the provider answered with 401, to get a new one. Only its
                SHA-256 is sent.
            scopes: sets or scopes of the connector that the token must have, such as ``calendar``.
            assertion: a JWT of the host application that vouches for the user, or a callable that
                returns one. Service keys with user assertions require it.

        Raises:
            ConnectorRequired: the user must link the account, at its ``connect_url``.
            ReauthorizationRequired: a kind of ConnectorRequired; the user must link it again.
            ScopesRequired: a kind of ConnectorRequired; the user must grant more.
            RetryLater: the provider or the gateway does not answer at the moment.
            GatewayError: any other failure.
        """
        return await self._send(
            calls.get_token(
                name,
                user=user,
                account=account,
                owner=owner,
                min_seconds=min_seconds,
                rejected_token=rejected_token,
                scopes=scopes,
            ),
            assertion,
        )

    def http(
        self,
        name: str,
        *,
        user: str,
        account: str | None = None,
        owner: str | None = None,
        assertion: Assertion | None = None,
        timeout: float | httpx.Timeout | None = None,
    ) -> httpx.AsyncClient:
        """Return an httpx client for the provider's API: the gateway adds the credential.

            async with gateway.http("notion", user="u_123") as notion:
                me = await notion.get("/v1/users/me")

        Answers of the provider come back as they are, whatever their status. Nothing is repeated.
        Needs role ``proxy``.

        Args:
            name, user, account, owner, assertion: as for ``get_connector_token``.
            timeout: as httpx takes it; by default 60 s until the answer begins and between its
                parts.

        Its calls raise:
            ConnectorRequired: the user must link the account, at its ``connect_url``.
            RetryLater: not now: a limit, a budget, or a provider that does not answer.
            GatewayError: any other answer that is not the provider's.
        """
        route = route_to(
            self._settings, name, user=user, account=account, owner=owner, assertion=assertion
        )
        return httpx.AsyncClient(
            transport=AsyncProxied(route, self._client), **route.options(timeout)
        )

    async def tools(
        self,
        *,
        user: str,
        query: str | None = None,
        connector: str | None = None,
        effect: str | None = None,
        assertion: Assertion | None = None,
    ) -> ToolList:
        """List the tools of a user, with what each one needs first. Needs role ``tools``.

        Args:
            user: your id of the person.
            query: words to search names and descriptions for.
            connector: the tools of this connector alone.
            effect: ``read``, ``write`` or ``destructive``.
            assertion: as for ``get_connector_token``.

        Raises ``GatewayError``.
        """
        pages = Pages()
        while not pages.done:
            call = calls.list_tools(
                user=user, query=query, connector=connector, effect=effect, cursor=pages.cursor
            )
            pages.add(await self._send(call, assertion))
        return pages.result()

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        user: str,
        account: str | None = None,
        owner: str | None = None,
        project: str | None = None,
        approval: str | None = None,
        wait: int | None = None,
        idempotency_key: str | None = None,
        assertion: Assertion | None = None,
    ) -> ToolResult:
        """Call a tool for a user. Needs role ``tools``.

        Args:
            name: the tool, such as ``notion_search_pages``.
            arguments: as its schema says. One that is None is left out.
            user, account, owner, assertion: as for ``get_connector_token``.
            project: your id of what the user works on, for the audit.
            approval: the id of an approval, of a call that is repeated after the decision.
            wait: how many seconds to wait for a person's decision before ``ApprovalRequired``.
            idempotency_key: makes it safe to send the call again: it takes effect once.

        Raises:
            ConnectorRequired: the user must link the account, at its ``connect_url``.
            ScopesRequired: a kind of ConnectorRequired; the user must grant more.
            ApprovalRequired: a person must allow it first, at its ``url``.
            InvalidArguments: ``fields`` says which argument is wrong, and why.
            ToolFailed: the provider refused it, or it failed there.
            ToolUnknown, ToolBlocked: there is no such tool for this user.
            RetryLater: not now: a limit, a budget, or a provider that does not answer.
            GatewayError: any other failure.
        """
        call = calls.call_tool(
            name,
            arguments or {},
            user=user,
            account=account,
            owner=owner,
            project=project,
            approval=approval,
            wait=wait,
            idempotency_key=idempotency_key,
        )
        return await self._send(call, assertion)

    async def refresh_connector_token(
        self,
        name: str,
        *,
        user: str,
        account: str | None = None,
        owner: str | None = None,
        assertion: Assertion | None = None,
    ) -> Token:
        """Refresh the token even if the current one is valid. Rarely needed.

        Prefer ``get_connector_token(rejected_token=...)`` after a 401: it is safe to repeat, and
        concurrent callers cause one refresh. Raises the same errors.
        """
        return await self._send(
            calls.refresh_token(name, user=user, account=account, owner=owner), assertion
        )

    async def list_connectors(self) -> list[AvailableConnector]:
        """List the connectors that can be linked now. Raises ``GatewayError``."""
        return await self._send(calls.list_connectors())

    async def list_connections(
        self, *, user: str | None, assertion: Assertion | None = None
    ) -> list[Connection]:
        """List the linked accounts of a user, or of the organisation (``user=None``).

        Needs role ``connections``; raises ``GatewayError``.
        """
        return await self._send(calls.list_connections(user=user), assertion)

    async def get_connection(
        self, connection_id: str, *, assertion: Assertion | None = None
    ) -> Connection:
        """Get one linked account. Needs role ``connections``; raises ``ConnectionNotFound``."""
        return await self._send(calls.get_connection(connection_id), assertion)

    async def make_default(
        self, connection_id: str, *, assertion: Assertion | None = None
    ) -> Connection:
        """Make this the account of calls without ``account``.

        Needs role ``connections``; raises ``ConnectionNotFound``.
        """
        return await self._send(calls.make_default(connection_id), assertion)

    async def retry_hook(
        self, connection_id: str, *, assertion: Assertion | None = None
    ) -> Connection:
        """Run the connector's step after connecting again, if it failed (``hook_failure``).

        Needs role ``connections``; raises ``ConnectionNotFound``.
        """
        return await self._send(calls.retry_hook(connection_id), assertion)

    async def disconnect(
        self, connection_id: str, *, assertion: Assertion | None = None
    ) -> Revoked:
        """Delete a linked account; the result says whether the provider revoked the grant.

        Needs role ``connections``; raises ``ConnectionNotFound``.
        """
        return await self._send(calls.disconnect(connection_id), assertion)

    async def _send(self, call: Call[T], assertion: Assertion | None = None) -> T:
        exchange = Exchange(call, self._settings, assertion)
        while True:
            outcome = await self._try(exchange)
            pause = exchange.pause_after(outcome)
            if pause is None:
                return exchange.result(outcome)
            await self._sleep(pause)

    async def _try(self, exchange: Exchange[T]) -> Answer | Lost:
        request = exchange.request(self._client)
        try:
            async with asyncio.timeout(exchange.remaining()):
                response = await self._client.send(
                    request, stream=True, auth=self._settings.auth, follow_redirects=False
                )
                try:
                    async for chunk in response.aiter_bytes():
                        exchange.feed(chunk)
                finally:
                    await response.aclose()
        except FAULTS as fault:
            return exchange.lost(fault)
        return exchange.answer(response)


class UserContext:
    """A gateway bound to one user; see ``Gateway`` for the methods."""

    def __init__(self, gateway: Gateway, user: str, assertion: Assertion | None = None) -> None:
        self._gateway = gateway
        self._assertion = assertion
        self.user = user

    def __repr__(self) -> str:
        return f"UserContext({self._gateway!r}, user={self.user!r})"

    async def get_connector_token(
        self,
        name: str,
        *,
        account: str | None = None,
        owner: str | None = None,
        min_seconds: int | None = None,
        rejected_token: str | Token | None = None,
        scopes: Sequence[str] = (),
    ) -> Token:
        """``Gateway.get_connector_token`` for this user."""
        return await self._gateway.get_connector_token(
            name,
            user=self.user,
            account=account,
            owner=owner,
            min_seconds=min_seconds,
            rejected_token=rejected_token,
            scopes=scopes,
            assertion=self._assertion,
        )

    def http(
        self,
        name: str,
        *,
        account: str | None = None,
        owner: str | None = None,
        timeout: float | httpx.Timeout | None = None,
    ) -> httpx.AsyncClient:
        """``Gateway.http`` for this user."""
        return self._gateway.http(
            name,
            user=self.user,
            account=account,
            owner=owner,
            assertion=self._assertion,
            timeout=timeout,
        )

    async def tools(
        self, *, query: str | None = None, connector: str | None = None, effect: str | None = None
    ) -> ToolList:
        """``Gateway.tools`` for this user."""
        return await self._gateway.tools(
            user=self.user,
            query=query,
            connector=connector,
            effect=effect,
            assertion=self._assertion,
        )

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        account: str | None = None,
        owner: str | None = None,
        project: str | None = None,
        approval: str | None = None,
        wait: int | None = None,
        idempotency_key: str | None = None,
    ) -> ToolResult:
        """``Gateway.call_tool`` for this user."""
        return await self._gateway.call_tool(
            name,
            arguments,
            user=self.user,
            account=account,
            owner=owner,
            project=project,
            approval=approval,
            wait=wait,
            idempotency_key=idempotency_key,
            assertion=self._assertion,
        )

    async def refresh_connector_token(
        self, name: str, *, account: str | None = None, owner: str | None = None
    ) -> Token:
        """``Gateway.refresh_connector_token`` for this user."""
        return await self._gateway.refresh_connector_token(
            name, user=self.user, account=account, owner=owner, assertion=self._assertion
        )

    async def list_connections(self) -> list[Connection]:
        """``Gateway.list_connections`` for this user."""
        return await self._gateway.list_connections(user=self.user, assertion=self._assertion)
