"""``/mcp`` as an OAuth-protected resource: it authenticates each request and checks its scopes.

Every request carries its own credential in ``Authorization``: an access token of the one
authorization server, or a service key with the role ``tools`` and the user that it acts for. The
credential is checked before the body is read, the scopes before the protocol runs. The protocol
gets the ``Principal`` and never the credential, so it cannot pass it on to a provider.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.assertions import HEADER as ASSERTION
from gateway.access.bounds import Bounds
from gateway.access.identity import is_user_id
from gateway.access.service_keys import KeyCaller, Role
from gateway.audit.context import act_as
from gateway.authorization.tokens import AccessTokens
from gateway.errors import (
    AccessTokenInvalid,
    Forbidden,
    GatewayError,
    InvalidRequest,
    ScopeInsufficient,
    Unauthorized,
)
from gateway.mcp.challenge import Resource
from gateway.mcp.credential import bearer_credential
from gateway.mcp.operation import Operation, claimed_operation, operation_of
from gateway.mcp.principal import PRINCIPAL, READ, SCOPES, HasEffect, Principal, scopes_of
from gateway.store.audit import Actor, ActorKind
from gateway.text import clean_text

USER = "Gateway-User"
MAX_BODY = 1024 * 1024
MAX_NAME = 200
"""Characters of a client's id in the audit."""
KEY_PREFIX = "gwk_"
_OURS = frozenset({b"authorization", USER.lower().encode(), ASSERTION.lower().encode()})


class CallableTool(HasEffect, Protocol):
    """A tool, as far as its authorization goes."""

    @property
    def connectors(self) -> tuple[str, ...]:
        """The connectors that it uses."""


Find = Callable[[str, Principal | None], Awaitable[CallableTool | None]]
"""Finds a tool by its name, for a known caller also one that its tenant added.

``None`` stands for an unknown name, which the protocol answers.
"""
CheckKey = Callable[[Request], Awaitable[tuple[KeyCaller, Bounds]]]
"""Checks a request's service key and user assertion, and raises as for every route."""


@dataclass(frozen=True, kw_only=True)
class Checks:
    """How a credential is checked. Without ``tokens``, only keys are accepted.

    ``spend`` takes a permit of the principal's rate limit, and raises ``RateLimited``.
    """

    tokens: AccessTokens | None
    audience: str
    key: CheckKey
    find: Find
    spend: Callable[[str], Awaitable[None]]


class ProtectedResource:
    """Calls ``app`` with a ``Principal`` in the ASGI scope, or raises what refuses the request.

    An error that a client can act on has its ``challenge``.
    """

    def __init__(self, app: ASGIApp, resource: Resource, checks: Checks) -> None:
        self._app = app
        self._resource = resource
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = claimed_operation(
            request.headers.get("mcp-method"), request.headers.get("mcp-name")
        )
        principal: Principal | None = None
        try:
            principal = await self._principal(request)
            body = await _body(request)
            operation = operation_of(body)
            tool = await self._tool(operation, principal)
            _require(principal, tool)
        except GatewayError as error:
            scopes = _scopes_of(await self._tool(operation, principal))
            error.challenge = self._resource.challenge(error, scopes)
            raise
        inner = {
            **scope,
            "headers": [each for each in scope["headers"] if each[0] not in _OURS],
            PRINCIPAL: principal,
        }
        await self._app(inner, _replay(body, receive), send)

    async def _principal(self, request: Request) -> Principal:
        credential = bearer_credential(request)
        if credential.startswith(KEY_PREFIX):
            return await self._of_key(request)
        if self._checks.tokens is None:
            raise AccessTokenInvalid("only service keys are accepted here")
        claims = await self._checks.tokens.verify(credential, self._checks.audience)
        principal = Principal(
            tenant=claims.tenant,
            user=claims.user,
            client=claims.client,
            scopes=claims.scopes & frozenset(SCOPES),
            via="token",
        )
        name = clean_text(claims.client, MAX_NAME)
        act_as(Actor(ActorKind.CLIENT, key=name, label=name, user=claims.user))
        await self._checks.spend(principal.id)
        return principal

    async def _of_key(self, request: Request) -> Principal:
        try:
            caller, bounds = await self._checks.key(request)
        except Unauthorized as error:
            raise AccessTokenInvalid(str(error)) from None
        given = request.headers.getlist(USER)
        if len(given) > 1:
            raise InvalidRequest(f"the header {USER} came twice")
        user = _utf8(given[0]) if given else bounds.user
        if user is None or not is_user_id(user):
            raise InvalidRequest(f"the header {USER} must name the user whom the agent acts for")
        bounds.require_user(user)
        return Principal(
            tenant=bounds.tenant,
            user=user,
            client=caller.key_id,
            scopes=frozenset(SCOPES),
            via="key",
            connectors=bounds.connectors,
            manages_integrations=Role.INTEGRATIONS in caller.roles,
        )

    async def _tool(self, operation: Operation, principal: Principal | None) -> CallableTool | None:
        if operation.tool is None:
            return None
        return await self._checks.find(operation.tool, principal)


def _utf8(value: str) -> str:
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        raise InvalidRequest(f"the header {USER} is not UTF-8") from None


def _scopes_of(tool: CallableTool | None) -> frozenset[str]:
    """Return all scopes that an operation needs: a call of ``tool``, or another one."""
    return frozenset({READ}) if tool is None else scopes_of(tool)


def _require(principal: Principal, tool: CallableTool | None) -> None:
    if not _scopes_of(tool) <= principal.scopes:
        raise ScopeInsufficient("the access token lacks a scope that this needs")
    if tool is not None and principal.connectors is not None:
        for connector in sorted({*tool.connectors} - principal.connectors):
            raise Forbidden(f'this credential is not for the connector "{connector}"')


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives ``body`` first, then what the client does next."""
    begun = False

    async def replayed() -> Message:
        nonlocal begun
        if begun:
            return await receive()
        begun = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
