"""Requests and replies of ``/v1/integrations``, with the names of the specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel

from gateway.clock import rfc3339
from gateway.engine.integration import AuthMethod, Claim, Definition, OAuth, Placement, Skipped
from gateway.engine.integration import Kind as KindName
from gateway.engine.integration_names import LONGEST_SLUG, tool_name
from gateway.integrations.fetch import MAX_URL
from gateway.integrations.listing import Listed
from gateway.integrations.reading import Given, Preview, about_tokens
from gateway.integrations.service import MAX_DESCRIPTION, MAX_NAME
from gateway.integrations.tool_review import Changed, Refreshed
from gateway.store.integration_tools import StoredTool
from gateway.store.integrations import Integration
from gateway.web.inputs import Strict

MAX_DOCUMENT = 16 * 1024 * 1024
"""Characters of an uploaded document."""
MOST_OPERATIONS = 5000
_NAME = Annotated[str, Field(min_length=1, max_length=64)]
_DIGEST = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_URL = Annotated[str, Field(min_length=1, max_length=MAX_URL)]
_KIND = Literal["openapi", "graphql", "mcp"]
_EFFECT = Literal["read", "write", "destructive"]
Operations = Annotated[tuple[_NAME, ...], Field(max_length=MOST_OPERATIONS, strict=False)]


class PlacementBody(Strict):
    """Where a value stands in each request; with ``literal`` it is that text, nothing is asked."""

    carrier: Literal["header", "query"]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    prefix: Annotated[str, Field(max_length=200)] = ""
    variable: Annotated[str, Field(max_length=40)] = "token"
    literal: Annotated[str, Field(max_length=200)] | None = None


class OAuthBody(Strict):
    """The endpoints of an OAuth method; an MCP server's are discovered at ``discoveryUrl``."""

    flow: Literal["authorization_code", "client_credentials"] = "authorization_code"
    authorizationUrl: _URL | None = None
    tokenUrl: _URL | None = None
    refreshUrl: _URL | None = None
    scopes: Annotated[
        dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=500)]],
        Field(max_length=100),
    ] = Field(default_factory=dict)
    discoveryUrl: _URL | None = None
    supportsDynamicRegistration: bool = False


class AuthMethodBody(Strict):
    """An auth template. Without ``template``, its slug, it gets one: ``custom_<id>``.

    ``basic``: user name and password go into HTTP Basic, and there are no placements.
    """

    template: Annotated[str, Field(max_length=64)] = ""
    kind: Literal["oauth", "apikey", "header", "none"]
    title: Annotated[str, Field(max_length=80)] = ""
    placements: Annotated[tuple[PlacementBody, ...], Field(max_length=10, strict=False)] = ()
    basic: bool = False
    oauth: OAuthBody | None = None


Methods = Annotated[tuple[AuthMethodBody, ...], Field(max_length=20, strict=False)]


class DetectRequest(Strict):
    """The URL that somebody has."""

    url: _URL


class PreviewRequest(Strict):
    """A URL, or a document as text. Without ``kind`` it is detected."""

    url: _URL | None = None
    document: Annotated[str, Field(min_length=1, max_length=MAX_DOCUMENT)] | None = None
    kind: _KIND | None = None
    baseUrl: _URL | None = None


class AddRequest(PreviewRequest):
    """What is added. Everything that is left out comes from the document.

    ``operations`` are the names of those that become tools, all by default. With ``digest``, that
    of a preview, exactly what it showed is added or nothing.
    """

    slug: Annotated[str, Field(min_length=1, max_length=LONGEST_SLUG)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = None
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] | None = None
    authMethods: Methods = ()
    mode: Literal["merge", "replace"] = "merge"
    operations: Operations | None = None
    digest: _DIGEST | None = None


