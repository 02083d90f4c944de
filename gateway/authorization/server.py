"""The authorization server as a whole: its parts and its metadata."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from gateway.audit.trail import Audit
from gateway.authorization.clients import AUTH_METHODS, GRANT_TYPES, Client
from gateway.authorization.errors import UnknownClientError
from gateway.authorization.grants import Grants
from gateway.authorization.metadata_documents import MetadataDocuments, is_document_url
from gateway.authorization.registration import Registration
from gateway.authorization.request import ClientRedirect, Parameters, client_id_of, client_redirect
from gateway.authorization.scopes import SENTENCES
from gateway.authorization.signing_keys import SigningKeys
from gateway.authorization.tokens import AccessTokens
from gateway.clock import Clock
from gateway.encryption.vault import Vault
from gateway.errors import AccessTokenInvalid
from gateway.outbound.client import Outbound
from gateway.store.oauth_clients import ClientStore
from gateway.store.oauth_grants import GrantStore
from gateway.store.sessions import SessionStore

METADATA = "/.well-known/oauth-authorization-server"
AUTHORIZE = "/oauth/authorize"
TOKEN = "/oauth/token"
REGISTER = "/oauth/register"
REVOKE = "/oauth/revoke"
JWKS = "/oauth/jwks.json"


@dataclass(frozen=True, kw_only=True)
class AuthorizationServer:
    """Our own authorization server. ``issuer`` has no slash at its end; ``resource`` is `/mcp`."""

    issuer: str
    resource: str
    documents: MetadataDocuments
    registration: Registration
    grants: Grants
    signing_keys: SigningKeys
    access_tokens: AccessTokens

    async def client_redirect(self, given: Parameters) -> ClientRedirect:
        """Return the client and where its answer goes; raise ``UnknownClientError``."""
        return client_redirect(given, await self.client(client_id_of(given)), self.issuer)

    async def client(self, client_id: str) -> Client:
        """Return the client of that id; raise ``UnknownClientError``. It may be fetched."""
        if is_document_url(client_id):
            return await self.documents.find(client_id)
        client = await self.registration.find(client_id)
        if client is None:
            raise UnknownClientError("this app is not known, or its registration has ended")
        return client

    async def revoke(self, token: str, client_id: str) -> None:
        """End the grant of a token of the client (RFC 7009); any other token changes nothing."""
        await self.grants.revoke(token, client_id=client_id)
        with contextlib.suppress(AccessTokenInvalid):
            claims = await self.access_tokens.verify(token, self.resource)
            if claims.client == client_id:
                await self.grants.end(claims.tenant, claims.user, claims.grant)

    def metadata(self) -> dict[str, Any]:
        """Return the metadata (RFC 8414, 9207, and client id metadata documents)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + AUTHORIZE,
            "token_endpoint": self.issuer + TOKEN,
            "registration_endpoint": self.issuer + REGISTER,
            "revocation_endpoint": self.issuer + REVOKE,
            "jwks_uri": self.issuer + JWKS,
            "scopes_supported": [*SENTENCES],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [*GRANT_TYPES],
            "token_endpoint_auth_methods_supported": [*AUTH_METHODS],
            "revocation_endpoint_auth_methods_supported": [*AUTH_METHODS],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "client_id_metadata_document_supported": True,
        }


def open_authorization_server(
    *,
    issuer: str,
    resource: str,
    clients: ClientStore,
    grants: GrantStore,
    keys: SigningKeys,
    sessions: SessionStore,
    outbound: Outbound,
    vault: Vault,
    clock: Clock,
    audit: Audit,
) -> AuthorizationServer:
    """Put the authorization server together. Nothing is read or written yet."""
    granted = Grants(
        store=grants,
        sessions=sessions,
        vault=vault,
        keys=keys,
        clock=clock,
        audit=audit,
        issuer=issuer,
    )
    return AuthorizationServer(
        issuer=issuer,
        resource=resource,
        documents=MetadataDocuments(outbound),
        registration=Registration(clients, clock, audit),
        grants=granted,
        signing_keys=keys,
        access_tokens=AccessTokens(issuer=issuer, keys=keys, clock=clock, lives=granted.lives),
    )
