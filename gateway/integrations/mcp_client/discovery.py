"""Find the authorization server of a protected server (MCP authorization; RFC 9728, RFC 8414)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.engine.discovered import AuthorizationServer
from gateway.engine.integration import Fetch
from gateway.engine.strict_json import read_json
from gateway.errors import IntegrationRefused, IntegrationUnreachable, UnreadableResponse
from gateway.integrations.mcp_client.challenge import Challenge, challenge_in
from gateway.integrations.mcp_client.metadata import (
    ProtectedResource,
    read_resource,
    read_server,
    resource_urls,
    server_urls,
)

MAX_DOCUMENT = 256 * 1024
_SERVER_ERRORS = range(500, 600)


async def discover(endpoint: str, headers: Mapping[str, str], fetch: Fetch) -> AuthorizationServer:
    """Return the authorization server of the MCP server that answered 401 with these headers.

    Raises ``IntegrationRefused`` where there is none, or one that cannot be trusted.
    """
    challenge = challenge_in(headers) or Challenge()
    found = await find_resource(endpoint, challenge, fetch)
    if found is not None:
        scopes = challenge.scopes if challenge.scopes is not None else found.scopes
        return await _server(found.issuer, found.resource, scopes, fetch)
    # Before 2025-06-18 the server was its own authorization server, and said so nowhere.
    parts = urlsplit(endpoint)
    origin = f"{parts.scheme}://{parts.netloc}"
    document = await _document(server_urls(origin)[0], fetch)
    named = document.get("issuer") if isinstance(document, Mapping) else None
    if document is None or named not in {origin, f"{origin}/"}:
        raise IntegrationRefused(
            "no_authorization_server", "the server does not say where people sign in to it"
        )
    return read_server(document, str(named), resource=endpoint, scopes=challenge.scopes)


async def discover_openid(url: str, fetch: Fetch) -> AuthorizationServer:
    """Return the server of an OpenID Connect discovery document; no scopes are asked for.

    The document must be that of the issuer below whose address it is. Raises
    ``IntegrationRefused``.
    """
    suffix = "/.well-known/openid-configuration"
    document = await _document(url, fetch)
    issuer = document.get("issuer") if isinstance(document, Mapping) else None
    if not isinstance(issuer, str) or issuer.rstrip("/") + suffix != url:
        raise IntegrationRefused("issuer_mismatch", "the metadata are those of another issuer")
    return read_server(document, issuer, resource="", scopes=None)


async def find_resource(
    endpoint: str, challenge: Challenge, fetch: Fetch
) -> ProtectedResource | None:
    """Return what the server says of itself as a resource; ``None`` if it says nothing.

    Raises ``IntegrationRefused`` for metadata that cannot be its own, or that it fails to tell.
    """
    failed = False
    for url in resource_urls(endpoint, challenge.resource_metadata):
        try:
            answer = await fetch("GET", url, headers=_HEADERS, most=MAX_DOCUMENT)
        except IntegrationUnreachable:
            continue
        if answer.status in _SERVER_ERRORS or answer.status == 429:
            failed = True
        if answer.status == 200 and (document := _read(answer.content)) is not None:
            return read_resource(document, endpoint)
    if failed:
        # An outage does not mean that there are none: an older way could lead elsewhere.
        raise IntegrationRefused("metadata_failed", "the server fails to tell its metadata")
    return None


async def _server(
    issuer: str, resource: str, scopes: tuple[str, ...] | None, fetch: Fetch
) -> AuthorizationServer:
    for url in server_urls(issuer):
        document = await _document(url, fetch)
        if document is not None:
            return read_server(document, issuer, resource=resource, scopes=scopes)
    raise IntegrationRefused(
        "no_metadata", "the authorization server does not tell its endpoints (RFC 8414)"
    )


async def _document(url: str, fetch: Fetch) -> Any:
    try:
        answer = await fetch("GET", url, headers=_HEADERS, most=MAX_DOCUMENT)
    except IntegrationUnreachable:
        return None
    return _read(answer.content) if answer.status == 200 else None


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        document = read_json(content)
    except UnreadableResponse:
        return None
    return document if isinstance(document, dict) else None


_HEADERS = {"accept": "application/json"}
