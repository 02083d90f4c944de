"""Requests through the client for providers."""

from __future__ import annotations

from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.outbound.client import Outbound


async def send(
    outbound: Outbound, request: OutboundRequest, connector: str = "acme"
) -> OutboundResponse:
    """Send it as a connector's token request."""
    return await outbound.send(request, connector=connector, endpoint="exchange")
