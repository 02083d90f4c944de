"""Remote MCP servers as a kind of integration: detect, describe, discover, run."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mcp.shared.inbound import mcp_param_headers, x_mcp_header_map
from mcp_types.version import LATEST_MODERN_VERSION

from connectors.tool_context import ToolFailed
from gateway.engine.integration import (
    AuthMethod,
    Claim,
    Confidence,
    Description,
    Fetch,
    Kind,
    OAuth,
    Placement,
)
from gateway.errors import GatewayError, IntegrationRefused, ToolAnswerUnexpected
from gateway.integrations.kind import DefinitionChanged, Ran, ScopesWanted, Send, Source
from gateway.integrations.mcp_client.challenge import challenge_in
from gateway.integrations.mcp_client.conversation import Conversation, NoRevision
from gateway.integrations.mcp_client.detect import evidence_of
from gateway.integrations.mcp_client.messages import HttpRefusal, Message, NotMcp, RpcError
from gateway.integrations.mcp_client.results import ran
from gateway.integrations.mcp_client.tools import pin_of, read_tools
from gateway.integrations.slugs import suggested_slug
from gateway.text import clean_text

MAX_NAME = 80
MAX_DESCRIPTION = 300
MAX_MESSAGE = 300
MOST_WANTED = 20
"""The most scopes that one refusal asks for: they stand in a link."""
_MOST_REVISIONS = 10_000
_TALK = (RpcError, HttpRefusal, NotMcp, NoRevision)
"""What a conversation raises besides the errors of ``send``."""
_WORD = re.compile(r"(?:^|[^a-z0-9])mcp(?:$|[^a-z0-9])")

OPEN = AuthMethod(slug="none", kind="none", title="No sign-in")
BEARER = AuthMethod(
    slug="bearer",
    kind="apikey",
    title="Access token",
    placements=(Placement(carrier="header", name="Authorization", prefix="Bearer "),),
)


class RemoteMcp:
    """The kind ``mcp``. It keeps which revision answered for a tool last, as a first guess."""

    name = Kind.MCP

    def __init__(self) -> None:
        self._revisions: OrderedDict[str, str] = OrderedDict()

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """Return what a URL shows; a URL that only has ``mcp`` in it is a faint claim."""
        name, endpoint, confidence = "", url, Confidence.LOW
        try:
            evidence = await evidence_of(url, fetch)
        except (*_TALK, GatewayError):
            evidence = None
        if evidence is not None:
            name, endpoint = _title(evidence.hello), evidence.url
            confidence = evidence.confidence
        elif not _WORD.search(url.lower()):
            return None
        return Claim(
            kind=self.name,
            confidence=confidence,
            endpoint=endpoint,
            name=name or _host(endpoint),
            slug=suggested_slug(name, endpoint),
        )

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """Ask a server for its tools without a credential; see ``Kind.describe``."""
        if source.document or not source.url:
            raise IntegrationRefused("url_needed", "an MCP server is added by its URL")
        if urlsplit(source.url).query:
            raise IntegrationRefused(
                "url_has_query",
                "the URL has parameters: leave them out, and place a key as a method to sign in",
            )
        try:
            evidence = await evidence_of(source.url, fetch)
        except _TALK as failure:
            raise _refused(failure) from None
        if evidence is None:
            raise IntegrationRefused(
                "not_mcp", "the server wants a credential, and nothing shows that it speaks MCP"
            )
        definitions, skipped = read_tools(evidence.tools or ())
        notes: list[str] = []
        methods: tuple[AuthMethod, ...] = (OPEN,)
        if evidence.tools is None:
            notes.append("The server tells its tools to connected people alone.")
            oauth = OAuth(discovery_url=evidence.url, supports_dynamic_registration=True)
            signing_in = AuthMethod(slug="oauth", kind="oauth", title="Sign in", oauth=oauth)
            methods = (signing_in, BEARER) if evidence.has_metadata else (BEARER,)
            if not evidence.has_metadata:
                notes.append("The server does not say where people sign in to it.")
        return Description(
            kind=self.name,
            name=_title(evidence.hello) or _host(evidence.url),
            description=_said(evidence.hello.get("instructions"), MAX_DESCRIPTION),
            version=_info(evidence.hello, "version"),
            servers=(evidence.url,),
            methods=methods,
            definitions=tuple(definitions),
            skipped=tuple(skipped),
            notes=tuple(notes),
        )

    async def discover(self, send: Send) -> Description:
        """Ask a server for its tools with a connection's credential; see ``Kind.discover``."""
        talk = Conversation(send)
        try:
            hello = await talk.hello()
            told = await talk.tools()
        except _TALK as failure:
            raise _refused(failure) from None
        definitions, skipped = read_tools(told)
        return Description(
            kind=self.name,
            name=_title(hello),
            description=_said(hello.get("instructions"), MAX_DESCRIPTION),
            version=_info(hello, "version"),
            definitions=tuple(definitions),
            skipped=tuple(skipped),
        )

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Run a tool if the server still tells it as it was pinned; see ``Kind.run``."""
        name, pin = str(call["tool"]), str(call["pin"])
        talk = Conversation(send, self._revisions.get(pin, LATEST_MODERN_VERSION))
        try:
            tool = await _pinned(talk, name, pin)
            self._remember(pin, talk.version)
            headers: Mapping[str, str] = {}
            if talk.is_modern:
                headers = mcp_param_headers(x_mcp_header_map(tool["inputSchema"]), arguments)
            params = {"name": name, "arguments": dict(arguments)}
            result = await talk.request("tools/call", params, headers=headers, reads=False)
        except HttpRefusal as refusal:
            raise _failed(refusal) from None
        except RpcError as error:
            said = clean_text(error.message, MAX_MESSAGE) or "the server gives no reason"
            raise ToolFailed(f"mcp_{abs(error.code)}", said, error.status) from None
        except NoRevision:
            raise ToolFailed("no_revision", "the server speaks no known revision") from None
        except NotMcp:
            raise ToolAnswerUnexpected from None
        return ran(result, structured=call.get("structured") is True)

    def _remember(self, pin: str, version: str) -> None:
        self._revisions[pin] = version
        self._revisions.move_to_end(pin)
        if len(self._revisions) > _MOST_REVISIONS:
            self._revisions.popitem(last=False)


async def _pinned(talk: Conversation, name: str, pin: str) -> Mapping[str, Any]:
    """Return the tool as the server tells it now; raises ``DefinitionChanged``."""
    told: list[Any] = []
    async for page in talk.pages():
        told += page
        found = next((t for t in page if isinstance(t, Mapping) and t.get("name") == name), None)
        if found is None:
            continue
        try:
            same = pin_of(found) == pin
        except RecursionError:
            same = False
        if same:
            return found
        break
    definitions, _ = read_tools(told)
    raise DefinitionChanged(next((d for d in definitions if d.call["tool"] == name), None))


def _failed(refusal: HttpRefusal) -> ToolFailed | ScopesWanted:
    challenge = challenge_in(refusal.headers)
    if refusal.status == 401:
        return ToolFailed("unauthorized", "the server refuses the connection's credential", 401)
    if challenge is not None and challenge.error == "insufficient_scope":
        if challenge.scopes:
            return ScopesWanted(challenge.scopes[:MOST_WANTED])
        return ToolFailed("insufficient_scope", "the server wants more scopes", 403)
    status = refusal.status
    return ToolFailed(f"http_{status}", f"{status}: the server gives no reason", status)


def _refused(failure: Exception) -> IntegrationRefused:
    """Return the refusal of a server that cannot be described."""
    if isinstance(failure, HttpRefusal) and failure.status in {401, 403}:
        return IntegrationRefused("unauthorized", "the server refuses the credential")
    if isinstance(failure, NoRevision):
        return IntegrationRefused("no_revision", "the server speaks no known revision of MCP")
    if isinstance(failure, RpcError):
        said = clean_text(failure.message, MAX_MESSAGE)
        return IntegrationRefused("server_error", f"the server answers with an error: {said}")
    return IntegrationRefused(
        "not_mcp",
        "the server does not speak MCP over streamable HTTP (the older transport with server-sent "
        "events, and servers that are programs, cannot be added)",
    )


def _info(hello: Message, key: str) -> str:
    info = hello.get("serverInfo")
    return _said(info.get(key), MAX_NAME) if isinstance(info, Mapping) else ""


def _title(hello: Message) -> str:
    return _info(hello, "title") or _info(hello, "name")


def _said(text: Any, most: int) -> str:
    return clean_text(text[: 4 * most], most) if isinstance(text, str) else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


MCP = RemoteMcp()
