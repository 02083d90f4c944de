"""Our client at an authorization server: given, a document of ours, or registered (RFC 7591)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, cast, get_args
from urllib.parse import urlsplit

from connectors.secret import Secret
from gateway.digest import sha256_hex
from gateway.engine.discovered import AuthorizationServer, ClientAuth, RemoteClient
from gateway.engine.integration import Fetch
from gateway.engine.strict_json import read_json
from gateway.errors import IntegrationRefused, IntegrationUnreachable, UnreadableResponse

NAME = "Connector gateway"
MAX_CREDENTIAL = 2000
_CREDENTIAL = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NOT_PUBLIC = (".internal", ".invalid", ".local", ".localhost", ".test")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """A client and its secret, which is empty for a public client."""

    client: RemoteClient
    secret: Secret = field(default_factory=lambda: Secret(""))


def given_identity(server: AuthorizationServer, client_id: str, secret: Secret) -> Identity:
    """Return the client that a person registered by hand, with the way it authenticates."""
    auth: ClientAuth = _preferred(server, secret=True) if secret else "none"
    client = RemoteClient(server=server, client_id=client_id, auth=auth, origin="given")
    return Identity(client=client, secret=secret)


async def new_identity(
    server: AuthorizationServer, *, document_url: str | None, redirect_uri: str, fetch: Fetch
) -> Identity:
    """Return a client that nobody had to register by hand.

    It is the URL of our own document where the server reads such ones and ``document_url`` can be
    read from outside, and a registration otherwise. Raises ``IntegrationRefused`` where the server
    offers neither, or refuses.
    """
    if server.takes_documents and document_url is not None:
        client = RemoteClient(server=server, client_id=document_url, auth="none", origin="document")
        return Identity(client=client)
    if server.registration_url is None:
        raise IntegrationRefused(
            "client_needed",
            "the authorization server registers no clients by itself: an administrator registers "
            "one there, and sets its client id as the app of this integration",
        )
    return await _register(server, server.registration_url, redirect_uri, fetch)


def document_path(connector: str, issuer: str) -> str:
    """Return where our client is described that is for an integration and one issuer alone.

    One client id for all issuers would not tell the connections of one from those of another.
    """
    return f"/oauth/client/{connector}/{sha256_hex(issuer)[:16]}"


def client_document(url: str, redirect_uri: str) -> dict[str, Any]:
    """Return the description of the client whose id is ``url`` (client id metadata document)."""
    return {"client_id": url, **_metadata(redirect_uri, "none")}


def is_public(url: str) -> bool:
    """Whether an authorization server elsewhere can read ``url``, as far as the URL tells."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC)


def _preferred(server: AuthorizationServer, *, secret: bool = False) -> ClientAuth:
    """Return how to authenticate: with a secret if the server can, in the way it names first.

    Servers of the official Python package read Basic only with the client id in the body too: what
    a server names first is what it was tried with.
    """
    usable = [m for m in server.auth_methods if m in get_args(ClientAuth)]
    usable.sort(key=lambda method: method == "none")
    if secret and usable[:1] == ["none"]:
        usable = []
    return cast("ClientAuth", usable[0]) if usable else "client_secret_basic"


def _metadata(redirect_uri: str, auth: ClientAuth) -> dict[str, Any]:
    is_local = urlsplit(redirect_uri).hostname in _LOOPBACK
    return {
        "client_name": NAME,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": auth,
        "application_type": "native" if is_local else "web",
    }


async def _register(
    server: AuthorizationServer, url: str, redirect_uri: str, fetch: Fetch
) -> Identity:
    wanted = _preferred(server)
    body = _metadata(redirect_uri, wanted)
    if server.scopes:
        body["scope"] = " ".join(server.scopes)
    headers = {"content-type": "application/json", "accept": "application/json"}
    try:
        answer = await fetch(
            "POST", url, headers=headers, content=json.dumps(body).encode(), most=64 * 1024
        )
    except IntegrationUnreachable:
        raise _refused("the authorization server does not answer the registration") from None
    if answer.status not in {200, 201}:
        raise _refused(f"the authorization server refuses to register a client ({answer.status})")
    try:
        said = read_json(answer.content)
    except UnreadableResponse:
        said = None
    if not isinstance(said, Mapping):
        raise _refused("the answer to the registration cannot be read")
    return _registered(server, said, wanted)


def _registered(
    server: AuthorizationServer, said: Mapping[str, Any], wanted: ClientAuth
) -> Identity:
    """Read a registration. The server may have chosen otherwise than was asked (RFC 7591 3.2.1)."""
    client_id, secret = said.get("client_id"), said.get("client_secret") or ""
    if not _is_credential(client_id) or (secret and not _is_credential(secret)):
        raise _refused("the authorization server gives a client id that cannot be used")
    auth = said.get("token_endpoint_auth_method") or (wanted if secret else "none")
    if auth not in get_args(ClientAuth) or (auth != "none" and not secret):
        raise _refused("the client would have to authenticate in a way that is not known here")
    client = RemoteClient(
        server=server,
        client_id=cast("str", client_id),
        auth=cast("ClientAuth", auth),
        origin="registered",
    )
    return Identity(client=client, secret=Secret(secret if auth != "none" else ""))


def _is_credential(value: object) -> bool:
    is_text = isinstance(value, str) and 0 < len(value) <= MAX_CREDENTIAL
    return is_text and _CREDENTIAL.fullmatch(cast("str", value)) is not None


def _refused(reason: str) -> IntegrationRefused:
    return IntegrationRefused("registration_refused", reason)
