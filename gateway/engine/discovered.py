"""The authorization server of an integration, as its metadata tell, and our client there. No I/O.

An MCP server names its authorization server itself (RFC 9728), and that one its endpoints (RFC
8414). A client that was registered with one issuer is of no use to another: both stand in one
value, which is stored beside the client's secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from connectors.config_types import Revocation, ScopeSet
from connectors.secret import Secret
from gateway.engine.scopes import MAX_SCOPES

ClientAuth = Literal["none", "client_secret_basic", "client_secret_post"]
Origin = Literal["given", "document", "registered"]
"""Where a client id is from: a person, the URL of our own document, or a registration."""

MORE = "more-access"
"""The set of scopes that refused calls lacked."""
_METHODS: dict[ClientAuth, Literal["none", "header", "body"]] = {
    "none": "none",
    "client_secret_basic": "header",
    "client_secret_post": "body",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizationServer:
    """What discovery found out. Every URL has been checked.

    ``resource`` is named in all requests for tokens (RFC 8707); it is empty for an API that is no
    protected resource. ``scopes`` are those to ask for, none if nobody says which.
    ``names_issuer``: an authorization response without ``iss`` is refused (RFC 9207).
    ``auth_methods`` are the server's own names, of which ``ClientAuth`` are usable.
    ``takes_documents``: a client id may be the URL of the client's description.
    """

    issuer: str
    authorization_url: str
    token_url: str
    revocation_url: str | None = None
    registration_url: str | None = None
    resource: str = ""
    scopes: tuple[str, ...] = ()
    names_issuer: bool = False
    auth_methods: tuple[str, ...] = ()
    takes_documents: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteClient:
    """Our client at one authorization server; its secret is stored apart, sealed.

    ``more_scopes`` are those that refused calls lacked. People are asked for them
    when they connect again for such a call, beside what they have granted.
    """

    server: AuthorizationServer
    client_id: str
    auth: ClientAuth
    origin: Origin
    more_scopes: tuple[str, ...] = ()


def union(held: Iterable[str], asked: Iterable[str]) -> tuple[str, ...]:
    """Return what a step-up asks for: all that is held, and what is asked for in addition."""
    return tuple(dict.fromkeys([*held, *asked]))[:MAX_SCOPES]


def connector_arguments(client: RemoteClient, secret: Secret) -> dict[str, Any]:
    """Return the arguments of a ``ConnectorConfig`` that the authorization server decides.

    ``secret`` is empty where ``client.auth`` is ``none``. Everything else of the description (its
    name, its API) is the integration's.
    """
    server = client.server
    resource = {"resource": server.resource} if server.resource else {}
    return {
        "client_id": client.client_id,
        "client_secret": secret,
        "authorization_method": _METHODS[client.auth],
        "authorization_url": server.authorization_url,
        "token_url": server.token_url,
        "revocation_url": server.revocation_url,
        "revocation": Revocation(),
        "issuer": server.issuer,
        "issuer_required": server.names_issuer,
        "scopes": server.scopes,
        "scopes_sent": bool(server.scopes),
        "scope_sets": {MORE: _more(client.more_scopes)} if client.more_scopes else {},
        "use_pkce": True,
        "extra_authorize_params": resource,
        "extra_token_params": resource,
        "extra_refresh_params": resource,
        "supports_refresh": True,
        "refresh_rotation": "rotates",
    }


def _more(scopes: tuple[str, ...]) -> ScopeSet:
    said = "What its server asked for when it refused a call."
    return ScopeSet(title="More access", sentence=said, scopes=scopes)