class ChangeRequest(Strict):
    """A new name, a new description, or both."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = None
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] | None = None


class ConfigureRequest(Strict):
    """Auth templates that are merged with those of the integration, or replace them."""

    authMethods: Methods
    mode: Literal["merge", "replace"] = "merge"


class RefreshIntegrationRequest(Strict):
    """Where it is read now: from its URL without ``url`` and ``document``.

    With ``dryRun``, nothing is changed. ``operations`` are those that are offered from now on.
    """

    url: _URL | None = None
    document: Annotated[str, Field(min_length=1, max_length=MAX_DOCUMENT)] | None = None
    baseUrl: _URL | None = None
    dryRun: bool = False
    operations: Operations | None = None


class AcceptedTool(Strict):
    """A definition that somebody has looked at: its name, and the digest that was shown."""

    name: _NAME
    digest: _DIGEST


class AcceptRequest(Strict):
    """The definitions that are accepted."""

    tools: Annotated[
        tuple[AcceptedTool, ...], Field(min_length=1, max_length=MOST_OPERATIONS, strict=False)
    ]


class EffectRequest(Strict):
    """What exactly this definition does; null for what was derived from the document."""

    digest: _DIGEST
    effect: _EFFECT | None


class OfferRequest(Strict):
    """The names of definitions that are offered as tools, or are not any more."""

    operations: Operations
    enabled: bool


class PlacementReply(BaseModel):
    """Where a value stands in each request."""

    carrier: str
    name: str
    prefix: str
    variable: str
    literal: str | None


class OAuthReply(BaseModel):
    """The endpoints of an OAuth method, as far as they are known."""

    flow: str
    authorizationUrl: str | None
    tokenUrl: str | None
    refreshUrl: str | None
    scopes: dict[str, str]
    discoveryUrl: str | None
    supportsDynamicRegistration: bool


class AuthMethodReply(BaseModel):
    """A way to connect. ``template`` names it when an account is connected."""

    id: str
    template: str
    kind: str
    title: str
    placements: list[PlacementReply]
    basic: bool
    oauth: OAuthReply | None


class IntegrationReply(BaseModel):
    """An integration. ``kind``: ``openapi``, ``graphql``, ``mcp``, ``catalog`` or ``built-in``.

    ``connector`` is its name in the other calls of the API. ``tools`` counts its tools, ``waiting``
    those whose definition nobody has accepted. The members after that are of added ones alone.
    """

    slug: str
    name: str
    description: str
    kind: str
    canRemove: bool
    canRefresh: bool
    authMethods: list[AuthMethodReply]
    displayUrl: str | None
    connector: str
    tools: int
    waiting: int
    baseUrl: str | None
    version: str | None
    notes: list[str]
    createdAt: str | None
    createdBy: str | None
    updatedAt: str | None


class IntegrationListReply(BaseModel):
    """Integrations: the gateway itself, those that were added, and connectors of the catalog."""

    integrations: list[IntegrationReply]


class ClaimReply(BaseModel):
    """A kind that knows the URL. ``confidence``: ``high``, ``medium`` or ``low``."""

    kind: str
    confidence: str
    endpoint: str
    name: str
    slug: str


class DetectReply(RootModel[list[ClaimReply]]):
    """The claims, the surest first."""


class SkippedReply(BaseModel):
    """An operation that becomes no tool, and why."""

    name: str
    code: str
    reason: str


class OperationReply(BaseModel):
    """An operation. ``tokens`` is about what its tool takes in a model's context."""

    name: str
    description: str
    effect: str
    tokens: int
    digest: str


class PreviewReply(BaseModel):
    """What would be added. ``servers`` are to pick ``baseUrl`` from; ``tokens`` is about the size
    of the tool list. Add with ``digest`` to get exactly this.
    """

    kind: str
    name: str
    description: str
    version: str
    slug: str
    endpoint: str
    baseUrl: str
    servers: list[str]
    authMethods: list[AuthMethodReply]
    operations: list[OperationReply]
    skipped: list[SkippedReply]
    notes: list[str]
    tokens: int
    digest: str


class AddedReply(IntegrationReply):
    """The new integration, and the operations that became no tools."""

    skipped: list[SkippedReply]


class RemovedReply(BaseModel):
    """``connections`` were deleted; the provider has ended the grants of ``revoked`` of them."""

    removed: bool
    connections: int
    revoked: int


class DefinitionReply(BaseModel):
    """Everything that a definition says. ``call`` is how its request is made."""

    name: str
    description: str
    effect: str
    inputSchema: dict[str, Any]
    outputSchema: dict[str, Any]
    call: dict[str, Any]
    scopes: list[str]
    digest: str


