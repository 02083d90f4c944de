"""Authentication of an OAuth client at a provider's endpoints (RFC 6749 2.3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qsl, quote_plus, urlencode

from authlib.oauth2.auth import ClientAuth

from connectors.config import ConnectorConfig
from connectors.config_types import BodyFormat
from connectors.secret import Secret
from gateway.engine.request import OutboundRequest, encode_body

ClientAuthMethod = Literal["client_secret_basic", "client_secret_post", "none", "secret_key"]
"""RFC 7591's names. ``secret_key`` is not one of them: the secret is the platform's own API key,
and authenticates alone, as a Bearer token."""

_METHODS: Mapping[str, ClientAuthMethod] = MappingProxyType(
    {
        "body": "client_secret_post",
        "header": "client_secret_basic",
        "header_raw": "client_secret_basic",
        "secret_key": "secret_key",
        "none": "none",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """The gateway as a client of one provider."""

    id: str
    secret: Secret
    method: ClientAuthMethod
    raw: bool = False
    """Send id and secret in the Basic header as they are, against RFC 6749 2.3.1."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The provider's own names of standard parameters."""

    def request(
        self,
        url: str,
        params: Sequence[tuple[str, str]],
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        body_format: BodyFormat = "form",
        http_method: str = "POST",
    ) -> OutboundRequest:
        """Prepare a request with ``params`` to ``url`` and exactly one kind of authentication."""
        if self.method == "secret_key":
            sent = {**headers, "Authorization": f"Bearer {self.secret.reveal()}"}
        else:
            client_id, secret = self.id, self.secret.reveal()
            if self.method == "client_secret_basic" and not self.raw:
                # RFC 6749 2.3.1: both are form-encoded before they are joined with a colon.
                client_id, secret = quote_plus(client_id), quote_plus(secret)
            auth = ClientAuth(client_id, secret, self.method)
            _, sent, body = auth.prepare("POST", url, dict(headers), urlencode(list(params)))
            params = parse_qsl(body, keep_blank_values=True)
        named = [(self.names.get(name, name), value) for name, value in params]
        content_type, content = encode_body(named, body_format)
        sent = {**sent, "Content-Type": content_type, "Accept": "application/json"}
        return OutboundRequest(method=http_method, url=url, headers=sent, content=content)


def authenticated_request(
    config: ConnectorConfig,
    url: str,
    params: Sequence[tuple[str, str]],
    *,
    body_format: BodyFormat,
    method: str = "POST",
    authorization: str | None = None,
) -> OutboundRequest:
    """Prepare a request of the connector's own client, with its ``token_headers``.

    ``authorization`` is another ``authorization_method`` than the connector's.
    """
    authorization = authorization or config.authorization_method
    client = Client(
        id=config.client_id,
        secret=config.client_secret,
        method=_METHODS[authorization],
        raw=authorization == "header_raw",
        names=config.param_names,
    )
    return client.request(
        url, params, headers=config.token_headers, body_format=body_format, http_method=method
    )
