"""The way from the gateway's HTTP client into a simulated provider, without leaving the process.

Everything that passes is written down, and the next answer of an endpoint can be replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from gateway.sandbox.provider import Simulation
from gateway.sandbox.wire import Incoming

NOT_FOUND = httpx.Response(404, json={"error": "not_found"})
LOST = httpx.Response(502)
"""A replacement for one answer that gets lost after the provider did its work."""
HANGS = httpx.Response(504)
"""A replacement that never arrives: the connection stays open and silent."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request that reached the provider. ``endpoint`` is ``None`` where it has nothing."""

    endpoint: str | None
    incoming: Incoming


@dataclass
class SandboxTransport(httpx.AsyncBaseTransport):
    """Carries requests to ``simulation``."""

    simulation: Simulation
    seen: list[Seen] = field(default_factory=list)
    replaced: dict[str, httpx.Response] = field(default_factory=dict)
    watch: Callable[[Incoming], None] | None = None
    """Is shown each request before the provider answers it."""

    def replace(self, place: str, answer: httpx.Response) -> None:
        """Answer every further request to an endpoint or address with ``answer``."""
        self.replaced[place] = answer

    def requests_to(self, endpoint: str) -> list[Incoming]:
        """List the requests that reached an endpoint, oldest first."""
        return [seen.incoming for seen in self.seen if seen.endpoint == endpoint]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the provider does."""
        incoming = incoming_of(request, await request.aread())
        endpoint = self.simulation.endpoint(incoming)
        self.seen.append(Seen(endpoint=endpoint, incoming=incoming))
        if self.watch is not None:
            self.watch(incoming)
        answer = self.replaced.get(incoming.address) or self.replaced.get(endpoint or "")
        if answer is LOST:
            self.replaced.pop(str(endpoint))
            getattr(self.simulation, str(endpoint))(incoming)
            raise httpx.ReadError("the connection was dropped", request=request)
        if answer is HANGS:
            await asyncio.Event().wait()
        if answer is None and (endpoint is None or endpoint == "authorize"):
            answer = NOT_FOUND
        if answer is None:
            outcome = getattr(self.simulation, str(endpoint))(incoming)
            headers = dict(outcome.headers)
            if outcome.content is not None:
                headers |= {"content-type": outcome.media_type} if outcome.media_type else {}
                answer = httpx.Response(outcome.status, content=outcome.content, headers=headers)
            else:
                answer = httpx.Response(outcome.status, json=outcome.body, headers=headers)
        return _sent(answer)


@dataclass
class SampleTransport(httpx.AsyncBaseTransport):
    """Answers with documented samples by address, and 404 elsewhere."""

    answers: Mapping[str, Any]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The sample of the request's address."""
        address = f"{request.url.host}{request.url.path}"
        if address not in self.answers:
            return _sent(NOT_FOUND)
        return _sent(httpx.Response(200, json=self.answers[address]))


def _sent(answer: httpx.Response) -> httpx.Response:
    """``answer`` as it comes off a wire: to be read once."""
    stream = httpx.ByteStream(answer.content)
    return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)


def incoming_of(request: httpx.Request, body: bytes = b"") -> Incoming:
    """A request as a simulated provider sees it. The host includes a port other than 443."""
    return Incoming(
        method=request.method,
        host=request.url.netloc.decode(),
        path=request.url.path,
        query=request.url.query.decode(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        raw_path=request.url.raw_path.partition(b"?")[0].decode(),
    )
