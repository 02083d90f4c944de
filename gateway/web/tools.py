"""``POST /v1/tools/{name}/call``: call a tool by its name for a user."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.assertions import HEADER
from gateway.access.service_keys import Role
from gateway.errors import ApprovalRequired, InvalidRequest, UnknownTool
from gateway.proxy.stored_answers import check_key
from gateway.store.owners import OwnerKind
from gateway.tools.context import Asked
from gateway.tools.registry import Registry, Toolset
from gateway.web.callers import bounds_of, require_key
from gateway.web.facts import approval_facts
from gateway.web.inputs import Strict, UserId, read_json
from gateway.web.operation import Operation
from gateway.web.problems import problem_response
from gateway.web.proxy import ERRORS as PROXY_ERRORS
from gateway.web.proxy import IDEMPOTENCY_KEY
from gateway.web.replies import reply
from gateway.web.state import request_id, services
from gateway.web.tokens import Account

LONGEST_KEY = 200
"""Characters of an Idempotency-Key: the calls within a call have longer ones."""
MAX_WAIT = 30
"""Seconds that a call may wait for an approval."""


class ToolCallRequest(Strict):
    """The person whom the tool acts for, and the arguments by the tool's input schema.

    ``account`` and ``owner`` choose the connection as for a token. ``project`` names what the call
    belongs to. ``approval`` is the id of one that an earlier answer asked for, and
    ``wait_seconds`` how long to wait for the decision of a person.
    """

    user: UserId
    arguments: dict[str, Any] = Field(default_factory=dict)
    account: Account | None = None
    owner: OwnerKind | None = None
    project: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    approval: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    wait_seconds: Annotated[int, Field(ge=0, le=MAX_WAIT)] = 0


class ToolResultReply(BaseModel):
    """What the tool returned, by its output schema.

    ``truncated`` says that lists or texts end early; ``next`` is the argument that leads to the
    next page; ``cost`` is what is known of the price.
    """

    result: dict[str, Any]
    truncated: bool
    next: str | None
    cost: str | None


async def call_tool(request: Request) -> Response:
    """Call a tool for a user.

    A tool that needs an approval answers 202 with the approval. Call it again, with its id, when a
    person has decided.
    """
    caller = await require_key(request, Role.TOOLS)
    given, name, bounds = services(request), request.path_params["name"], caller.bounds
    if caller.is_restricted:
        needed = _connectors(await given.registry.of(caller.tenant), name)
        for connector in needed:
            bounds.require_connector(connector)  # before the assertion: a plainer answer
        bounds = bounds_of(request, caller)
        for connector in needed:
            bounds.require_connector(connector)
    key = _idempotency_key(request)
    wanted = await read_json(request, ToolCallRequest)
    bounds.require_user(wanted.user)
    asked = Asked(
        tool=name,
        arguments=wanted.arguments,
        tenant=bounds.tenant,
        user=wanted.user,
        key_id=caller.key_id,
        request_id=request_id(request),
        account=wanted.account,
        owner=wanted.owner,
        project=wanted.project,
        approval=wanted.approval,
        wait_seconds=wanted.wait_seconds,
        key=key,
    )
    try:
        found = await given.tool_calls.call(asked)
    except ApprovalRequired as first:
        facts = approval_facts(first)
        return problem_response(first, request_id=request_id(request), extra=facts)
    return reply(
        ToolResultReply(
            result=found.result, truncated=found.truncated, next=found.next, cost=found.cost
        )
    )


def _connectors(tools: Toolset | Registry, name: str) -> tuple[str, ...]:
    try:
        return tools.tool(name).connectors
    except UnknownTool:
        return ()  # the call says so


def _idempotency_key(request: Request) -> str | None:
    values = request.headers.getlist(IDEMPOTENCY_KEY)
    if len(values) > 1:
        raise InvalidRequest(f"the header {IDEMPOTENCY_KEY} came twice")
    for value in values:
        check_key(value)
        if len(value) > LONGEST_KEY:
            raise InvalidRequest(f"{IDEMPOTENCY_KEY} has at most {LONGEST_KEY} characters here")
    return values[0] if values else None


ERRORS = (
    "tool_unknown",
    "invalid_arguments",
    "tool_blocked",
    "approval_required",
    "approval_not_showable",
    "approval_unknown",
    "approval_denied",
    "approval_used",
    "approval_expired",
    "approval_void",
    "tool_changed",
    "tool_failed",
    "tool_answer_unexpected",
    "scopes_required",
    *(code for code in PROXY_ERRORS if code != "upgrade_refused"),
)

OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/tools/{name}/call",
        handler=call_tool,
        summary="Call a tool for a user",
        who="key",
        role="tools",
        headers=(HEADER, IDEMPOTENCY_KEY),
        request=ToolCallRequest,
        reply=ToolResultReply,
        errors=ERRORS,
    )
]
