"""Tokens for tool servers: ``POST /v1/connectors/{name}/token`` and ``…/refresh``."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.identity import MAX_USER, is_user_id
from gateway.access.service_keys import KeyCaller, Role
from gateway.services.tokens import IssuedToken, Wanted
from gateway.settings.limits import LimitName
from gateway.web.context import Strict, bounds_of, read_json, require_key, services
from gateway.web.operation import Operation
from gateway.web.replies import ConnectionReply, connection_reply, reply, time_or_none

MAX_MIN_SECONDS = 3600


def _user(value: str) -> str:
    if not is_user_id(value):
        raise ValueError(f"must be 1 to {MAX_USER} printable characters")
    return value


UserId = Annotated[str, AfterValidator(_user)]
Account = Annotated[str, Field(min_length=1, max_length=255)]


class RefreshRequest(Strict):
    """Whose token. ``account`` is a connection id, an external account id or a label."""

    user: UserId
    account: Account | None = None


class TokenRequest(RefreshRequest):
    """Whose token, and how good it must be.

    ``rejected_token_sha256`` is the lower-case hex SHA-256 of a token that the provider's API
    refused; ``min_seconds`` asks for a token that lives at least that long.
    """

    rejected_token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    min_seconds: Annotated[int, Field(ge=0, le=MAX_MIN_SECONDS)] = 0


class ApiReply(BaseModel):
    """Where to send the token, and the complete headers that carry it."""

    base_url: str
    headers: dict[str, str]


class TokenReply(BaseModel):
    """A working access token. ``expires_at`` is null where the provider does not say."""

    access_token: str
    token_type: str
    expires_at: str | None
    scopes: list[str]
    api: ApiReply
    connection: ConnectionReply


async def issue_token(request: Request) -> Response:
    """Hand out a valid access token, refreshed if it is time."""
    caller, bounds = await _caller(request)
    wanted = await read_json(request, TokenRequest)
    bounds.require_user(wanted.user)
    if wanted.rejected_token_sha256 is not None:
        await _limit_refreshes(request, caller, wanted)
    return await _issue(
        request,
        Wanted(
            connector=request.path_params["name"],
            tenant=bounds.tenant,
            user=wanted.user,
            account=wanted.account,
            rejected_token_sha256=wanted.rejected_token_sha256,
            min_seconds=wanted.min_seconds,
        ),
    )


async def force_refresh(request: Request) -> Response:
    """Refresh now, whatever the stored token's age."""
    caller, bounds = await _caller(request)
    wanted = await read_json(request, RefreshRequest)
    bounds.require_user(wanted.user)
    await _limit_refreshes(request, caller, wanted)
    return await _issue(
        request,
        Wanted(
            connector=request.path_params["name"],
            tenant=bounds.tenant,
            user=wanted.user,
            account=wanted.account,
            force=True,
        ),
    )


async def _caller(request: Request) -> tuple[KeyCaller, Bounds]:
    """Who calls, and what that reaches; raises unless the connector it asks for is within."""
    caller = await require_key(request, Role.TOKENS)
    if not caller.is_restricted:
        return caller, caller.bounds
    name = services(request).catalog.get(request.path_params["name"]).name
    caller.bounds.require_connector(name)  # before the assertion: it is the plainer answer
    bounds = bounds_of(request, caller)
    bounds.require_connector(name)
    return caller, bounds


async def _limit_refreshes(request: Request, caller: KeyCaller, wanted: RefreshRequest) -> None:
    """A tool that takes a working token for a broken one would else keep its provider busy."""
    await services(request).limits.spend(LimitName.REFRESHES, f"{caller.key_id}\0{wanted.user}")


async def _issue(request: Request, wanted: Wanted) -> Response:
    issued = await services(request).tokens.get(wanted)
    return issued.rendered(token_answer)


def token_answer(issued: IssuedToken) -> Response:
    """The answer that hands out a token. It is kept, and sent to many."""
    connection = issued.connection
    return reply(
        TokenReply(
            access_token=issued.access_token.reveal(),
            token_type=connection.tokens.token_type,
            expires_at=time_or_none(connection.tokens.expires_at),
            scopes=list(connection.granted_scopes),
            api=ApiReply(base_url=issued.api_base_url, headers=issued.api_headers),
            connection=connection_reply(connection, issued.as_of),
        )
    )


_ERRORS = (
    "unauthorized",
    "forbidden",
    "assertion_required",
    "assertion_invalid",
    "invalid_request",
    "connector_unknown",
    "connector_required",
    "reauthorization_required",
    "account_not_found",
    "provider_unavailable",
    "connection_unreadable",
    "store_unavailable",
)

OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/connectors/{name}/token",
        handler=issue_token,
        summary="A working access token for a user",
        who="key",
        role="tokens",
        headers=(HEADER,),
        request=TokenRequest,
        reply=TokenReply,
        errors=_ERRORS,
    ),
    Operation(
        method="POST",
        path="/v1/connectors/{name}/refresh",
        handler=force_refresh,
        summary="Refresh a user's access token now",
        who="key",
        role="tokens",
        headers=(HEADER,),
        request=RefreshRequest,
        reply=TokenReply,
        errors=_ERRORS,
    ),
]
