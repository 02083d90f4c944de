"""Requests through the client towards providers, for tests that do not care whose they are."""

from __future__ import annotations

from gateway.engine.request import ProviderAnswer, ProviderRequest
from gateway.outbound.client import Outbound


async def send(
    outbound: Outbound, request: ProviderRequest, connector: str = "acme"
) -> ProviderAnswer:
    """Send it as a connector's token request."""
    return await outbound.send(request, connector=connector, endpoint="exchange")
