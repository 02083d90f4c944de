"""The API for tokens: ``POST /v1/connectors/{name}/token`` and ``…/refresh``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.service_keys import KeyCaller, Role
from gateway.services.states import state_of
from gateway.services.tokens import IssuedToken, Wanted
from gateway.settings.limits import LimitName
from gateway.store.owners import OwnerKind
from gateway.web.callers import bounds_of, named_connector, require_key
from gateway.web.inputs import ScopeNames, Strict, UserId, read_json
from gateway.web.operation import Operation
from gateway.web.replies import ConnectionReply, connection_members, json_reply, time_or_none
from gateway.web.state import services

MAX_MIN_SECONDS = 3600
UNCACHED = "gateway.uncached_token"
"""The place in an ASGI scope for a ``Wanted`` that was parsed, and whose token is not cached."""


Account = Annotated[str, Field(min_length=1, max_length=255)]


class RefreshRequest(Strict):
    """The person whom the tool acts for, and the connection.

    ``account`` is a connection id, an external account id or a label. ``owner`` asks for
    the connection of the ``user``, the ``org`` or the ``platform``; without it, the nearest wins.
    """

    user: UserId
    account: Account | None = None
    owner: OwnerKind | None = None


class TokenRequest(RefreshRequest):
    """The connection, and how good the token must be.

    ``rejected_token_sha256`` is the lower-case hex SHA-256 of a token that the provider's API
    refused; ``min_seconds`` asks for a token that lives at least that long. ``scopes`` names
    sets or scopes of the connector that the token must have.
    """

    rejected_token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    min_seconds: Annotated[int, Field(ge=0, le=MAX_MIN_SECONDS)] = 0
    scopes: ScopeNames = ()

    def wanted(self, connector: str, tenant: str) -> Wanted:
        """Return this as a request to the token service."""
        return Wanted(
            connector=connector,
            tenant=tenant,
            user=self.user,
            account=self.account,
            owner=self.owner,
            rejected_token_sha256=self.rejected_token_sha256,
            min_seconds=self.min_seconds,
            scopes=self.scopes,
        )


class ApiReply(BaseModel):
    """The API that takes the token, and what each request carries.

    ``headers`` is complete. ``query`` are parameters of the address, and ``body`` members of the
    JSON body; both are empty unless the provider wants its credential there.
    """

    base_url: str
    headers: dict[str, str]
    query: dict[str, str]
    body: dict[str, str]


class TokenReply(BaseModel):
    """A working access token. ``expires_at`` is null if the provider does not say."""

    access_token: str
    token_type: str
    expires_at: str | None
    scopes: list[str]
    api: ApiReply
    connection: ConnectionReply


async def issue_token(request: Request) -> Response:
    """Issue a valid access token, refreshed if it is due."""
    caller, bounds = await _caller(request)
    uncached: Wanted | None = request.scope.get(UNCACHED)
    wanted = uncached
    if wanted is None:
        asked = await read_json(request, TokenRequest)
        wanted = asked.wanted(request.path_params["name"], bounds.tenant)
    bounds.require_user(wanted.user)
    if wanted.rejected_token_sha256 is not None:
        await _limit_refreshes(request, caller, wanted.user)
    issued = await services(request).tokens.get(wanted, skip_cache=uncached is not None)
    return token_answer(issued)


async def force_refresh(request: Request) -> Response:
    """Refresh now, however new the stored token is."""
    caller, bounds = await _caller(request)
    asked = await read_json(request, RefreshRequest)
    bounds.require_user(asked.user)
    await _limit_refreshes(request, caller, asked.user)
    wanted = Wanted(
        connector=request.path_params["name"],
        tenant=bounds.tenant,
        user=asked.user,
        account=asked.account,
        owner=asked.owner,
        force=True,
    )
    return token_answer(await services(request).tokens.get(wanted))


async def _caller(request: Request) -> tuple[KeyCaller, Bounds]:
    """Return the caller and its bounds; raise unless the connector is within them."""
    caller = await require_key(request, Role.TOKENS)
    if not caller.is_restricted:
        return caller, caller.bounds
    name = named_connector(request, caller.tenant).name
    caller.bounds.require_connector(name)  # before the assertion: a plainer answer
    bounds = bounds_of(request, caller)
    bounds.require_connector(name)
    return caller, bounds


async def _limit_refreshes(request: Request, caller: KeyCaller, user: str) -> None:
    # A tool that reports working tokens as rejected would keep their provider busy.
    await services(request).limits.spend(LimitName.REFRESHES, f"{caller.key_id}\0{user}")


def token_answer(issued: IssuedToken) -> Response:
    """Return the answer that issues a token: rendered once, and kept as long as the token is."""
    answer = issued.rendered.get(_render)
    if answer is None:
        answer = issued.rendered[_render] = _render(issued)
    return answer


def _render(issued: IssuedToken) -> Response:
    # The members of a TokenReply. Without a cache each read makes one, and validating what we made
    # ourselves takes as long as writing it.
    connection = issued.connection
    return json_reply(
        {
            "access_token": issued.access_token.reveal(),
            "token_type": connection.tokens.token_type,
            "expires_at": time_or_none(connection.tokens.expires_at),
            "scopes": connection.granted_scopes,
            "api": {
                "base_url": issued.api_base_url,
                "headers": issued.api_headers,
                "query": issued.api_query,
                "body": issued.api_body,
            },
            "connection": connection_members(connection, state_of(connection, issued.as_of)),
        }
    )


ERRORS = (
    "unauthorized",
    "forbidden",
    "assertion_required",
    "assertion_invalid",
    "invalid_request",
    "connector_unknown",
    "connector_required",
    "reauthorization_required",
    "account_not_found",
    "account_ambiguous",
    "connector_off",
    "personal_forbidden",
    "provider_unavailable",
    "connection_unreadable",
    "connection_incomplete",
    "wrong_environment",
    "app_removed",
    "app_refused",
    "store_unavailable",
)
"""The codes of errors with which a credential is refused."""

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
        errors=(*ERRORS, "scopes_required"),
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
        errors=ERRORS,
    ),
]
