"""Replies of ``/v1/integrations``, with the names of the specification."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, RootModel


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
    """``connections`` were deleted; the provider has ended the grants of ``revoked`` of them.

    ``rules``: the policies and connector rules that named it, which are gone, too.
    """

    removed: bool
    connections: int
    revoked: int
    rules: int


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
    """What reading it again changes. ``later``: each connection's tools with its next use.

    ``digest`` stands for all that was read, null where nothing was.
    """

    changes: list[ChangeReply]
    skipped: list[SkippedReply]
    tokens: int
    digest: str | None
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
