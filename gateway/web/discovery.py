"""What a user can call: ``GET /v1/tools`` and ``POST /v1/discover`` (docs/discovery.md)."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.tooling import Effect, Needs
from gateway.access.assertions import HEADER
from gateway.access.identity import is_user_id
from gateway.access.service_keys import KeyCaller, Role
from gateway.digest import sha256_hex
from gateway.encoding import base64url, from_base64url
from gateway.engine.canonical import plain
from gateway.engine.integration_names import LONGEST_NAME
from gateway.errors import InvalidRequest
from gateway.services.methods import methods_of
from gateway.services.own_names import own_name
from gateway.store.owners import kind_of
from gateway.tools.discovery import REMEDIED_BY_CONNECTING, Account, Finding, Unmet, Wanted, rank
from gateway.tools.registry import Tool
from gateway.web.available import connect_url
from gateway.web.callers import bounds_of, named_connector, require_key
from gateway.web.inputs import Strict, UserId, limit_in, read_json, read_query, text_in
from gateway.web.operation import Operation
from gateway.web.problems import detail_of, problem_of
from gateway.web.state import services
from gateway.wiring.process import Services

MOST, USUAL = 1000, 100
MAX_QUERY = 300
MAX_CURSOR = 255
QUERY = ("user", "connector", "effect", "schemas", "limit", "cursor")
BLOCKED_BY_POLICY = "A policy of your organisation does not allow this tool."

Schemas = Literal["none", "input", "all"]
_EFFECTS = frozenset({"read", "write", "destructive"})
_SCHEMAS = frozenset({"none", "input", "all"})


class DiscoverRequest(Strict):
    """The user, and which tools to find: by words, connector or effect.

    ``query`` are words in any order; the tools that fit best come first. ``schemas`` is
    ``none``, ``input`` or ``all``. ``cursor`` is the ``next_cursor`` of an answer to the same
    question.
    """

    user: UserId
    query: Annotated[str, Field(min_length=1, max_length=MAX_QUERY)] | None = None
    connector: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)] | None = None
    effect: Effect | None = None
    schemas: Schemas = "input"
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(min_length=1, max_length=MAX_CURSOR)] | None = None


class NeededReply(BaseModel):
    """An account that a tool needs. The user connects it, or connects it again, at ``connect_url``.

    ``reason`` is ``connector_required``, ``scopes_required`` or ``reauthorization_required``;
    ``code`` and ``detail`` are those of the problem that a call gets. ``methods`` are the ways to
    connect, ``scopes`` the sets or scopes that the tool needs. For an account that does not work,
    ``connection``, ``account_label`` and ``owner`` say which: for ``org``, an administrator acts.
    """

    connector: str
    display_name: str
    reason: str
    code: str
    detail: str
    connect_url: str
    methods: list[str]
    scopes: list[str]
    connection: str | None = None
    account_label: str | None = None
    owner: str | None = None


class ToolReply(BaseModel):
    """A tool, and what its next call would meet. Members without a value are left out.

    ``effect`` is ``read``, ``write`` or ``destructive``, ``policy`` ``auto``, ``ask`` or ``block``.
    ``reason`` is ``blocked``, that of the first of ``connector_required``, or
    ``approval_required``: such a tool is available, and asks a person before it acts. ``code`` and
    ``detail`` are those of the problem that a call gets.
    """

    name: str
    description: str
    effect: str
    connectors: list[str]
    digest: str
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    examples: list[dict[str, Any]] | None = None
    policy: str
    available: bool
    reason: str | None = None
    code: str | None = None
    detail: str | None = None
    connector_required: list[NeededReply] | None = None


class AccountReply(BaseModel):
    """A linked account that calls can use. ``kind`` is its connector.

    ``scope`` are the granted scopes, separated by spaces. ``isDefault``: calls use it unless they
    name another one, and, for one of the ``owner`` ``org``, unless the user has one. ``id`` names
    it as ``account`` of a call. ``status`` and ``action`` are those of ``GET /v1/connections``.
    """

    kind: str
    displayName: str
    accountLabel: str
    isDefault: bool
    scope: str
    id: str
    owner: str
    status: str
    action: str | None = None


class DiscoveryReply(BaseModel):
    """Tools, and the accounts behind them. ``next_cursor`` leads to more; it is null at the end."""

    tools: list[ToolReply]
    connectors: list[AccountReply]
    next_cursor: str | None


async def list_tools(request: Request) -> Response:
    """List a user's tools in the order of their names, each with what its call would meet."""
    caller = await require_key(request, Role.TOOLS)
    given = read_query(request, *QUERY)
    user, effect, schemas = given.get("user", ""), given.get("effect"), given.get("schemas")
    if not is_user_id(user):
        raise InvalidRequest("say whose tools: ?user=…", {"user": "is missing"})
    if effect is not None and effect not in _EFFECTS:
        raise InvalidRequest("effect: must be read, write or destructive")
    if schemas is not None and schemas not in _SCHEMAS:
        raise InvalidRequest("schemas: must be none, input or all")
    checked: dict[str, Any] = {
        "user": user,
        "connector": text_in(given, "connector"),
        "effect": effect,
        "schemas": schemas or "input",
        "limit": limit_in(given, usual=USUAL, most=MOST),
        "cursor": text_in(given, "cursor"),
    }
    return await _found(request, caller, DiscoverRequest.model_construct(**checked))


