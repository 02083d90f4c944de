"""The usable connectors: ``GET /v1/connectors/available``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from connectors.added import TEMPLATE, keys_of
from connectors.config import Connector, ConnectorConfig
from connectors.inputs import ConnectionInput
from gateway.services.methods import is_renewable, methods_of
from gateway.web.callers import find_session
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services


class InputReply(BaseModel):
    """An input that a person fills in before connecting.

    ``choices`` maps each value of a closed list to its text for people; ``hosts`` are the names
    that a whole host has to be, or be below. One that is not ``required`` may be left out.
    """

    title: str
    description: str
    example: str
    pattern: str
    suffix: str
    choices: dict[str, str]
    hosts: list[str]
    required: bool
    default: str | None
    secret: bool
    where: str


def input_reply(wanted: ConnectionInput) -> InputReply:
    """Return what a client needs to ask for an input."""
    return InputReply(
        title=wanted.title,
        description=wanted.description,
        example=wanted.example,
        pattern=wanted.pattern,
        suffix=wanted.suffix,
        choices={key: values.get("title", key) for key, values in wanted.choices.items()},
        hosts=list(wanted.hosts),
        required=wanted.default is None,
        default=wanted.default,
        secret=wanted.secret,
        where=wanted.where,
    )


class ScopeSetReply(BaseModel):
    """Optional scopes that can be asked for together, by the name of the set."""

    title: str
    sentence: str
    scopes: list[str]


def input_replies(inputs: Mapping[str, ConnectionInput]) -> dict[str, InputReply]:
    """Return what a client needs to ask for each of the inputs."""
    return {name: input_reply(wanted) for name, wanted in inputs.items()}


class ConnectorReply(BaseModel):
    """A connector that can be used here.

    ``description`` is a sentence for people and agents, and may be empty.
    ``methods`` are the ways to connect: ``oauth2``, ``api_key``, ``client_credentials``.
    ``connection_config`` is typed before a flow of OAuth, ``key_inputs`` are what is pasted.
    """

    name: str
    display_name: str
    description: str
    category: str
    scopes: list[str]
    scope_sets: dict[str, ScopeSetReply]
    methods: list[str]
    connection_config: dict[str, InputReply]
    key_inputs: dict[str, InputReply]
    supports_refresh: bool
    supports_multiple_accounts: bool
    connect_url: str


class AvailableReply(BaseModel):
    """The usable connectors, in alphabetical order."""

    connectors: list[ConnectorReply]


async def available(request: Request) -> Response:
    """List the connectors that are ready, for a session with those of its tenant's own apps."""
    given = services(request)
    session = await find_session(request)
    ready = await given.apps.offered(session.tenant if session else None)
    found = [connector_reply(config, given.settings.public_url) for config in ready]
    return reply(AvailableReply(connectors=found))


def connector_reply(config: Connector, public_url: str) -> ConnectorReply:
    """Return the public facts of a connector."""
    return ConnectorReply(
        name=config.name,
        display_name=config.display_name,
        description=config.description,
        category=config.category,
        scopes=list(scopes_of(config)),
        scope_sets=_scope_sets(config),
        methods=[str(method) for method in methods_of(config)],
        connection_config=input_replies(config.connection_config)
        if isinstance(config, ConnectorConfig)
        else {},
        key_inputs=_key_inputs(config),
        supports_refresh=any(is_renewable(config, method) for method in methods_of(config)),
        supports_multiple_accounts=config.supports_multiple_accounts,
        connect_url=connect_url(public_url, config.name),
    )


def _key_inputs(config: Connector) -> dict[str, InputReply]:
    """Return what is pasted; where there are several ways, ``template`` chooses one."""
    keys = keys_of(config)
    found = {
        name: each for key in keys.values() for name, each in input_replies(key.inputs).items()
    }
    if len(keys) < 2:
        return found
    way = ConnectionInput(
        title="Way to connect",
        description="Which of the values below are given.",
        choices={slug: {"title": slug} for slug in keys},
    )
    return {TEMPLATE: input_reply(way), **found}


def _scope_sets(config: Connector) -> dict[str, ScopeSetReply]:
    if not isinstance(config, ConnectorConfig):
        return {}
    return {
        name: ScopeSetReply(title=each.title, sentence=each.sentence, scopes=list(each.scopes))
        for name, each in config.scope_sets.items()
    }


def scopes_of(config: Connector) -> tuple[str, ...]:
    """Return the scopes that a flow of OAuth asks for."""
    return config.scopes if isinstance(config, ConnectorConfig) else ()


def connect_url(
    public_url: str,
    connector: str,
    reconnect: str | None = None,
    scopes: Iterable[str] = (),
    tool: str | None = None,
    mark: str | None = None,
) -> str:
    """Return the page where a person connects, or reconnects the connection ``reconnect``.

    ``scopes`` are sets or scopes to ask for in addition; ``tool`` names what they are for; ``mark``
    says for whom it is (``gateway.access.link_marks``). The URL grants nothing: a session is needed
    (A2).
    """
    given = {"reconnect": reconnect, "tool": tool, "scopes": " ".join(scopes), "for": mark}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{public_url}/connectors/{connector}{f'?{query}' if query else ''}"


OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/connectors/available",
        handler=available,
        who="anyone",
        summary="The connectors that can be used here",
        reply=AvailableReply,
    )
]
