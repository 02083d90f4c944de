"""The API for a host that signs its users in to the gateway, and out of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.identity import is_user_id
from gateway.access.login.handoff import MAX_CHALLENGE
from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest
from gateway.web.callers import require_key
from gateway.web.inputs import Strict, UserId, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services


class LoginRequest(Strict):
    """Accept a sign-in: the browser's ``login_challenge``, and the user signed in at the host.

    ``admin`` says that the user administers the tenant: its connections and rules.
    """

    challenge: Annotated[str, Field(min_length=1, max_length=MAX_CHALLENGE)]
    user: UserId
    admin: bool = False


class LoginReply(BaseModel):
    """Redirect the browser with the challenge to ``return_url``. It is a secret of that browser."""

    return_url: str
    expires_at: str


class SignedOutReply(BaseModel):
    """The number of sessions that were ended."""

    ended: int


async def accept_login(request: Request) -> Response:
    """Name the person whom the gateway sent; it works once for each challenge."""
    caller = await require_key(request, Role.LOGINS)
    wanted = await read_json(request, LoginRequest)
    accepted = await services(request).logins.handoff.accept(
        wanted.challenge, tenant=caller.tenant, user=wanted.user, admin=wanted.admin
    )
    return reply(
        LoginReply(return_url=accepted.return_url, expires_at=rfc3339(accepted.expires_at)), 201
    )


async def end_sessions(request: Request) -> Response:
    """Sign a user out of every browser, from the next request on."""
    caller = await require_key(request, Role.LOGINS)
    given = request.query_params.getlist("user")
    if len(given) != 1 or not is_user_id(given[0]):
        raise InvalidRequest("name the user to sign out: ?user=…")
    ended = await services(request).logins.sign_out_everywhere(tenant=caller.tenant, user=given[0])
    return reply(SignedOutReply(ended=ended))


_ERRORS = ("unauthorized", "forbidden", "invalid_request", "store_unavailable")

OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/logins",
        handler=accept_login,
        who="key",
        role="logins",
        summary="Accept a sign-in that the gateway handed to its host",
        request=LoginRequest,
        reply=LoginReply,
        status=201,
        errors=(*_ERRORS, "login_challenge_unknown"),
    ),
    Operation(
        method="DELETE",
        path="/v1/sessions",
        handler=end_sessions,
        who="key",
        role="logins",
        summary="Sign a user out everywhere",
        query=("user",),
        reply=SignedOutReply,
        errors=_ERRORS,
    ),
]
