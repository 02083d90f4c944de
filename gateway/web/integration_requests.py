"""Requests of ``/v1/integrations``, with the names of the specification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.engine.integration import Kind as KindName
from gateway.engine.integration_names import LONGEST_SLUG
from gateway.integrations.adding import MAX_DESCRIPTION, MAX_NAME, New
from gateway.integrations.fetch import MAX_URL
from gateway.integrations.reading import Given
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

    With ``dryRun``, nothing is changed. ``operations`` are those that are offered from now on. With
    ``digest``, that of a dry run, exactly what it showed is stored or nothing.
    """

    url: _URL | None = None
    document: Annotated[str, Field(min_length=1, max_length=MAX_DOCUMENT)] | None = None
    baseUrl: _URL | None = None
    dryRun: bool = False
    operations: Operations | None = None
    digest: _DIGEST | None = None


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


def new_of(wanted: AddRequest) -> New:
    """Return what a request adds."""
    return New(
        given=given_of(wanted),
        slug=wanted.slug or "",
        name=wanted.name or "",
        description=wanted.description or "",
        methods=methods_of(wanted.authMethods),
        mode=wanted.mode,
        operations=None if wanted.operations is None else frozenset(wanted.operations),
        digest=wanted.digest or "",
    )
