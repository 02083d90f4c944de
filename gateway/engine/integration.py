"""The parts of an integration, as the catalog stores them and each kind describes them. No I/O.

Every class here can be stored: ``gateway.store.integrations`` writes it as a document. Nothing here
holds a secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from gateway.engine.canonical import plain

Effect = Literal["read", "write", "destructive"]
Carrier = Literal["header", "query"]
MethodKind = Literal["oauth", "apikey", "header", "none"]


class Kind(StrEnum):
    """What is behind an integration."""

    OPENAPI = "openapi"
    GRAPHQL = "graphql"
    MCP = "mcp"


class Confidence(StrEnum):
    """How sure a kind is that a URL belongs to it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """Where a value of a connection stands in each request.

    ``variable`` names the value; with ``literal`` it is that text, and nothing is asked for.
    """

    carrier: Carrier
    name: str
    prefix: str = ""
    variable: str = "token"
    literal: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuth:
    """The OAuth 2 part of a method.

    The endpoints of an MCP server, and those of OpenID Connect, are discovered from
    ``discovery_url`` when somebody connects.
    """

    flow: Literal["authorization_code", "client_credentials"] = "authorization_code"
    authorization_url: str | None = None
    token_url: str | None = None
    refresh_url: str | None = None
    scopes: Mapping[str, str] = field(default_factory=dict)
    discovery_url: str | None = None
    supports_dynamic_registration: bool = False

    @property
    def is_discovered(self) -> bool:
        """Whether the endpoints are found when somebody connects."""
        return self.discovery_url is not None and self.authorization_url is None


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthMethod:
    """A way to authenticate: an auth template. ``slug`` names it within its integration.

    ``basic``: the values ``username`` and ``password`` go into HTTP Basic, and there are no
    placements. ``oauth`` is set for the kind ``oauth`` alone.
    """

    slug: str
    kind: MethodKind
    title: str = ""
    placements: tuple[Placement, ...] = ()
    basic: bool = False
    oauth: OAuth | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """An operation that becomes a tool.

    ``name`` has no slug in front: ``list_pets``. ``call`` holds, as JSON, everything that the kind
    needs to send the request. The schemas are JSON Schema 2020-12 for an object, without a
    reference to another document.
    """

    name: str
    description: str
    effect: Effect
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any]
    call: Mapping[str, Any]
    scopes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that the definition says: what a person accepts is this.

        Not over RFC 8785, which has no number beyond 2**53: documents with limits of 64-bit
        integers are common.
        """
        said = {
            "name": self.name,
            "description": self.description,
            "effect": self.effect,
            "input": self.input_schema,
            "output": self.output_schema,
            "call": self.call,
            "scopes": list(self.scopes),
        }
        text = json.dumps(plain(said), sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """An operation that is left out, with the reason in plain words. ``code`` is for programs."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What a kind reads from a document or an endpoint.

    ``servers`` are the base URLs that a person picks from, whole and without variables.
    ``version`` is the document's own. ``notes`` are remarks for the person who adds it.
    """

    kind: Kind
    name: str
    description: str = ""
    version: str = ""
    servers: tuple[str, ...] = ()
    methods: tuple[AuthMethod, ...] = ()
    definitions: tuple[Definition, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a kind says about a URL that belongs to it."""

    kind: Kind
    confidence: Confidence
    endpoint: str
    name: str
    slug: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An answer to a request without a credential. ``headers`` have lower-case names.

    ``url`` is the address that answered, after at most three redirects.
    """

    status: int
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


Fetch = Callable[..., Awaitable[Fetched]]
"""``fetch(method, url, *, headers={}, content=b"", most=bytes)``: guarded, without a credential.

It raises ``gateway.errors.IntegrationUnreachable``, one text for all reasons (security H6).
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
    """A request of a tool below the integration's base URL; the gateway adds the credential.

    ``path`` is quoted already and begins with a slash, or is empty. ``query`` are pairs that are
    not quoted. At most one of ``json``, ``form`` and ``content`` is set. ``reads`` marks a POST
    that changes nothing.
    """

    method: str
    path: str = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    reads: bool = False