async def discover(request: Request) -> Response:
    """Find a user's tools by words, connector or effect, the best first."""
    caller = await require_key(request, Role.TOOLS)
    return await _found(request, caller, await read_json(request, DiscoverRequest))


async def _found(request: Request, caller: KeyCaller, asked: DiscoverRequest) -> Response:
    given, bounds = services(request), bounds_of(request, caller)
    bounds.require_user(asked.user)
    if asked.connector is not None:
        bounds.require_connector(named_connector(request, bounds.tenant, asked.connector).name)
    body = await discovered(given, bounds.tenant, asked, within=bounds.connectors)
    headers = {"Cache-Control": "no-store"}
    return Response(body.encode(), 200, headers, "application/json")


async def discovered(
    given: Services, tenant: str, asked: DiscoverRequest, *, within: Collection[str] | None
) -> str:
    """Return the JSON text of a ``DiscoveryReply``, of the connectors ``within``."""
    connector = asked.connector
    if connector is not None:
        await given.integrations.ready(tenant)
        connector = given.catalog.described(own_name(given.catalog, tenant, connector)).name
    wanted = Wanted(query=asked.query, connector=connector, effect=asked.effect, within=within)
    after = None if asked.cursor is None else _read_cursor(asked, asked.cursor)
    view = await given.discovery.look(tenant, asked.user)
    found = await view.find(wanted)
    if after is not None:
        found = [each for each in found if rank(each) > after]
    page, url = found[: asked.limit], given.settings.public_url
    tools = ",".join(_tool(finding, asked.schemas, url) for finding in page)
    accounts = [_account(each) for each in await view.accounts(within)]
    following = _cursor(asked, page[-1]) if len(found) > len(page) else None
    return f'{{"tools":[{tools}],"connectors":{_json(accounts)},"next_cursor":{_json(following)}}}'


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_fixed: dict[tuple[str, str], str] = {}
"""What is the same for every user, as the members of a JSON object: by digest and schemas."""
_MOST_FIXED = 50_000


def _tool(finding: Finding, schemas: Schemas, public_url: str) -> str:
    key = finding.tool.digest, schemas
    fixed = _fixed.get(key)
    if fixed is None:
        if len(_fixed) >= _MOST_FIXED:
            _fixed.clear()
        fixed = _fixed[key] = _json(_fixed_part(finding.tool, schemas))[1:-1]
    return f"{{{fixed},{_json(_varying_part(finding, public_url))[1:-1]}}}"


