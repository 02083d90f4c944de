"""The answer to a call that needs a person to act on a page first: to connect, or to approve.

It has three forms, by the capabilities that the client declared:

- 2026-07-28 with URL mode: the result asks for the page, and the client calls again.
- 2025-11-25 with URL mode: the error -32042, and a notice when it is done.
- All others: a result that is an error, whose text has the link. Many clients can show a link and
  do not declare it.

All forms have the same content. A link lets nobody in: its page compares the person who opens it
with the one for whom it was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware
from mcp.shared.exceptions import MCPError, UrlElicitationRequiredError
from mcp_types import (
    INTERNAL_ERROR,
    CallToolResult,
    ElicitRequest,
    ElicitRequestURLParams,
    InputRequiredResult,
    TextContent,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from connectors.errors import ConnectorError
from gateway.errors import ApprovalRequired, GatewayError
from gateway.mcp.context import Context, caller_of, scope_of
from gateway.mcp.control import Describe, Problem
from gateway.mcp.handshake import SESSION
from gateway.mcp.relay import Relay
from gateway.mcp.session import Session

WITH_URL_ERRORS = "2025-11-25"
"""The revision that has the error -32042."""
PAGE = "page"
"""The name of the request for a page, and of the client's response."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """The question of an earlier attempt: ``tool`` needed an account, or ``approval``.

    ``action`` is the client's answer: ``accept`` says only that the page was opened.
    """

    tool: str
    approval: str | None
    action: str


class Asking:
    """Answers calls that ended with an error, in the form for the client."""

    def __init__(self, describe: Describe, relay: Relay) -> None:
        self._describe = describe
        self._relay = relay

    async def answer(
        self, context: Context, tool: str, error: BaseException
    ) -> CallToolResult | InputRequiredResult:
        """Return the result of a call that ended with ``error``, or raise the protocol's error."""
        principal = caller_of(context)
        problem = self._describe(error, principal)
        url = page_of(problem)
        if url is None or not _takes_urls(context):
            return error_result(problem)
        approval = error.approval_id if isinstance(error, ApprovalRequired) else None
        message = _request(problem)
        if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
            if (asked := question_in(context)) is not None and asked.action != "accept":
                return error_result(problem)
            return InputRequiredResult(
                input_requests={
                    PAGE: ElicitRequest(params=ElicitRequestURLParams(message=message, url=url))
                },
                request_state=json.dumps({"tool": tool, "approval": approval}),
            )
        session: Session = scope_of(context)[SESSION]
        asked_id = await self._relay.ask(principal, session.topic, tool=tool, approval=approval)
        raise UrlElicitationRequiredError(
            [ElicitRequestURLParams(message=message, url=url, elicitation_id=asked_id)], message
        )


def errors_told(describe: Describe) -> ServerMiddleware[Any]:
    """Return middleware that answers the gateway's own errors with their problem documents.

    Without it, the package would log them as bugs and answer "internal error". Calls of tools have
    their own answer (``Asking``).
    """

    async def tell(ctx: Context, call_next: CallNext) -> HandlerResult:
        try:
            return await call_next(ctx)
        except (GatewayError, ConnectorError) as error:
            problem = describe(error, caller_of(ctx))
            raise MCPError(INTERNAL_ERROR, problem["title"], problem) from None

    return tell


def question_in(context: Context) -> Question | None:
    """Return the question that the client answers; its state was opened and checked before."""
    params = context.params or {}
    state, responses = params.get("requestState"), params.get("inputResponses")
    if not isinstance(state, str):
        return None
    said = json.loads(state)
    given = responses.get(PAGE) if isinstance(responses, Mapping) else None
    action = given.get("action") if isinstance(given, Mapping) else None
    return Question(
        tool=said["tool"],
        approval=said["approval"],
        # Without an answer the client is asked again.
        action=action if action in {"decline", "cancel"} else "accept",
    )


def page_of(problem: Problem) -> str | None:
    """Return the page where the person of the call can end the problem."""
    if problem.get("owner") not in {None, "user"}:
        return None  # somebody else has to act
    url = problem.get("connect_url") or problem.get("url")
    return url if isinstance(url, str) else None


def error_result(problem: Problem) -> CallToolResult:
    """Return a result that says what is wrong, to a model in words and to a program by its code."""
    lines = [f"{problem['title']}. {problem['detail']}"]
    lines += [f"- {each['field']}: {each['message']}" for each in problem.get("errors", ())]
    if (url := page_of(problem)) is not None:
        lines += ["", _request(problem), url, "", _then(problem)]
    return CallToolResult(
        content=[TextContent(text="\n".join(lines))], structured_content=problem, is_error=True
    )


_APPROVE = "approval_required"
_THEN_APPROVED = "Show the user this link. After the decision, repeat exactly the same call."
_THEN_CONNECTED = (
    "Show the user this link. When they say that it is done, call the tool again. Never ask for a "
    "password or key in the chat."
)
_REQUESTS = {
    "connector_required": "To go on, the user has to connect {name}:",
    "reauthorization_required": "To go on, the user has to connect {name} again:",
    "connection_incomplete": "To go on, the user has to connect {name} again:",
    "scopes_required": "To go on, the user has to allow more at {name}:",
    _APPROVE: "To go on, the user has to read this call and approve it:",
}


def _request(problem: Problem) -> str:
    name = problem.get("display_name") or problem.get("connector") or ""
    return _REQUESTS[problem["code"]].format(name=name)


def _then(problem: Problem) -> str:
    return _THEN_APPROVED if problem["code"] == _APPROVE else _THEN_CONNECTED


def _takes_urls(context: Context) -> bool:
    """Whether the client said that it opens pages, in a revision that can ask it to."""
    said = context.session.client_capabilities
    if said is None or said.elicitation is None or said.elicitation.url is None:
        return False
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return True
    return context.protocol_version == WITH_URL_ERRORS and SESSION in scope_of(context)