class ChangeReply(BaseModel):
    """A definition that is new, different or gone: before and after."""

    name: str
    before: DefinitionReply | None
    after: DefinitionReply | None


class RefreshReply(BaseModel):
    """What reading it again changes. ``later``: each connection's tools with its next use."""

    changes: list[ChangeReply]
    skipped: list[SkippedReply]
    tokens: int
    later: bool


class IntegrationToolReply(BaseModel):
    """A tool of an integration.

    ``tool`` is the name to call. ``connection`` is whose tool it is, empty for everybody's.
    ``state``: ``accepted``, ``new`` or ``changed``; one that is not accepted asks a person with
    each call. ``before`` is the accepted definition while there is another one. ``effect`` is what
    counts, ``effectSaid`` what an administrator said about this digest.
    """

    name: str
    tool: str
    connection: str
    state: str
    enabled: bool
    effect: str
    effectSaid: str | None
    digest: str
    definition: DefinitionReply
    before: DefinitionReply | None
    syncedAt: str


class IntegrationToolsReply(BaseModel):
    """The tools of an integration, by name. ``tokens`` is about the size of the offered ones."""

    tools: list[IntegrationToolReply]
    tokens: int


class AcceptReply(BaseModel):
    """The names that were accepted; one that changed meanwhile is not among them."""

    accepted: list[str]


class OfferReply(BaseModel):
    """How many tools were switched."""

    tools: int


def given_of(wanted: PreviewRequest | RefreshIntegrationRequest) -> Given:
    """Return what a request gives to read."""
    kind = wanted.kind if isinstance(wanted, PreviewRequest) else None
    return Given(
        url=wanted.url or "",
        document=(wanted.document or "").encode(),
        kind=None if kind is None else KindName(kind),
        base_url=wanted.baseUrl or "",
    )


def methods_of(bodies: Iterable[AuthMethodBody]) -> tuple[AuthMethod, ...]:
    """Return the auth templates of a request."""
    return tuple(
        AuthMethod(
            slug=body.template,
            kind=body.kind,
            title=body.title,
            placements=tuple(
                Placement(
                    carrier=place.carrier,
                    name=place.name,
                    prefix=place.prefix,
                    variable=place.variable,
                    literal=place.literal,
                )
                for place in body.placements
            ),
            basic=body.basic,
            oauth=None if body.oauth is None else _oauth_of(body.oauth),
        )
        for body in bodies
    )


def _oauth_of(body: OAuthBody) -> OAuth:
    return OAuth(
        flow=body.flow,
        authorization_url=body.authorizationUrl,
        token_url=body.tokenUrl,
        refresh_url=body.refreshUrl,
        scopes=dict(body.scopes),
        discovery_url=body.discoveryUrl,
        supports_dynamic_registration=body.supportsDynamicRegistration,
    )


def integration_reply(listed: Listed) -> IntegrationReply:
    """Return the public form of an integration."""
    return IntegrationReply(**integration_members(listed))


def integration_members(listed: Listed) -> dict[str, Any]:
    """Return the members of an ``IntegrationReply``."""
    added = listed.added
    return {
        "slug": listed.slug,
        "name": listed.name,
        "description": listed.description,
        "kind": listed.kind,
        "canRemove": listed.can_remove,
        "canRefresh": listed.can_refresh,
        "authMethods": [method_reply(each) for each in listed.methods],
        "displayUrl": listed.display_url or None,
        "connector": listed.connector,
        "tools": listed.tools,
        "waiting": listed.waiting,
        "baseUrl": None if added is None else added.base_url,
        "version": None if added is None else added.version,
        "notes": [] if added is None else list(added.notes),
        "createdAt": None if added is None else rfc3339(added.created_at),
        "createdBy": None if added is None else added.created_by,
        "updatedAt": None if added is None else rfc3339(added.updated_at),
    }


