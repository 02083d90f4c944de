"""Clients: agents that ask a person for access, and their metadata (RFC 7591 2).

Metadata is hostile until checked. The name is cut, and loses control and invisible characters. A
page shows it as the client's own word, next to the host that gets the answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc7591 import ClientMetadataClaims
from authlib.oauth2.rfc7591.errors import InvalidClientMetadataError, InvalidRedirectURIError
from joserfc.errors import JoseError

from gateway.authorization.redirects import MAX_URIS, check_redirect_uri, redirect_host
from gateway.digest import sha256_hex
from gateway.text import clean_text

MAX_NAME = 60
NO_SECRET, BASIC, POST = "none", "client_secret_basic", "client_secret_post"
AUTH_METHODS = (NO_SECRET, BASIC, POST)
GRANT_TYPES = ("authorization_code", "refresh_token")


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """An agent. ``host`` published its description; ``None`` if it registered itself.

    ``refreshes``: it wants refresh tokens.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    auth_method: str = NO_SECRET
    secret_hash: str | None = field(default=None, repr=False)
    host: str | None = None
    refreshes: bool = True

    def authenticate(self, method: str, secret: str | None) -> None:
        """Raise ``InvalidClientError`` unless the client proved itself as it registered."""
        if self.auth_method == NO_SECRET:
            if secret:
                raise InvalidClientError("this client has no secret", status_code=401)
            return
        # Basic and post are equally strong; libraries mix them up.
        given = sha256_hex(secret or "")
        if method == NO_SECRET or not hmac.compare_digest(given, self.secret_hash or ""):
            raise InvalidClientError("the client secret is wrong", status_code=401)


def read_metadata(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a ``Client`` that a description gives.

    Raises ``InvalidClientMetadataError`` or ``InvalidRedirectURIError``.
    """
    uris = document.get("redirect_uris")
    if not isinstance(uris, list) or not 0 < len(uris) <= MAX_URIS:
        raise InvalidRedirectURIError(f"redirect_uris must be a list of 1 to {MAX_URIS}")
    redirect_uris = tuple(dict.fromkeys(map(check_redirect_uri, uris)))
    for name in ("grant_types", "response_types"):
        value = document.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise InvalidClientMetadataError(f"{name} must be a list of texts")
    claims = ClientMetadataClaims(dict(document), {}, {}, {})
    try:
        claims.validate()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise InvalidClientMetadataError("a member has another form than RFC 7591 says") from None
    if "code" not in document.get("response_types", ["code"]):
        raise InvalidClientMetadataError("response_types must have code")
    grant_types = document.get("grant_types") or [*GRANT_TYPES]
    if "authorization_code" not in grant_types:
        raise InvalidClientMetadataError("grant_types must have authorization_code")
    method = document.get("token_endpoint_auth_method", NO_SECRET)
    if method not in AUTH_METHODS:
        raise InvalidClientMetadataError("token_endpoint_auth_method is not supported")
    said = document.get("client_name")
    shown = clean_text(said, MAX_NAME) if isinstance(said, str) else ""
    return {
        "name": shown or redirect_host(redirect_uris[0]),
        "redirect_uris": redirect_uris,
        "auth_method": method,
        "refreshes": "refresh_token" in grant_types,
    }
