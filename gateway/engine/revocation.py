"""The request that revokes a grant at the provider (RFC 7009, and its many variations)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc7009 import prepare_revoke_token_request

from connectors.config import ConnectorConfig
from connectors.secret import Secret
from gateway.engine.api import api_headers
from gateway.engine.client_auth import authenticated_request
from gateway.engine.request import OutboundRequest, encode_body
from gateway.engine.templates import Filler, filled, render_url
from gateway.errors import InvalidRequest, UnreadableResponse

_AUTHORIZATION = {"client": None, "client_body": "body", "client_header": "header"}
"""Where the client's credentials stand; ``None``: where they stand at the token endpoint."""


def revocation_request(
    config: ConnectorConfig,
    *,
    connection_config: Mapping[str, str],
    metadata: Mapping[str, Any],
    access_token: Secret,
    refresh_token: Secret | None,
) -> OutboundRequest | None:
    """Prepare the revocation of these tokens; ``None`` if the connector has no revocation.

    Without a refresh token, the access token is sent instead.
    """
    if config.revocation_url is None:
        return None
    own = {"client_id": config.client_id}
    url = render_url(config.revocation_url, config, connection_config, metadata, own)
    shape = config.revocation
    params: list[tuple[str, str]] = []
    if shape.token is not None:
        token = refresh_token if shape.token == "refresh_token" and refresh_token else access_token
        body, _ = prepare_revoke_token_request(token.reveal())
        names = {"token": shape.token_param}
        params = [(names.get(name, name), value) for name, value in parse_qsl(body)]
    filler = Filler(
        inputs=config.connection_config, typed=connection_config, metadata=metadata, own=own
    )
    try:
        params += filler.parameters(shape.params).items()
    except InvalidRequest as error:
        raise UnreadableResponse(f"the revocation cannot be written: {error}") from None
    if shape.auth in _AUTHORIZATION:
        sender = filled(config, connection_config, metadata)
        return authenticated_request(
            sender,
            url,
            params,
            body_format=shape.body_format,
            method=shape.method,
            authorization=_AUTHORIZATION[shape.auth],
        )
    headers = {"Accept": "application/json"}
    if shape.auth == "client_secret":
        headers["Authorization"] = f"Client {config.client_secret.reveal()}"
    if shape.auth == "access_token":
        headers |= api_headers(config, access_token, connection_config, metadata)
    content = b""
    if params:
        headers["Content-Type"], content = encode_body(params, shape.body_format)
    return OutboundRequest(method=shape.method, url=url, headers=headers, content=content)
