"""httpx clients for a provider's API, whose requests go through the gateway's proxy.

The gateway adds the credential. An answer of the provider comes back as it is; an answer of the
gateway itself is raised as a ``GatewayError``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from gateway.client.answers import Answer, error_of
from gateway.client.calls import proxy_path
from gateway.client.errors import GatewayError, InvalidRequest
from gateway.client.exchange import CONNECT_TIMEOUT, LARGEST_BODY, NEVER_SENT, unreachable
from gateway.client.settings import Assertion, Settings, read_assertion

SECONDS = 60.0
"""How long a provider may take until its answer begins, and between two parts of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How one client calls: for this user and account, below ``base_url``."""

    settings: Settings
    base_url: httpx.URL
    headers: list[tuple[bytes, bytes]]
    assertion: Assertion | None

    def options(self, timeout: float | httpx.Timeout | None) -> dict[str, Any]:
        """The arguments of the httpx client."""
        if timeout is None:
            timeout = httpx.Timeout(SECONDS, connect=CONNECT_TIMEOUT)
        return {"base_url": self.base_url, "headers": self.headers, "timeout": timeout}

    def request(self, request: httpx.Request) -> httpx.Request:
        """Return the request to send, which gets the service key; the caller's own never has it.

        Raises ``InvalidRequest`` for another address: the key is for the gateway alone.
        """
        url, base = request.url, self.base_url
        at = (url.scheme, url.host, url.port), (base.scheme, base.host, base.port)
        if at[0] != at[1] or not url.raw_path.startswith(base.raw_path):
            raise InvalidRequest(
                "This client calls the provider through the gateway: pass a path, such as "
                "/v1/users/me, and no address."
            )
        headers = request.headers.copy()
        if self.assertion is not None:
            headers["X-User-Assertion"] = read_assertion(self.assertion)
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    def is_provider(self, response: httpx.Response) -> bool:
        """Whether the answer is the provider's."""
        headers = response.headers
        return "Gateway-Request-Id" in headers and "Gateway-Error" not in headers

    def error(self, request: httpx.Request, response: httpx.Response, body: bytes) -> GatewayError:
        """Return what an answer means that is not the provider's."""
        answer = Answer(response.status_code, response.headers, body[:LARGEST_BODY])
        return error_of(f"{request.method} {request.url.path}", answer)

    def lost(self, fault: httpx.TransportError) -> GatewayError:
        """Return what it means that no connection could be made."""
        return unreachable(self.settings, fault)


def route_to(
    settings: Settings,
    name: str,
    *,
    user: str,
    account: str | None,
    owner: str | None,
    assertion: Assertion | None,
) -> Route:
    """Return the route to a connector; raises ``InvalidRequest`` if an argument cannot be sent."""
    named = {"User": user, "Account": account, "Owner": owner}
    headers = [
        (f"Gateway-{name}".encode(), _value(name.lower(), value))
        for name, value in named.items()
        if value is not None
    ]
    return Route(
        settings=settings,
        base_url=httpx.URL(f"{settings.base_url}{proxy_path(name)}/"),
        headers=headers,
        assertion=assertion,
    )


def _value(name: str, text: str) -> bytes:
    if not isinstance(text, str) or not text or not text.isprintable():
        raise InvalidRequest(f"The {name} is empty, or holds a character that none has.")
    return text.encode()


class AsyncProxied(httpx.AsyncBaseTransport):
    """Sends requests by the gateway's own client, so that they share its connections."""

    def __init__(self, route: Route, client: httpx.AsyncClient) -> None:
        self._route = route
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises ``GatewayError`` for an answer that is not the provider's."""
        response = await self._sent(self._route.request(request))
        if self._route.is_provider(response):
            return _passed_on(response)
        body = bytearray()
        try:
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LARGEST_BODY:
                    break
        finally:
            await response.aclose()
        raise self._route.error(request, response, bytes(body))

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._client.send(
                request, stream=True, auth=self._route.settings.auth, follow_redirects=False
            )
        except NEVER_SENT as fault:
            raise self._route.lost(fault) from None


class Proxied(httpx.BaseTransport):
    """``AsyncProxied`` with blocking calls."""

    def __init__(self, route: Route, client: httpx.Client) -> None:
        self._route = route
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See ``AsyncProxied``."""
        response = self._sent(self._route.request(request))
        if self._route.is_provider(response):
            return _passed_on(response)
        body = bytearray()
        try:
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST_BODY:
                    break
        finally:
            response.close()
        raise self._route.error(request, response, bytes(body))

    def _sent(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._client.send(
                request, stream=True, auth=self._route.settings.auth, follow_redirects=False
            )
        except NEVER_SENT as fault:
            raise self._route.lost(fault) from None


def _passed_on(response: httpx.Response) -> httpx.Response:
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=response.stream,
        extensions=response.extensions,
    )
