"""A stand-in for the protected resource: every request is of one principal."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access.identity import DEFAULT_TENANT
from gateway.mcp.principal import PRINCIPAL, SCOPES, Principal

ALICE = Principal(
    tenant=DEFAULT_TENANT, user="alice", client="client", scopes=frozenset(SCOPES), via="token"
)


class AsPrincipal:
    """Calls ``app`` as ``principal``, without any authentication."""

    def __init__(self, app: ASGIApp, principal: Principal = ALICE) -> None:
        self._app = app
        self._principal = principal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, PRINCIPAL: self._principal}, receive, send)
