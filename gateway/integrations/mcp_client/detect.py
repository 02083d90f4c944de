"""What shows that a URL is an MCP server: its answers, never its name alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest, Confidence, Fetch
from gateway.errors import IntegrationRefused
from gateway.integrations.mcp_client.challenge import Challenge, challenge_in
from gateway.integrations.mcp_client.conversation import Conversation, NoRevision
from gateway.integrations.mcp_client.discovery import find_resource
from gateway.integrations.mcp_client.messages import HttpRefusal, Message, NotMcp, RpcError

MAX_ANSWER = 4 * 1024 * 1024


@dataclass(slots=True)
class Looking:
    """Requests without a credential. ``url`` is the address that answered last."""

    url: str
    fetch: Fetch = field(repr=False)

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """Send a request; raises ``IntegrationUnreachable``."""
        headers = {**request.headers, "Content-Type": "application/json"}
        body = json.dumps(request.json, ensure_ascii=False).encode()
        answer = await self.fetch("POST", self.url, headers=headers, content=body, most=MAX_ANSWER)
        self.url = answer.url
        return ApiAnswer(status=answer.status, headers=answer.headers, content=answer.content)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a server showed without a credential.

    ``hello`` is what it says of itself and ``tools`` what it tells, ``None`` where it wants a
    credential first. ``challenge`` holds the headers of the answer that wants one.
    ``has_metadata``: it says where people sign in to it.
    """

    url: str
    confidence: Confidence
    hello: Message = field(default_factory=dict)
    tools: list[Any] | None = None
    challenge: Mapping[str, str] | None = None
    has_metadata: bool = False


async def evidence_of(url: str, fetch: Fetch) -> Evidence | None:
    """Return what shows that ``url`` is an MCP server; ``None`` if nothing does.

    Raises ``IntegrationUnreachable``, and what ``Conversation.request`` raises for an answer that
    is of no MCP server.
    """
    looking = Looking(url, fetch)
    talk = Conversation(looking.send)
    hello: Message | None = None
    try:
        hello = await talk.hello()
        tools = await talk.tools()
    except HttpRefusal as refusal:
        if refusal.status not in {401, 403}:
            raise
        return await _protected(looking, refusal, hello)
    return Evidence(url=looking.url, confidence=Confidence.HIGH, hello=hello, tools=tools)


async def challenge_of(url: str, fetch: Fetch) -> Mapping[str, str]:
    """Return the headers with which a server wants a credential; none if it does not say.

    Raises ``IntegrationUnreachable``.
    """
    try:
        await Conversation(Looking(url, fetch).send).request("tools/list", {})
    except HttpRefusal as refusal:
        return refusal.headers if refusal.status in {401, 403} else {}
    except (RpcError, NotMcp, NoRevision):
        pass
    return {}


async def _protected(
    looking: Looking, refusal: HttpRefusal, hello: Message | None
) -> Evidence | None:
    """Judge a server that wants a credential.

    Metadata of a protected resource are the strongest sign, as few other APIs have them, and then
    an error of JSON-RPC. A Bearer challenge with an error is what other APIs may send, too.
    """
    challenge = challenge_in(refusal.headers)
    try:
        resource = await find_resource(looking.url, challenge or Challenge(), looking.fetch)
    except IntegrationRefused:
        resource = None
    if resource is not None or refusal.with_message or hello is not None:
        confidence = Confidence.HIGH
    elif challenge is not None and (challenge.error or challenge.resource_metadata):
        confidence = Confidence.MEDIUM
    else:
        return None
    return Evidence(
        url=looking.url,
        confidence=confidence,
        hello=hello or {},
        challenge=refusal.headers,
        has_metadata=resource is not None,
    )
