"""The official Python client as a program. It reads and writes one JSON object per line.

It writes ``{"open": URL}`` when a person has to open a page. Commands: ``list``,
``call`` (with ``tool`` and ``arguments``); ``done`` says that the person has done what a page asked
for.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata
from mcp_types import ElicitRequestURLParams, ElicitResult, ErrorData


class Memory:
    """Keeps the registration and the tokens while the program runs."""

    def __init__(self) -> None:
        self.tokens: Any = None
        self.client: Any = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client_info: Any) -> None:
        self.client = client_info


class Callback:
    """The client's own address, to which the browser comes back from the consent page."""

    def __init__(self) -> None:
        self.query: asyncio.Queue[dict[str, list[str]]] = asyncio.Queue()
        self.url = ""

    async def listen(self) -> asyncio.Server:
        """Listen on a free port of the loopback address."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
        return server

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode()
        target = urlsplit(line.split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nback")
        await writer.drain()
        writer.close()
        if target.path == "/callback":
            self.query.put_nowait(parse_qs(target.query))

    async def result(self) -> AuthorizationCodeResult:
        """Wait for the browser."""
        said = await self.query.get()
        return AuthorizationCodeResult(
            code=said["code"][0], state=said.get("state", [None])[0], iss=said["iss"][0]
        )


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


async def names(client: Client) -> list[str]:
    """Return the names of all tools, page by page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += [tool.name for tool in page.tools]
        if (cursor := page.next_cursor) is None:
            return found


async def run(url: str) -> None:
    callback = Callback()
    server = await callback.listen()

    async def open_page(address: str) -> None:
        say(open=address)

    async def read() -> dict[str, Any]:
        line = await asyncio.to_thread(sys.stdin.readline)
        return dict(json.loads(line or '{"do": "end"}'))

    async def elicited(context: Any, params: Any) -> ElicitResult | ErrorData:
        assert isinstance(params, ElicitRequestURLParams)
        say(open=params.url)
        assert (await read())["do"] == "done"
        return ElicitResult(action="accept")

    provider = OAuthClientProvider(
        url,
        OAuthClientMetadata(client_name="Python client", redirect_uris=[callback.url]),
        Memory(),
        open_page,
        callback.result,
    )
    async with server, httpx2.AsyncClient(auth=provider, timeout=60, trust_env=False) as http:
        # The person signs in now: the client waits ten seconds for the answer to its first message,
        # then falls back to the revision with a handshake.
        await http.get(url)
        async with Client(
            streamable_http_client(url, http_client=http), elicitation_callback=elicited
        ) as client:
            say(version=client.protocol_version)
            while (command := await read())["do"] != "end":
                if command["do"] == "list":
                    say(tools=await names(client))
                else:
                    result = await client.call_tool(command["tool"], command["arguments"])
                    texts = [each.text for each in result.content if each.type == "text"]
                    say(error=bool(result.is_error), text="\n".join(texts))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
