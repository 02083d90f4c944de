"""Our client of remote MCP servers as a program, for the official conformance suite.

The last argument is the URL of the server. Discovery, registration, the requests of the flow, the
checks of its answers and the messages are those of the gateway. What is added here is what a
browser and a database do: it follows the consent of the suite, and keeps clients in memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from mcp.shared.inbound import mcp_param_headers, x_mcp_header_map

from connectors.added import AddedConnector
from connectors.context import AccountInfo, ConnectionContext
from connectors.secret import Secret
from connectors.tool_context import ApiAnswer
from gateway.engine.authorize import authorization_url, new_code_verifier, new_state
from gateway.engine.callback import check_issuer, read_callback
from gateway.engine.discovered import AuthorizationServer, connector_arguments, union
from gateway.engine.integration import ApiRequest
from gateway.engine.request import OutboundRequest
from gateway.engine.token_request import exchange_request
from gateway.engine.token_response import read_token_response
from gateway.integrations.fetch import Fetcher
from gateway.integrations.mcp_client.challenge import challenge_in
from gateway.integrations.mcp_client.conversation import Conversation
from gateway.integrations.mcp_client.discovery import discover
from gateway.integrations.mcp_client.messages import HttpRefusal, RpcError
from gateway.integrations.mcp_client.registration import Identity, given_identity, new_identity
from gateway.integrations.mcp_client.tools import read_tools
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy

REDIRECT = "http://localhost:3000/callback"
DOCUMENT = "https://conformance-test.local/client-metadata.json"
MOST_FLOWS = 3
"""The most flows of a run: a server that is never content gets no more."""
SECONDS = 10.0


class ThisMachine(frozenset[tuple[str, int]]):
    """The targets of the suite, whose ports are not known before."""

    def __contains__(self, target: object) -> bool:
        return isinstance(target, tuple) and target[0] in {"localhost", "127.0.0.1", "::1"}


class Remote:
    """One server, with the connection of one person."""

    def __init__(self, url: str, outbound: Outbound, context: Mapping[str, Any]) -> None:
        self.url = url
        self._outbound = outbound
        self._fetch = Fetcher(outbound).fetch
        self._context = context
        self._token: Secret | None = None
        self._scopes: tuple[str, ...] = ()
        self._identities: dict[str, Identity] = {}
        self._flows = 0

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """Send with the token, as ``gateway.proxy`` does."""
        headers = {**request.headers, "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        answer = await self._outbound.look(
            OutboundRequest(
                method="POST",
                url=self.url,
                headers=headers,
                content=json.dumps(request.json).encode(),
            ),
            connector="remote",
            most=1024 * 1024,
            seconds=SECONDS,
        )
        return ApiAnswer(status=answer.status, headers=answer.headers, content=answer.content)

    async def connected(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do ``work``; connect first if the server wants it, or wants more scopes."""
        while True:
            try:
                return await work()
            except HttpRefusal as refusal:
                challenge = challenge_in(refusal.headers)
                steps_up = challenge is not None and challenge.error == "insufficient_scope"
                if self._flows == MOST_FLOWS or not (refusal.status == 401 or steps_up):
                    raise
                self._flows += 1
                await self._connect(refusal.headers, self._scopes if steps_up else ())

    async def _connect(self, headers: Mapping[str, str], held: tuple[str, ...]) -> None:
        server = await discover(self.url, headers, self._fetch)
        server = replace(server, scopes=union(held, server.scopes))
        identity = await self._identity(server)
        client = replace(identity.client, server=server)
        config = AddedConnector(
            name="remote--suite",
            display_name="Remote",
            category="other",
            docs_url=DOCUMENT,
            console_url=DOCUMENT,
            checked_on=date.min,
            api_base_url=self.url,
            supports_multiple_accounts=False,
            fetch_account_info=_account,
            has_app=True,
            **connector_arguments(client, identity.secret),
        )
        state, verifier = new_state(), new_code_verifier()
        target = authorization_url(
            config,
            endpoint=config.authorization_url,
            redirect_uri=REDIRECT,
            state=state,
            verifier=verifier,
        )
        # The consent page of the suite sends the browser back at once.
        page = await self._outbound.look(
            OutboundRequest(method="GET", url=target, headers={}),
            connector="remote",
            most=64 * 1024,
            seconds=SECONDS,
        )
        response = read_callback(urlsplit(page.headers["location"]).query.encode())
        if response.state != state or response.code is None:
            raise SystemExit("the authorization response is not the answer to the request")
        if (problem := check_issuer(config, response, {})) is not None:
            raise SystemExit(problem)
        request = exchange_request(
            config,
            endpoint=config.token_url,
            code=response.code,
            redirect_uri=REDIRECT,
            verifier=verifier,
        )
        answer = await self._outbound.send(request, connector="remote", endpoint="exchange")
        tokens = read_token_response(config, answer, datetime.now(UTC)).tokens
        self._token, self._scopes = tokens.access_token, server.scopes

    async def _identity(self, server: AuthorizationServer) -> Identity:
        """Return our client of an issuer: of no other one, whatever it is called there."""
        if server.issuer not in self._identities:
            if "client_id" in self._context:
                if self._identities:
                    raise SystemExit("the client that was given is one of another issuer")
                secret = Secret(self._context.get("client_secret", ""))
                made = given_identity(server, self._context["client_id"], secret)
            else:
                made = await new_identity(
                    server, document_url=DOCUMENT, redirect_uri=REDIRECT, fetch=self._fetch
                )
            self._identities[server.issuer] = made
        return self._identities[server.issuer]


async def _account(ctx: ConnectionContext) -> AccountInfo:
    raise NotImplementedError


async def run(url: str, context: Mapping[str, Any], version: str) -> None:
    """List the tools of the server and call each, or those that the suite names."""
    policy = EgressPolicy(allow=ThisMachine())
    async with open_outbound(policy, Bulkhead(Metrics())) as outbound:
        remote = Remote(url, outbound, context)
        talk = Conversation(remote.send, version)
        await remote.connected(talk.hello)
        told = await remote.connected(talk.tools)
        definitions, _ = read_tools(told)
        usable = {each.call["tool"] for each in definitions}
        tools = {tool["name"]: tool for tool in told if tool["name"] in usable}
        calls = context.get("toolCalls") or [
            {"name": name, "arguments": _some(tool["inputSchema"])} for name, tool in tools.items()
        ]
        for call in calls:
            if call["name"] in tools:
                await remote.connected(partial(_called, talk, tools[call["name"]], call))


async def _called(talk: Conversation, tool: Mapping[str, Any], call: Mapping[str, Any]) -> None:
    arguments = call.get("arguments", {})
    headers = mcp_param_headers(x_mcp_header_map(tool["inputSchema"]), arguments)
    params = {"name": call["name"], "arguments": arguments}
    try:
        await talk.request(
            "tools/call", params, headers=headers if talk.is_modern else {}, reads=False
        )
    except RpcError as error:
        print(f"{call['name']}: {error.code}", file=sys.stderr)


def _some(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments for a tool of the suite."""
    values = {"string": "text", "number": 5, "integer": 5, "boolean": True}
    return {
        name: values.get(each.get("type"), "text")
        for name, each in schema.get("properties", {}).items()
    }


if __name__ == "__main__":
    asyncio.run(
        run(
            sys.argv[-1],
            json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}"),
            os.environ.get("MCP_CONFORMANCE_PROTOCOL_VERSION") or "2026-07-28",
        )
    )
