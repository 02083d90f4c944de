"""The introspection request (RFC 7662 2.1)."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.config import ConnectorConfig
from connectors.secret import Secret
from gateway.engine.client_auth import authenticated_request
from gateway.engine.request import OutboundRequest
from gateway.engine.templates import filled, render_url
from gateway.errors import UnreadableResponse


def introspection_request(
    config: ConnectorConfig, *, connection_config: Mapping[str, str], access_token: Secret
) -> OutboundRequest:
    """Prepare the request; raise ``UnreadableResponse`` without an ``introspection_url``."""
    if config.introspection_url is None:
        raise UnreadableResponse("the connector has no introspection_url")
    url = render_url(config.introspection_url, config, connection_config)
    params = [("token", access_token.reveal())]
    return authenticated_request(filled(config, connection_config), url, params, body_format="form")
