"""The API for approvals: ``/v1/approvals``. A key sees states; a signed-in person decides."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.service_keys import Role
from gateway.access.sessions import SessionCaller
from gateway.clock import rfc3339
from gateway.errors import ApprovalUnknown, InvalidRequest, NotSignedIn
from gateway.store.approvals import State
from gateway.store.owners import kind_of
from gateway.tools.approvals import Approval
from gateway.web.browsers import check_origin
from gateway.web.callers import bounds_of, require_key, require_session
from gateway.web.inputs import Strict, limit_in, read_json, text_in
from gateway.web.operation import Operation
from gateway.web.replies import reply, time_or_none
from gateway.web.state import services

MOST = 100


class ApprovalReply(BaseModel):
    """An approval without its request. ``state`` is explained in docs/approvals.md.

    It can be decided until ``decide_by``, at ``url``, and be used until ``use_by``.
    """

    id: str
    state: str
    user: str
    tool: str
    connector: str
    owner: str
    connection: str
    account_label: str
    binding: str
    url: str
    created_at: str
    decide_by: str
    decided_at: str | None
    use_by: str | None
    used_at: str | None


class ApprovalListReply(BaseModel):
    """Approvals, the newest first."""

    approvals: list[ApprovalReply]


class DecisionRequest(Strict):
    """The decision of the signed-in person about the whole request that the page shows."""

    decision: Literal["approve", "deny"]


async def list_approvals(request: Request) -> Response:
    """List the approvals of a user."""
    bounds = await _bounds(request)
    user = text_in(request.query_params, "user") or bounds.user
    if user is None:
        raise InvalidRequest("say whose approvals: ?user=…")
    bounds.require_user(user)
    given = request.query_params
    found = await services(request).approvals.find(
        bounds.tenant,
        user=user,
        state=_state(given.get("state")),
        limit=limit_in(given, usual=20, most=MOST),
    )
    seen = [each for each in found if _is_within(bounds, each)]
    return reply(ApprovalListReply(approvals=[_reply(request, each) for each in seen]))


async def show_approval(request: Request) -> Response:
    """Show the state of one approval."""
    bounds = await _bounds(request)
    found = await services(request).approvals.status(bounds.tenant, request.path_params["id"])
    if bounds.user not in {None, found.stored.user} or not _is_within(bounds, found):
        raise ApprovalUnknown
    return reply(_reply(request, found))


def _is_within(bounds: Bounds, approval: Approval) -> bool:
    """Whether a key that is for some connectors may know of the approval."""
    return bounds.connectors is None or approval.stored.connector in bounds.connectors


async def decide_approval(request: Request) -> Response:
    """Approve or deny one call, as the signed-in person who is asked."""
    session = await deciding_session(request)
    session.check_csrf(request.headers.get("x-csrf-token"))
    wanted = await read_json(request, DecisionRequest)
    found = await services(request).approvals.decide(
        session.tenant,
        request.path_params["id"],
        user=session.user,
        admin=session.admin,
        approve=wanted.decision == "approve",
    )
    return reply(_reply(request, found))


async def deciding_session(request: Request) -> SessionCaller:
    """Return the person who decides, in a page of the gateway: never a key (design rule 12)."""
    if "authorization" in request.headers:
        raise NotSignedIn("a signed-in person decides about calls, and no key")
    session = await require_session(request)
    check_origin(request)
    return session


async def _bounds(request: Request) -> Bounds:
    if "authorization" in request.headers:
        return bounds_of(request, await require_key(request, Role.TOOLS))
    session = await require_session(request)
    return Bounds(tenant=session.tenant, user=session.user)


def _state(text: str | None) -> State | None:
    if text is not None and text not in {*State}:
        raise InvalidRequest(f"state: must be one of {', '.join(State)}")
    return None if text is None else State(text)


def _reply(request: Request, approval: Approval) -> ApprovalReply:
    stored = approval.stored
    return ApprovalReply(
        id=stored.id,
        state=str(approval.state),
        user=stored.user,
        tool=stored.tool,
        connector=stored.connector,
        owner=kind_of(stored.owner),
        connection=stored.connection,
        account_label=stored.account_label,
        binding=stored.binding,
        url=services(request).approvals.page_of(stored.id),
        created_at=rfc3339(stored.created_at),
        decide_by=rfc3339(stored.decide_by),
        decided_at=time_or_none(stored.decided_at),
        use_by=time_or_none(stored.use_by),
        used_at=time_or_none(stored.used_at),
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/approvals",
        handler=list_approvals,
        summary="The approvals of a user",
        who="session or key",
        role="tools",
        query=("user", "state", "limit"),
        headers=(HEADER,),
        reply=ApprovalListReply,
        errors=(*_ERRORS, "invalid_request"),
    ),
    Operation(
        method="GET",
        path="/v1/approvals/{id}",
        handler=show_approval,
        summary="The state of an approval",
        who="session or key",
        role="tools",
        headers=(HEADER,),
        reply=ApprovalReply,
        errors=(*_ERRORS, "approval_unknown"),
    ),
    Operation(
        method="POST",
        path="/v1/approvals/{id}/decision",
        handler=decide_approval,
        summary="Approve or deny a call, as the person who is asked",
        who="session",
        request=DecisionRequest,
        reply=ApprovalReply,
        errors=(
            *_ERRORS,
            "invalid_request",
            "approval_unknown",
            "approval_expired",
            "approval_void",
            "approval_decided",
        ),
    ),
]
