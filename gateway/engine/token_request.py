"""The two requests to a token endpoint: code exchange (RFC 6749 4.1.3) and refresh (RFC 6749 6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_token_request

from connectors.config import ConnectorConfig
from connectors.secret import Secret
from gateway.engine.client_auth import authenticated_request
from gateway.engine.request import OutboundRequest
from gateway.engine.templates import Filler


def exchange_request(
    config: ConnectorConfig, *, endpoint: str, code: Secret, redirect_uri: str, verifier: Secret
) -> OutboundRequest:
    """Prepare a code exchange; ``redirect_uri`` must equal the authorization request's."""
    body = prepare_token_request(
        "authorization_code",
        code=code.reveal(),
        redirect_uri=redirect_uri,
        **{"code_verifier": verifier.reveal()} if config.use_pkce else {},
    )
    # Not passed to Authlib: it drops empty values and has parameters of the same names ("body").
    params = [*_kept(body, config.omit_token_params), *config.extra_token_params.items()]
    return _request(config, endpoint, params, config.token_query)


def refresh_request(
    config: ConnectorConfig, *, endpoint: str, refresh_token: Secret
) -> OutboundRequest:
    """Prepare a refresh. Sending it uses the refresh token, once at most (design, rule 2).

    A long-lived token is its own refresh token.
    """
    if config.long_lived is not None:
        return _long_lived(config, endpoint, config.long_lived.renew_params, refresh_token)
    body = prepare_token_request("refresh_token", refresh_token=refresh_token.reveal())
    params = [*_kept(body, config.omit_refresh_params), *config.extra_refresh_params.items()]
    return _request(config, endpoint, params, config.refresh_query)


def long_lived_request(config: ConnectorConfig, access_token: Secret) -> OutboundRequest | None:
    """Prepare the exchange of ``access_token`` for a long-lived one, if the connector has that."""
    shape = config.long_lived
    if shape is None:
        return None
    return _long_lived(config, shape.exchange_url, shape.exchange_params, access_token)


def _long_lived(
    config: ConnectorConfig, endpoint: str, params: Mapping[str, str], access_token: Secret
) -> OutboundRequest:
    own = {
        "access_token": access_token.reveal(),
        "client_id": config.client_id,
        "client_secret": config.client_secret.reveal(),
    }
    query = urlencode(Filler(inputs={}, typed={}, own=own).parameters(params))
    headers = {"Accept": "application/json", **config.token_headers}
    return OutboundRequest(method="GET", url=f"{endpoint}?{query}", headers=headers)


def _kept(body: str, omitted: Collection[str]) -> list[tuple[str, str]]:
    pairs = parse_qsl(body, keep_blank_values=True)
    return [(name, value) for name, value in pairs if name not in omitted]


def _request(
    config: ConnectorConfig,
    endpoint: str,
    params: Sequence[tuple[str, str]],
    query: Mapping[str, str],
) -> OutboundRequest:
    url = f"{endpoint}?{urlencode(query)}" if query else endpoint
    return authenticated_request(config, url, params, body_format=config.body_format)
