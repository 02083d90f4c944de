"""The authorization request (RFC 6749 4.1.1, RFC 7636 4.3): the URL for the person's browser."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from connectors.config import ConnectorConfig
from connectors.secret import Secret


def new_state() -> str:
    """Return a new state: 256 random bits (security A5)."""
    return secrets.token_urlsafe(32)


def new_code_verifier() -> Secret:
    """Return a new PKCE code verifier of 256 random bits (RFC 7636 4.1: 43 characters)."""
    return Secret(secrets.token_urlsafe(32))


def authorization_url(
    config: ConnectorConfig, *, endpoint: str, redirect_uri: str, state: str, verifier: Secret
) -> str:
    """Return the provider's URL. ``endpoint`` is the rendered ``authorization_url``.

    State, redirect URI and code challenge come from the engine alone; the connector's extra
    parameters cannot name them (``RESERVED_PARAMS``).
    """
    url = prepare_grant_uri(
        endpoint,
        client_id=config.client_id,
        response_type=config.response_type,
        redirect_uri=redirect_uri,
        state=state,
        **_pkce(verifier) if config.use_pkce else {},
    )
    params = [
        (config.param_names.get(name, name), value)
        for name, value in parse_qsl(urlsplit(url).query)
        if name not in config.omit_authorize_params
    ]
    if config.scopes_sent:
        params.append((config.scope_param, config.scope_separator.join(config.scopes)))
    # Not passed to Authlib: it drops empty values and has parameters of the same names ("uri").
    return f"{endpoint}?{urlencode([*params, *config.extra_authorize_params.items()])}"


def _pkce(verifier: Secret) -> dict[str, str]:
    return {
        "code_challenge": create_s256_code_challenge(verifier.reveal()),
        "code_challenge_method": "S256",
    }
