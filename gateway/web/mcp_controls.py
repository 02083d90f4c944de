"""The gateway's own tools over MCP, and its errors in the words of an agent's answer."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from connectors.tooling import Effect
from gateway.access.bounds import Bounds
from gateway.engine.integration_names import LONGEST_NAME
from gateway.errors import ApprovalRequired, ConnectionNotFound, Forbidden
from gateway.mcp.control import Control, Describe, Problem
from gateway.mcp.principal import Principal
from gateway.store.owners import user_of
from gateway.web.available import connect_url
from gateway.web.discovery import (
    MAX_CURSOR,
    MAX_QUERY,
    DiscoverRequest,
    DiscoveryReply,
    Schemas,
    discovered,
)
from gateway.web.facts import approval_facts, facts_of
from gateway.web.integration_controls import integration_controls
from gateway.web.problems import members_of
from gateway.web.replies import connection_reply
from gateway.web.return_to import DASHBOARD
from gateway.wiring.process import Services

USUAL, MOST = 20, 100
"""Tools of one answer: a model reads all of them."""
_Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class _Args(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DiscoverArgs(_Args):
    """Which tools to find."""

    query: Annotated[
        str | None,
        Field(min_length=1, max_length=MAX_QUERY, description="Words of what you want to do."),
    ] = None
    connector: Annotated[_Name | None, Field(description="Only tools of this connector.")] = None
    effect: Annotated[Effect | None, Field(description="Only tools with this effect.")] = None
    schemas: Annotated[Schemas, Field(description="Which JSON schemas of each tool are told.")] = (
        "input"
    )
    limit: Annotated[int, Field(ge=1, le=MOST, description="The most tools of one answer.")] = USUAL
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_CURSOR,
            description="`next_cursor` of an answer to the same question.",
        ),
    ] = None


class ListConnectionsArgs(_Args):
    """Whose connections: always the user's."""

    connector: Annotated[_Name | None, Field(description="Only those of this connector.")] = None


class ConnectArgs(_Args):
    """What to connect."""

    connector: Annotated[_Name, Field(description="The connector's name, as `discover` says it.")]


class DisconnectArgs(_Args):
    """What to disconnect."""

    connection: Annotated[
        _Name, Field(description="The id of the connection, from `list_connections`.")
    ]


def controls_of(given: Services) -> list[Control]:
    """Return the gateway's own tools.

    People change their accounts on the gateway's pages; no tool does. Integrations are added by a
    tool that a person approves.
    """
    url = given.settings.public_url

    async def discover(principal: Principal, args: DiscoverArgs) -> dict[str, Any]:
        asked = DiscoverRequest.model_construct(user=principal.user, **dict(args))
        text = await discovered(given, principal.tenant, asked, within=principal.connectors)
        found: dict[str, Any] = json.loads(text)
        for tool in found["tools"]:
            for needed in tool.get("connector_required", ()):
                needed["connect_url"] = _marked(given, principal, needed)
        return found

    async def list_connections(principal: Principal, args: ListConnectionsArgs) -> dict[str, Any]:
        own = await given.connections.list_for(principal.tenant, principal.user)
        shared = await given.connections.list_for(principal.tenant, None)
        shown = [
            connection_reply(each, await given.states.of(each)).model_dump(mode="json")
            for each in (*own, *shared)
            if principal.reaches([each.connector]) and args.connector in {None, each.connector}
        ]
        return {"connections": shown, "manage_url": f"{url}{DASHBOARD}"}

    async def connect_link(principal: Principal, args: ConnectArgs) -> dict[str, Any]:
        config, _ = await given.apps.choose(principal.tenant, args.connector)
        if not principal.reaches([config.name]):
            raise Forbidden(f'this credential is not for the connector "{config.name}"')
        await given.rules.check(principal.tenant, config.name, f"user:{principal.user}")
        mark = given.link_marks.mark(
            tenant=principal.tenant, user=principal.user, connector=config.name
        )
        return {
            "connector": config.name,
            "display_name": config.display_name,
            "connect_url": connect_url(url, config.name, mark=mark),
        }

    async def disconnect_link(principal: Principal, args: DisconnectArgs) -> dict[str, Any]:
        bounds = Bounds(tenant=principal.tenant, user=principal.user)
        found = await given.connections.get(bounds, args.connection)
        if user_of(found.owner) != principal.user or not principal.reaches([found.connector]):
            raise ConnectionNotFound
        return {
            "connection": found.id,
            "connector": found.connector,
            "account_label": found.account_label,
            "disconnect_url": f"{url}/dashboard/connections/{found.id}/disconnect",
        }

    return [
        Control(
            name="discover",
            title="Find tools",
            description=(
                "Find the tools that this user can call, by words, connector or effect: the best "
                "first, each with whether it is available now and, if not, the link where the user "
                "connects what is missing. Also lists the accounts that are connected."
            ),
            args=DiscoverArgs,
            output=DiscoveryReply.model_json_schema(),
            run=discover,
        ),
        Control(
            name="list_connections",
            title="List connected accounts",
            description="List the accounts that this user has connected, and their state.",
            args=ListConnectionsArgs,
            output=_object("connections", "manage_url", connections={"type": "array"}),
            run=list_connections,
        ),
        Control(
            name="connect_link",
            title="Get a link to connect an account",
            description=(
                "Get the link where the user connects an account of a connector. Show it to the "
                "user; it is for this user alone, and for an hour."
            ),
            args=ConnectArgs,
            output=_object("connector", "display_name", "connect_url"),
            run=connect_link,
        ),
        Control(
            name="disconnect_link",
            title="Get a link to disconnect an account",
            description=(
                "Get the link where the user disconnects an account. Nothing is disconnected "
                "before the user confirms it there."
            ),
            args=DisconnectArgs,
            output=_object("connection", "connector", "account_label", "disconnect_url"),
            run=disconnect_link,
        ),
        *integration_controls(given),
    ]


def describer(given: Services) -> Describe:
    """Return a function that describes errors as problem documents, with links for the person."""
    public_url = given.settings.public_url

    def describe(error: BaseException, principal: Principal) -> Problem:
        said: Problem = members_of(error)
        said |= facts_of(error, said["code"], public_url)
        if (name := said.get("connector")) is not None:
            said["display_name"] = given.catalog.display_name(name)
        if "connect_url" in said:
            said["connect_url"] = _marked(given, principal, said)
        if isinstance(error, ApprovalRequired):
            said |= approval_facts(error)
        if (pause := getattr(error, "retry_after", None)) is not None:
            said["retry_after"] = pause
        return said

    return describe


def _marked(given: Services, principal: Principal, said: Problem) -> str:
    """Return the link of a problem, marked for the principal's person."""
    parts = urlsplit(said["connect_url"])
    mark = given.link_marks.mark(
        tenant=principal.tenant, user=principal.user, connector=said["connector"]
    )
    query = urlencode([*parse_qsl(parts.query), ("for", mark)])
    return parts._replace(query=query).geturl()


def _object(*names: str, **kinds: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object whose members are texts, but for ``kinds``."""
    properties = {name: kinds.get(name, {"type": "string"}) for name in names}
    return {"type": "object", "properties": properties, "required": list(names)}
