"""Skills over MCP: the extension ``io.modelcontextprotocol/skills``, and their files as resources.

Each skill is one generated file (``gateway.tools.skills``), the same for everybody.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, PaginatedRequestParams, RequestParams
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from gateway.errors import NotFound
from gateway.mcp.context import Context, caller_of
from gateway.mcp.listing import PAGE, cursor_of, read_cursor
from gateway.tools.skills import Skill, Skills, frontmatter_of

EXTENSION = "io.modelcontextprotocol/skills"
TTL_MS = 300_000
_RESOURCE_NOT_FOUND = -32002
"""The code of older revisions; the newest one has ``INVALID_PARAMS`` for it."""
_FILE = "SKILL.md"
_MARKDOWN = "text/markdown"


class SkillParams(RequestParams):
    """The skill whose entry is asked for, by the address of its file."""

    uri: str


class McpSkills:
    """Serves the skills of a process."""

    def __init__(self, skills: Skills) -> None:
        self._skills = skills

    def register(self, server: Server[Any]) -> None:
        """Add the extension's methods, which the package does not know."""
        server.extensions[EXTENSION] = {}
        server.add_request_handler("skills/list", PaginatedRequestParams, self.list_skills)
        server.add_request_handler("skills/get", SkillParams, self.get_skill)

    async def list_skills(self, context: Context, params: PaginatedRequestParams) -> dict[str, Any]:
        """Return one page of the skills of the connectors that the principal reaches."""
        page, following = await self._page(context, params)
        found = {"skills": [_entry(each) for each in page]} | _caching()
        return found if following is None else found | {"nextCursor": following}

    async def get_skill(self, context: Context, params: SkillParams) -> dict[str, Any]:
        """Return the entry of one skill."""
        found = await self._named(context, params.uri)
        if found is None:
            raise MCPError(INVALID_PARAMS, "There is no such skill", {"uri": params.uri[:200]})
        return {"skill": _entry(found)} | _caching()

    async def list_resources(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """Return the files of the skills."""
        page, following = await self._page(context, params)
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=_uri(each),
                    name=f"{each.name}/{_FILE}",
                    description=each.description,
                    mime_type=_MARKDOWN,
                    size=len(each.text.encode()),
                )
                for each in page
            ],
            next_cursor=following,
        )

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Return the file of a skill."""
        found = await self._named(context, params.uri)
        if found is None:
            modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
            code = INVALID_PARAMS if modern else _RESOURCE_NOT_FOUND
            raise MCPError(code, "Resource not found", {"uri": params.uri[:200]})
        text = types.TextResourceContents(uri=params.uri, mime_type=_MARKDOWN, text=found.text)
        return types.ReadResourceResult(contents=[text])

    async def _page(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> tuple[list[Skill], str | None]:
        principal = caller_of(context)
        after = "" if params is None or params.cursor is None else read_cursor(params.cursor)
        await self._skills.loaded()
        found = [
            each
            for each in self._skills.all()
            if each.name > after and principal.reaches([each.name])
        ]
        page = found[:PAGE]
        return page, cursor_of(page[-1].name) if len(found) > len(page) else None

    async def _named(self, context: Context, uri: str) -> Skill | None:
        await self._skills.loaded()
        name = uri.removeprefix("skill://").removesuffix(f"/{_FILE}")
        try:
            found = self._skills.skill(name)
        except NotFound:
            return None
        is_reached = caller_of(context).reaches([name])
        return found if is_reached and _uri(found) == uri else None


def _uri(skill: Skill) -> str:
    return f"skill://{skill.name}/{_FILE}"


def _entry(skill: Skill) -> dict[str, Any]:
    file = {
        "uri": _uri(skill),
        "digest": f"sha256:{skill.digest}",
        "size": len(skill.text.encode()),
    }
    return {"uri": _uri(skill), "frontmatter": frontmatter_of(skill), "resources": [file]}


def _caching() -> dict[str, Any]:
    return {"ttlMs": TTL_MS, "cacheScope": "private"}
