"""The SDK without asyncio, for scripts and threads. It shares every decision with the other."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

import httpx

from gateway.client import calls
from gateway.client.answers import Answer
from gateway.client.calls import Call
from gateway.client.connection import AvailableConnector, Connection, Revoked
from gateway.client.exchange import FAULTS, Exchange, Lost
from gateway.client.integrations import SyncIntegrations
from gateway.client.provider import Proxied, route_to
from gateway.client.settings import LIMITS, Assertion, read_settings
from gateway.client.token import Token
from gateway.client.tools import Pages, ToolList, ToolResult

T = TypeVar("T")


class SyncGateway:
    """``Gateway`` with blocking calls: same arguments, results and errors. Threads may share one.

        with SyncGateway("http://localhost:3141", api_key=key) as gateway:
            token = gateway.get_connector_token("notion", user="u_123")

    One difference: nothing can interrupt a blocking read. The deadline is checked between the parts
    of an answer, so a server that sends one byte at a time may hold a call longer than ``timeout``.

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
        transport: httpx.BaseTransport | None = None,
        client: httpx.Client | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if client is not None and transport is not None:
            raise ValueError("pass either client= or transport=, not both")
        self._settings = read_settings(
            base_url, api_key, timeout=timeout, retries=retries, clock=clock, jitter=jitter
        )
        self._sleep = sleep
        self._owns_client = client is None
        self._client = client or httpx.Client(transport=transport, limits=LIMITS)
        self.integrations = SyncIntegrations(self._send)

    def __repr__(self) -> str:
        return f"SyncGateway({self._settings.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. A client that was passed in stays open."""
        if self._owns_client:
            self._client.close()

    def for_user(self, user: str, *, assertion: Assertion | None = None) -> SyncUserContext:
        """Bind this gateway to one user, for a tool handler that needs no more."""
        return SyncUserContext(self, user, assertion)

    def get_connector_token(
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
        """See ``Gateway.get_connector_token``."""
        return self._send(
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
    ) -> httpx.Client:
        """See ``Gateway.http``."""
        route = route_to(
            self._settings, name, user=user, account=account, owner=owner, assertion=assertion
        )
        return httpx.Client(transport=Proxied(route, self._client), **route.options(timeout))

    def tools(
        self,
        *,
        user: str,
        query: str | None = None,
        connector: str | None = None,
        effect: str | None = None,
        assertion: Assertion | None = None,
    ) -> ToolList:
        """See ``Gateway.tools``."""
        pages = Pages()
        while not pages.done:
            call = calls.list_tools(
                user=user, query=query, connector=connector, effect=effect, cursor=pages.cursor
            )
            pages.add(self._send(call, assertion))
        return pages.result()

    def call_tool(
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
        """See ``Gateway.call_tool``."""
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
        return self._send(call, assertion)

    def refresh_connector_token(
        self,
        name: str,
        *,
        user: str,
        account: str | None = None,
        owner: str | None = None,
        assertion: Assertion | None = None,
    ) -> Token:
        """See ``Gateway.refresh_connector_token``."""
        return self._send(
            calls.refresh_token(name, user=user, account=account, owner=owner), assertion
        )

    def list_connectors(self) -> list[AvailableConnector]:
        """See ``Gateway.list_connectors``."""
        return self._send(calls.list_connectors())

    def list_connections(
        self, *, user: str | None, assertion: Assertion | None = None
    ) -> list[Connection]:
        """See ``Gateway.list_connections``."""
        return self._send(calls.list_connections(user=user), assertion)

    def get_connection(
        self, connection_id: str, *, assertion: Assertion | None = None
    ) -> Connection:
        """See ``Gateway.get_connection``."""
        return self._send(calls.get_connection(connection_id), assertion)

    def make_default(self, connection_id: str, *, assertion: Assertion | None = None) -> Connection:
        """See ``Gateway.make_default``."""
        return self._send(calls.make_default(connection_id), assertion)

    def retry_hook(self, connection_id: str, *, assertion: Assertion | None = None) -> Connection:
        """See ``Gateway.retry_hook``."""
        return self._send(calls.retry_hook(connection_id), assertion)

    def disconnect(self, connection_id: str, *, assertion: Assertion | None = None) -> Revoked:
        """See ``Gateway.disconnect``."""
        return self._send(calls.disconnect(connection_id), assertion)

    def _send(self, call: Call[T], assertion: Assertion | None = None) -> T:
        exchange = Exchange(call, self._settings, assertion)
        while True:
            outcome = self._try(exchange)
            pause = exchange.pause_after(outcome)
            if pause is None:
                return exchange.result(outcome)
            self._sleep(pause)

    def _try(self, exchange: Exchange[T]) -> Answer | Lost:
        request = exchange.request(self._client)
        try:
            response = self._client.send(
                request, stream=True, auth=self._settings.auth, follow_redirects=False
            )
            try:
                for chunk in response.iter_bytes():
                    exchange.feed(chunk)
            finally:
                response.close()
        except FAULTS as fault:
            return exchange.lost(fault)
        return exchange.answer(response)


class SyncUserContext:
    """A gateway bound to one user; see ``Gateway`` for the methods."""

    def __init__(self, gateway: SyncGateway, user: str, assertion: Assertion | None = None) -> None:
        self._gateway = gateway
        self._assertion = assertion
        self.user = user

    def __repr__(self) -> str:
        return f"SyncUserContext({self._gateway!r}, user={self.user!r})"

    def get_connector_token(
        self,
        name: str,
        *,
        account: str | None = None,
        owner: str | None = None,
        min_seconds: int | None = None,
        rejected_token: str | Token | None = None,
        scopes: Sequence[str] = (),
    ) -> Token:
        """``SyncGateway.get_connector_token`` for this user."""
        return self._gateway.get_connector_token(
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
    ) -> httpx.Client:
        """``SyncGateway.http`` for this user."""
        return self._gateway.http(
            name,
            user=self.user,
            account=account,
            owner=owner,
            assertion=self._assertion,
            timeout=timeout,
        )

    def tools(
        self, *, query: str | None = None, connector: str | None = None, effect: str | None = None
    ) -> ToolList:
        """``SyncGateway.tools`` for this user."""
        return self._gateway.tools(
            user=self.user,
            query=query,
            connector=connector,
            effect=effect,
            assertion=self._assertion,
        )

    def call(
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
        """``SyncGateway.call_tool`` for this user."""
        return self._gateway.call_tool(
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

    def refresh_connector_token(
        self, name: str, *, account: str | None = None, owner: str | None = None
    ) -> Token:
        """``SyncGateway.refresh_connector_token`` for this user."""
        return self._gateway.refresh_connector_token(
            name, user=self.user, account=account, owner=owner, assertion=self._assertion
        )

    def list_connections(self) -> list[Connection]:
        """``SyncGateway.list_connections`` for this user."""
        return self._gateway.list_connections(user=self.user, assertion=self._assertion)
