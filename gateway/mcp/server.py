"""The server of the ``mcp`` package with our handlers.

The gateway uses the package's low-level server and its HTTP entry, and not its bearer middleware,
its authorization server or its decorators (docs/decisions).
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.lowlevel.server import Server

from gateway.mcp.calling import Calling
from gateway.mcp.context import Context, caller_of
from gateway.mcp.listing import Listing
from gateway.mcp.relay import Relay
from gateway.mcp.skills import McpSkills

NAME = "connector-gateway"
INSTRUCTIONS = """\
Tools that act on accounts which the user has connected. `discover` finds tools by words and says \
which ones can be called now. A tool that needs an account answers with a link: show it to the \
user, and call the tool again when they say that it is done. Never ask for a password, key or token.
"""
LISTS = CacheHint(ttl_ms=60_000, scope="private")
"""Lists depend on the person. A client that listens hears of changes before they end."""
FILES = CacheHint(ttl_ms=300_000, scope="private")


def make_server(
    *, listing: Listing, calling: Calling, skills: McpSkills, relay: Relay
) -> Server[Any]:
    """Return the server that both entries, old and new, call."""

    async def listen(
        context: Context, params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        with relay.listening(caller_of(context)) as handler:
            return await handler(context, params)

    server: Server[Any] = Server(
        NAME,
        version=version("connector-gateway"),
        title="Connector gateway",
        instructions=INSTRUCTIONS,
        cache_hints={
            "tools/list": LISTS,
            "resources/list": FILES,
            "resources/read": FILES,
            "server/discover": FILES,
        },
        get_tool_input_schema=calling.input_schema,
        on_list_tools=listing.list_tools,
        on_call_tool=calling.call_tool,
        on_list_resources=skills.list_resources,
        on_read_resource=skills.read_resource,
        on_subscriptions_listen=listen,
    )
    skills.register(server)
    return server
