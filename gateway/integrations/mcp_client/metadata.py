"""The metadata of protected resources and of authorization servers, checked (security I4). No I/O.

RFC 9728 says which authorization server a resource has, RFC 8414 (and OpenID Connect Discovery)
what that one's endpoints are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gateway.engine.discovered import AuthorizationServer
from gateway.errors import IntegrationRefused
from gateway.integrations.mcp_client.challenge import scopes_in

_RESOURCE = "/.well-known/oauth-protected-resource"
_OAUTH = "/.well-known/oauth-authorization-server"
_OPENID = "/.well-known/openid-configuration"
MAX_URL = 2048
OFFLINE = "offline_access"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectedResource:
    """What a resource says of itself. ``scopes`` is ``None`` where it does not say any."""

    resource: str
    issuer: str
    scopes: tuple[str, ...] | None = None


def resource_urls(endpoint: str, named: str | None) -> list[str]:
    """Return where a resource's metadata may be: as its challenge says, below its path, the root.

    A challenge that names no usable URL is as good as none.
    """
    parts = urlsplit(endpoint)
    origin = f"{parts.scheme}://{parts.netloc}"
    found = [named] if named is not None and is_web_url(named, of=endpoint) else []
    if (path := parts.path.rstrip("/")) != "":
        found.append(f"{origin}{_RESOURCE}{path}")
    return list(dict.fromkeys([*found, f"{origin}{_RESOURCE}"]))


def server_urls(issuer: str) -> list[str]:
    """Return where the metadata of an issuer may be, in the order of the specification."""
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if not path:
        return [f"{origin}{_OAUTH}", f"{origin}{_OPENID}"]
    return [f"{origin}{_OAUTH}{path}", f"{origin}{_OPENID}{path}", f"{origin}{path}{_OPENID}"]


def read_resource(document: Any, endpoint: str) -> ProtectedResource:
    """Return what the metadata say of the resource at ``endpoint``.

    The resource is the endpoint, or a whole part of its path on the same origin. Raises
    ``IntegrationRefused``.
    """
    said = document if isinstance(document, Mapping) else {}
    resource, servers = said.get("resource"), said.get("authorization_servers")
    if not isinstance(resource, str) or not _covers(resource, endpoint):
        raise IntegrationRefused(
            "resource_mismatch", "the metadata of the server are those of another resource"
        )
    issuer = servers[0] if isinstance(servers, list) and servers else None
    if not isinstance(issuer, str) or not is_web_url(issuer, of=endpoint):
        raise IntegrationRefused(
            "no_authorization_server", "the metadata of the server name no authorization server"
        )
    scopes = said.get("scopes_supported")
    return ProtectedResource(
        resource=resource,
        issuer=issuer,
        scopes=scopes_in(scopes) if isinstance(scopes, list) else None,
    )


def read_server(
    document: Any, issuer: str, *, resource: str, scopes: Sequence[str] | None
) -> AuthorizationServer:
    """Return what the metadata of ``issuer`` say; ``scopes`` are those that the resource wants.

    Raises ``IntegrationRefused`` for metadata of another issuer, for a server without PKCE, and
    for endpoints that are no plain https URLs.
    """
    said = document if isinstance(document, Mapping) else {}
    if said.get("issuer") != issuer:
        raise IntegrationRefused("issuer_mismatch", "the metadata are those of another issuer")
    challenges = said.get("code_challenge_methods_supported")
    if not isinstance(challenges, list) or "S256" not in challenges:
        raise IntegrationRefused(
            "no_pkce", "the authorization server does not say that it checks PKCE with S256"
        )
    for name, needed in (
        ("response_types_supported", "code"),
        ("grant_types_supported", "authorization_code"),
    ):
        if isinstance(listed := said.get(name), list) and needed not in listed:
            raise IntegrationRefused("no_code_flow", "the authorization server has no code flow")
    asked = tuple(scopes or ())
    if asked and OFFLINE in scopes_in(said.get("scopes_supported")):
        asked = tuple(dict.fromkeys([*asked, OFFLINE]))
    methods = said.get("token_endpoint_auth_methods_supported")
    return AuthorizationServer(
        issuer=issuer,
        authorization_url=_endpoint(said, "authorization_endpoint", issuer),
        token_url=_endpoint(said, "token_endpoint", issuer),
        revocation_url=_optional(said, "revocation_endpoint", issuer),
        registration_url=_optional(said, "registration_endpoint", issuer),
        resource=resource,
        scopes=asked,
        names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        auth_methods=tuple(m for m in methods if isinstance(m, str))[:20]
        if isinstance(methods, list)
        else ("client_secret_basic",),  # the default of RFC 8414 2
        takes_documents=said.get("client_id_metadata_document_supported") is True,
    )


def is_web_url(url: Any, *, of: str) -> bool:
    """Whether ``url`` may be called or shown: https, or http where ``of`` is itself plain http.

    A server over plain http is one that the operator allows (``GATEWAY_EGRESS_ALLOW``). Another
    http URL of the same server adds no risk to it.
    """
    if not isinstance(url, str) or len(url) > MAX_URL or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it raises for a port that is out of range
    except ValueError:
        return False
    if set(url) & set(' "<>\\^`{|}') or "@" in parts.netloc or parts.fragment:
        return False
    schemes = {"https", urlsplit(of).scheme}
    return parts.scheme in schemes & {"https", "http"} and bool(parts.hostname)


def _covers(resource: str, endpoint: str) -> bool:
    if not is_web_url(resource, of=endpoint):
        return False
    here, there = urlsplit(resource), urlsplit(endpoint)
    if (here.scheme, here.hostname, _port(here)) != (there.scheme, there.hostname, _port(there)):
        return False
    path, whole = here.path.rstrip("/"), there.path.rstrip("/")
    return not here.query and (whole == path or whole.startswith(f"{path}/"))


def _port(parts: Any) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _endpoint(said: Mapping[str, Any], name: str, issuer: str) -> str:
    url = _optional(said, name, issuer)
    if url is None:
        raise IntegrationRefused(
            "bad_endpoint", f"the authorization server's {name} is missing, or no https URL"
        )
    return url


def _optional(said: Mapping[str, Any], name: str, issuer: str) -> str | None:
    url = said.get(name)
    # Parameters of ours are added behind a "?" of ours: two of them would change the meaning.
    is_usable = is_web_url(url, of=issuer) and isinstance(url, str) and "?" not in url
    return url if is_usable else None