def method_reply(method: AuthMethod) -> AuthMethodReply:
    """Return the public form of an auth template."""
    oauth = method.oauth
    return AuthMethodReply(
        id=method.slug,
        template=method.slug,
        kind=method.kind,
        title=method.title,
        placements=[
            PlacementReply(
                carrier=place.carrier,
                name=place.name,
                prefix=place.prefix,
                variable=place.variable,
                literal=place.literal,
            )
            for place in method.placements
        ],
        basic=method.basic,
        oauth=None
        if oauth is None
        else OAuthReply(
            flow=oauth.flow,
            authorizationUrl=oauth.authorization_url,
            tokenUrl=oauth.token_url,
            refreshUrl=oauth.refresh_url,
            scopes=dict(oauth.scopes),
            discoveryUrl=oauth.discovery_url,
            supportsDynamicRegistration=oauth.supports_dynamic_registration,
        ),
    )


def claims_reply(claims: Iterable[Claim]) -> DetectReply:
    """Return the claims about a URL."""
    return DetectReply(
        [
            ClaimReply(
                kind=str(claim.kind),
                confidence=str(claim.confidence),
                endpoint=claim.endpoint,
                name=claim.name,
                slug=claim.slug,
            )
            for claim in claims
        ]
    )


def preview_reply(preview: Preview) -> PreviewReply:
    """Return what would be added."""
    found = preview.description
    return PreviewReply(
        kind=str(found.kind),
        name=found.name,
        description=found.description,
        version=found.version,
        slug=preview.slug,
        endpoint=preview.endpoint,
        baseUrl=preview.base_url,
        servers=list(found.servers),
        authMethods=[method_reply(each) for each in found.methods],
        operations=[
            OperationReply(
                name=each.name,
                description=each.description,
                effect=each.effect,
                tokens=about_tokens([each]),
                digest=each.digest,
            )
            for each in found.definitions
        ],
        skipped=skipped_replies(found.skipped),
        notes=list(found.notes),
        tokens=preview.tokens,
        digest=preview.digest,
    )


def skipped_replies(skipped: Iterable[Skipped]) -> list[SkippedReply]:
    """Return the operations that become no tools."""
    return [SkippedReply(name=each.name, code=each.code, reason=each.reason) for each in skipped]


def definition_reply(definition: Definition | None) -> DefinitionReply | None:
    """Return a definition, if there is one."""
    if definition is None:
        return None
    return DefinitionReply(
        name=definition.name,
        description=definition.description,
        effect=definition.effect,
        inputSchema=dict(definition.input_schema),
        outputSchema=dict(definition.output_schema),
        call=dict(definition.call),
        scopes=list(definition.scopes),
        digest=definition.digest,
    )


def refresh_reply(done: Refreshed) -> RefreshReply:
    """Return what reading an integration again changed."""
    return RefreshReply(
        changes=[_change_reply(each) for each in done.changes],
        skipped=skipped_replies(done.skipped),
        tokens=done.tokens,
        later=done.later,
    )


def _change_reply(change: Changed) -> ChangeReply:
    return ChangeReply(
        name=change.name,
        before=definition_reply(change.before),
        after=definition_reply(change.after),
    )


def tools_reply(row: Integration, tools: Iterable[StoredTool]) -> IntegrationToolsReply:
    """Return the tools of an integration."""
    found = list(tools)
    offered: Mapping[str, Definition] = {
        each.name: each.definition for each in found if each.enabled
    }
    return IntegrationToolsReply(
        tools=[_tool_reply(row, each) for each in found], tokens=about_tokens(offered.values())
    )


def _tool_reply(row: Integration, tool: StoredTool) -> IntegrationToolReply:
    shown = definition_reply(tool.definition)
    assert shown is not None  # noqa: S101 - for the type checker: a tool has a definition
    return IntegrationToolReply(
        name=tool.name,
        tool=tool_name(row.slug, tool.name),
        connection=tool.connection,
        state=state_of(row, tool),
        enabled=tool.enabled,
        effect=tool.effect or tool.definition.effect,
        effectSaid=tool.effect,
        digest=tool.digest,
        definition=shown,
        before=definition_reply(tool.before),
        syncedAt=rfc3339(tool.synced_at),
    )


def state_of(row: Integration, tool: StoredTool) -> Literal["accepted", "new", "changed"]:
    """Return whether somebody accepted what the tool is now."""
    if tool.is_accepted(row.base_url):
        return "accepted"
    return "changed" if tool.accepted else "new"
