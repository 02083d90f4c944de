"""A conversation with an MCP server: which revision it speaks, and requests in that revision.

2026-07-28 has no state: each request says everything. Before it, an ``initialize`` comes first. A
conversation belongs to one call, and is not kept: nothing has to be shared between processes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from mcp_types import UNSUPPORTED_PROTOCOL_VERSION
from mcp_types.version import (
    HANDSHAKE_PROTOCOL_VERSIONS,
    LATEST_HANDSHAKE_VERSION,
    LATEST_MODERN_VERSION,
    MODERN_PROTOCOL_VERSIONS,
)

from gateway.integrations.kind import Send
from gateway.integrations.mcp_client.messages import (
    CLIENT,
    HttpRefusal,
    Message,
    NotMcp,
    RpcError,
    request_of,
    result_in,
    session_in,
)

MAX_PAGES = 20
MAX_TOOLS = 2_000
_NOT_ABOUT_THE_REVISION = frozenset({401, 403, 407, 429})
"""Statuses after which another revision would be answered alike."""


class NoRevision(Exception):
    """The server speaks no revision that we speak."""


class Conversation:
    """Requests to one server. ``version`` is the first revision to try."""

    def __init__(self, send: Send, version: str = LATEST_MODERN_VERSION) -> None:
        self._send = send
        self.version = version
        self._session: str | None = None
        self._is_begun = False
        self._count = 0

    @property
    def is_modern(self) -> bool:
        """Whether the server speaks a revision without a handshake."""
        return self.version in MODERN_PROTOCOL_VERSIONS

    async def hello(self) -> Message:
        """Return what the server says about itself: ``serverInfo`` and ``instructions``.

        Raises what ``request`` does.
        """
        if not self.is_modern:
            return await self._initialize()
        try:
            said = await self._first("server/discover", {})
        except (RpcError, HttpRefusal, NotMcp) as refusal:
            self._check_older(refusal)
            return await self._initialize()
        named = said.get("supportedVersions")
        versions = named if isinstance(named, list) else []
        if self.version not in versions:
            # It knows the method and speaks older revisions alone.
            return await self._initialize()
        self._is_begun = True
        meta = said.get("_meta")
        info = meta.get("io.modelcontextprotocol/serverInfo") if isinstance(meta, dict) else None
        return {"serverInfo": info, **said}

    async def request(
        self,
        method: str,
        params: Message,
        *,
        headers: Mapping[str, str] | None = None,
        reads: bool = True,
    ) -> Message:
        """Return the result of a method.

        Raises ``RpcError``, ``HttpRefusal``, ``NotMcp``, ``NoRevision``, and what ``send`` does.
        """
        if not self.is_modern and not self._is_begun:
            await self._initialize()
        try:
            result = await self._first(method, params, headers, reads)
        except (RpcError, HttpRefusal, NotMcp) as refusal:
            if self._is_begun:
                raise
            self._check_older(refusal)
            await self._initialize()
            return await self._asked(method, params, headers, reads)
        self._is_begun = True
        return result

    async def pages(self) -> AsyncIterator[list[Any]]:
        """Yield the tools as the server tells them, of at most ``MAX_TOOLS``.

        Raises what ``request`` does, and ``NotMcp`` for a list without an end.
        """
        cursor: str | None = None
        count = 0
        for _ in range(MAX_PAGES):
            params: Message = {} if cursor is None else {"cursor": cursor}
            page = await self.request("tools/list", params)
            tools, following = page.get("tools"), page.get("nextCursor")
            if not isinstance(tools, list):
                raise NotMcp("the list of tools is none")
            yield tools[: MAX_TOOLS - count]
            count += len(tools)
            if not isinstance(following, str) or not following or count >= MAX_TOOLS:
                return
            if following == cursor:
                break
            cursor = following
        raise NotMcp("the list of tools does not end")

    async def tools(self) -> list[Any]:
        """Return the tools of all pages; raises what ``pages`` does."""
        return [tool async for page in self.pages() for tool in page]

    def _check_older(self, refusal: Exception) -> None:
        """Raise unless an older revision may be answered otherwise than this one."""
        if isinstance(refusal, HttpRefusal) and (
            refusal.status in _NOT_ABOUT_THE_REVISION or refusal.status >= 500
        ):
            raise refusal
        said = _supported(refusal)
        if said and not any(version in HANDSHAKE_PROTOCOL_VERSIONS for version in said):
            raise NoRevision

    async def _initialize(self) -> Message:
        self.version, self._session = LATEST_HANDSHAKE_VERSION, None
        hello = {
            "protocolVersion": LATEST_HANDSHAKE_VERSION,
            "capabilities": {},
            "clientInfo": CLIENT,
        }
        self._count += 1
        answer = await self._send(
            request_of("initialize", hello, version=self.version, number=self._count)
        )
        result = result_in(answer, self._count)
        version = result.get("protocolVersion")
        if version not in HANDSHAKE_PROTOCOL_VERSIONS:
            raise NoRevision
        self.version, self._session, self._is_begun = str(version), session_in(answer), True
        # Its answer has nothing in it. A DELETE at the end would be a change in the eyes of the
        # policies, and servers end idle sessions themselves.
        await self._send(
            request_of("notifications/initialized", {}, version=self.version, session=self._session)
        )
        return result

    async def _first(
        self,
        method: str,
        params: Message,
        headers: Mapping[str, str] | None = None,
        reads: bool = True,
    ) -> Message:
        """Send a request; once more if the server refuses a revision that it says it speaks."""
        try:
            return await self._asked(method, params, headers, reads)
        except RpcError as error:
            if self.version not in _supported(error):
                raise
            return await self._asked(method, params, headers, reads)

    async def _asked(
        self,
        method: str,
        params: Message,
        headers: Mapping[str, str] | None = None,
        reads: bool = True,
    ) -> Message:
        # An approval is for the exact bytes of a call, which are sent anew when a person has
        # approved them, in a conversation that may have had fewer requests before.
        self._count += 1
        number = self._count if reads else "call"
        asked = request_of(
            method,
            params,
            version=self.version,
            session=self._session,
            headers=headers,
            number=number,
            reads=reads,
        )
        return result_in(await self._send(asked), number)


def _supported(refusal: Exception) -> list[Any]:
    """Return the revisions of a server that refuses another one; none if it is no such refusal."""
    if not isinstance(refusal, RpcError) or refusal.code != UNSUPPORTED_PROTOCOL_VERSION:
        return []
    said = refusal.data.get("supported") if isinstance(refusal.data, dict) else None
    return said if isinstance(said, list) else []
