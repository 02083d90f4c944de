"""An MCP server of the official package with its own authorization routes, as a program.

It approves without asking, and prints its URL. Access tokens live an hour; refresh tokens are used
once. ``/seen`` says what was asked, ``/forget`` loses every registered client, ``/expire`` every
access token, and ``/change`` words the tool otherwise.
"""

from __future__ import annotations

import secrets
import socket
import time
from typing import Any
from urllib.parse import urlencode

import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    RefreshToken,
    TokenError,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

SCOPE = "notes"
LIFE = 3600


class Provider:
    """The authorization server, in memory."""

    def __init__(self) -> None:
        self.clients: dict[str, OAuthClientInformationFull] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}
        self.seen: list[dict[str, Any]] = []

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self.seen.append({"what": "register", "method": client_info.token_endpoint_auth_method})
        self.clients[client_info.client_id] = client_info

    async def authorize(
        self, client: OAuthClientInformationFull, params: AuthorizationParams
    ) -> str:
        code = secrets.token_urlsafe(32)
        self.seen.append({"what": "authorize", "resource": params.resource})
        self.codes[code] = AuthorizationCode(
            code=code,
            scopes=params.scopes or [],
            expires_at=time.time() + 60,
            client_id=client.client_id,
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        return f"{params.redirect_uri}?{urlencode({'code': code, 'state': params.state or ''})}"

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        given = self.codes.pop(authorization_code.code)
        self.seen.append({"what": "exchange"})
        return self._issue(client.client_id, given.scopes, given.resource)

    async def load_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: str
    ) -> RefreshToken | None:
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        self.seen.append({"what": "refresh"})
        if self.refresh.pop(refresh_token.token, None) is None:
            raise TokenError("invalid_grant")
        return self._issue(client.client_id, refresh_token.scopes, refresh_token.resource)

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.access.get(token)

    async def verify_token(self, token: str) -> AccessToken | None:
        return self.access.get(token)

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        self.seen.append({"what": "revoke"})
        self.access = {k: v for k, v in self.access.items() if v.client_id != token.client_id}
        self.refresh = {k: v for k, v in self.refresh.items() if v.client_id != token.client_id}

    async def exchange_identity_assertion(self, *_: Any) -> OAuthToken:
        raise TokenError("unsupported_grant_type")

    def _issue(self, client_id: str, scopes: list[str], resource: str | None) -> OAuthToken:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.access[access] = AccessToken(
            token=access, client_id=client_id, scopes=scopes, resource=resource, subject="ada"
        )
        self.refresh[refresh] = RefreshToken(
            token=refresh, client_id=client_id, scopes=scopes, resource=resource, subject="ada"
        )
        return OAuthToken(
            access_token=access, refresh_token=refresh, expires_in=LIFE, scope=" ".join(scopes)
        )


def server_at(url: str) -> MCPServer[Any]:
    """The server, which is reached at ``url``."""
    provider = Provider()
    server: MCPServer[Any] = MCPServer(
        "Notes",
        version="3",
        auth_server_provider=provider,
        auth=AuthSettings.model_validate(
            {
                "issuer_url": url,
                "resource_server_url": f"{url}/mcp",
                "required_scopes": [SCOPE],
                "client_registration_options": ClientRegistrationOptions(
                    enabled=True, valid_scopes=[SCOPE], default_scopes=[SCOPE]
                ),
                "revocation_options": RevocationOptions(enabled=True),
                "validate_token_resource": True,
            }
        ),
    )

    def add_note(text: str) -> str:
        """Add a note."""
        provider.seen.append({"what": "call"})
        return f"added {text}"

    server.add_tool(add_note)

    async def seen(request: Request) -> Response:
        return JSONResponse(provider.seen)

    async def forget(request: Request) -> Response:
        provider.clients.clear()
        return JSONResponse({})

    async def expire(request: Request) -> Response:
        provider.access.clear()
        return JSONResponse({})

    async def change(request: Request) -> Response:
        server.remove_tool("add_note")
        server.add_tool(add_note, description="Add a note, and send it on.")
        return JSONResponse({})

    server.custom_route("/seen", methods=["GET"])(seen)
    server.custom_route("/forget", methods=["POST"])(forget)
    server.custom_route("/expire", methods=["POST"])(expire)
    server.custom_route("/change", methods=["POST"])(change)
    return server


def main() -> None:
    """Serve at a free port of this machine."""
    door = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    app = server_at(url).streamable_http_app()
    print(url, flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[door])


if __name__ == "__main__":
    main()
