"""The challenge of a refused request to the protected resource (RFC 6750 3, RFC 9728 5.1).

A refusal that a client can act on has a challenge, with the URL of the metadata and the scopes to
ask for. A request without a credential gets no error code (RFC 6750 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.errors import (
    AccessTokenInvalid,
    CredentialMalformed,
    GatewayError,
    ScopeInsufficient,
    Unauthorized,
)
from gateway.mcp.principal import SCOPES

METADATA_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """The protected resource as its clients know it.

    ``url`` is its name. ``issuer`` is the authorization server; without one, only service keys open
    the resource, and there is no metadata.
    """

    url: str
    issuer: str | None

    @property
    def metadata_url(self) -> str | None:
        """The URL of the metadata: the well-known path is put before the path (RFC 9728 3.1)."""
        if self.issuer is None:
            return None
        scheme, _, rest = self.url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host}{METADATA_PATH}{slash}{path}"

    def challenge(self, error: GatewayError, scopes: Iterable[str]) -> str:
        """Return the value of ``WWW-Authenticate`` for ``error``, or "" if it has none.

        ``scopes`` are all that the operation needs.
        """
        code = _code(error)
        if code is None:
            return ""
        said = {"error": code, "error_description": str(error)} if code else {}
        if self.metadata_url is not None:
            said["resource_metadata"] = self.metadata_url
            said["scope"] = " ".join(name for name in SCOPES if name in set(scopes))
        return ", ".join(
            [f'Bearer realm="{self.url}"', *(f'{name}="{text}"' for name, text in said.items())]
        )


def _code(error: GatewayError) -> str | None:
    """Return the error code of RFC 6750 3.1, "" for a challenge without one."""
    if isinstance(error, CredentialMalformed):
        return "invalid_request"
    if isinstance(error, ScopeInsufficient):
        return "insufficient_scope"
    if isinstance(error, AccessTokenInvalid):
        return "invalid_token"
    return "" if isinstance(error, Unauthorized) else None
