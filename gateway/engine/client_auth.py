"""How the gateway proves who it is at a provider's endpoints (RFC 6749 2.3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote_plus, urlencode

from authlib.oauth2.auth import ClientAuth

from connectors.config import BodyFormat, ConnectorConfig
from gateway.engine.request import ProviderRequest, encode_body

# "secret_key" is no method of RFC 6749: the secret is the platform's own API key and authenticates
# alone, as a Bearer token.
_METHODS = {"body": "client_secret_post", "header": "client_secret_basic"}


def authenticated_request(
    config: ConnectorConfig,
    url: str,
    params: Sequence[tuple[str, str]],
    *,
    body_format: BodyFormat,
    method: str = "POST",
) -> ProviderRequest:
    """A request with ``params`` to ``url`` with exactly one kind of client authentication."""
    client_id, secret = config.client_id, config.client_secret.reveal()
    if config.authorization_method == "secret_key":
        content_type, content = encode_body(params, body_format)
        headers = {**config.token_headers, "Authorization": f"Bearer {secret}"}
        return _request(method, url, headers, content_type, content)
    if config.authorization_method == "header":
        # RFC 6749 2.3.1: both are form-encoded before they are joined with a colon.
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    auth = ClientAuth(client_id, secret, _METHODS[config.authorization_method])
    _, headers, body = auth.prepare(
        "POST", url, dict(config.token_headers), urlencode(list(params))
    )
    content_type, content = encode_body(parse_qsl(body, keep_blank_values=True), body_format)
    return _request(method, url, headers, content_type, content)


def _request(
    method: str, url: str, headers: Mapping[str, str], content_type: str, content: bytes
) -> ProviderRequest:
    headers = {**headers, "Content-Type": content_type, "Accept": "application/json"}
    return ProviderRequest(method=method, url=url, headers=headers, content=content)