def _fixed_part(tool: Tool, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "effect": tool.effect,
        "connectors": list(tool.connectors),
        "digest": tool.digest,
        **({} if schemas == "none" else {"input_schema": plain(tool.input_schema)}),
        **({"output_schema": plain(tool.output_schema)} if schemas == "all" else {}),
        **({"examples": plain(tool.examples)} if tool.examples and schemas != "none" else {}),
    }


def _varying_part(finding: Finding, public_url: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"policy": str(finding.verdict.decision)}
    entry["available"] = finding.available
    if finding.reason is not None:
        entry["reason"] = str(finding.reason)
    if finding.is_blocked:
        return entry | {"code": "tool_blocked", "detail": BLOCKED_BY_POLICY}
    if finding.unmet:
        error = finding.unmet[0].error
        problem = problem_of(error)
        entry |= {"code": problem.code, "detail": detail_of(error, problem)}
    needed = [
        _needed(each, finding.tool, public_url)
        for each in finding.unmet
        if each.reason in REMEDIED_BY_CONNECTING
    ]
    return entry | ({"connector_required": needed} if needed else {})


def _needed(unmet: Unmet, tool: Tool, public_url: str) -> dict[str, Any]:
    answer, need = unmet.answer, unmet.need
    error, connection, config = unmet.error, answer.connection, answer.config
    problem, scopes = problem_of(error), need.scopes if isinstance(need, Needs) else ()
    broken = None if connection is None else connection.id
    entry: dict[str, Any] = {
        "connector": need.connector,
        "display_name": need.connector if config is None else config.display_name,
        "reason": str(unmet.reason),
        "code": problem.code,
        "detail": detail_of(error, problem),
        "connect_url": connect_url(public_url, need.connector, broken, scopes, tool.name),
        "methods": [] if config is None else [str(method) for method in methods_of(config)],
        "scopes": list(scopes),
    }
    if connection is not None:
        entry |= {"connection": connection.id, "account_label": connection.account_label}
        entry["owner"] = kind_of(connection.owner)
    return entry


def _account(account: Account) -> dict[str, Any]:
    connection, state = account.connection, account.state
    shown = AccountReply(
        kind=connection.connector,
        displayName=account.title,
        accountLabel=connection.account_label,
        isDefault=connection.is_default,
        scope=" ".join(connection.granted_scopes),
        id=connection.id,
        owner=kind_of(connection.owner),
        status=str(state.status),
        action=None if state.action is None else str(state.action),
    )
    return shown.model_dump(exclude_none=True)


def _question(asked: DiscoverRequest) -> str:
    return sha256_hex(json.dumps([asked.query, asked.connector, asked.effect]))[:16]


def _cursor(asked: DiscoverRequest, last: Finding) -> str:
    place = _json([_question(asked), last.score.hex(), last.tool.name])
    return base64url(place.encode())


def _read_cursor(asked: DiscoverRequest, cursor: str) -> tuple[float, str]:
    wrong = InvalidRequest(
        "cursor: take it from next_cursor of an earlier answer to the same question",
        {"cursor": "is not one of this question"},
    )
    try:
        question, score, name = json.loads(from_base64url(cursor))
        if question != _question(asked) or not isinstance(name, str):
            raise wrong
        return -float.fromhex(score), name
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise wrong from None


_ERRORS = (
    "unauthorized",
    "forbidden",
    "assertion_required",
    "assertion_invalid",
    "invalid_request",
    "connector_unknown",
    "store_unavailable",
)

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/tools",
        handler=list_tools,
        query=QUERY,
        who="key",
        role="tools",
        headers=(HEADER,),
        summary="A user's tools, with what each one needs first",
        reply=DiscoveryReply,
        errors=_ERRORS,
    ),
    Operation(
        method="POST",
        path="/v1/discover",
        handler=discover,
        who="key",
        role="tools",
        headers=(HEADER,),
        summary="Find a user's tools by words, connector or effect",
        request=DiscoverRequest,
        reply=DiscoveryReply,
        errors=_ERRORS,
    ),
]
