"""``connectors probe``: a description beside what its provider publishes about itself.

Metadata of authorization servers (RFC 8414, OpenID Connect Discovery) and of protected resources
(RFC 9728) lie at addresses that follow from the issuer, or from the hosts of the description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from connectors.config import Connector, ConnectorConfig
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from gateway.engine.request import OutboundRequest
from gateway.errors import ProviderError
from gateway.outbound.client import Outbound

Kind = Literal["authorization server", "protected resource"]
Provider = SimulatedProvider | SimulatedKeyProvider | None

SAME, DIFFERENT, NOTHING = 0, 1, 2
"""Exit codes: no difference; at least one; nothing is published, or it cannot be read."""
_METHODS = {
    "body": "client_secret_post",
    "post": "client_secret_post",
    "header": "client_secret_basic",
    "header_raw": "client_secret_basic",
    "basic": "client_secret_basic",
    "basic_raw": "client_secret_basic",
    "none": "none",
    "public": "none",
}
"""The authentication of a client in the words of RFC 7591, by ours and by the sandbox's."""


@dataclass(frozen=True)
class Document:
    """What a provider publishes at an address."""

    kind: Kind
    url: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """A value of the description or of the sandbox, and what is published instead."""

    side: Literal["description", "sandbox"]
    field: str
    ours: Any
    published: Any

    def __str__(self) -> str:
        return f"{self.side}: {self.field} is {self.ours!r}, published is {self.published!r}"


@dataclass(frozen=True)
class Report:
    """What was found at a provider. ``silent`` are the addresses where nothing was, and why."""

    connector: str
    documents: tuple[Document, ...]
    differences: tuple[Difference, ...]
    silent: Mapping[str, str]

    @property
    def code(self) -> int:
        """The exit code."""
        if not self.documents:
            return NOTHING
        return DIFFERENT if self.differences else SAME

    def lines(self) -> Iterator[str]:
        """The report for people."""
        for document in self.documents:
            yield f"{document.kind}: {document.url}"
        if not self.documents:
            yield f"{self.connector}: the provider publishes nothing that can be compared"
            yield from (f"  {url}: {why}" for url, why in self.silent.items())
            return
        for difference in self.differences:
            yield f"  {difference}"
        count = len(self.differences)
        yield f"{self.connector}: {count or 'no'} difference{'s' * (count != 1)}"

    def data(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "connector": self.connector,
            "outcome": ("same", "different", "nothing")[self.code],
            "documents": [{"kind": each.kind, "url": each.url} for each in self.documents],
            "differences": [asdict(each) for each in self.differences],
            "silent": dict(self.silent),
        }


async def probe(outbound: Outbound, config: Connector, provider: Provider) -> Report:
    """Fetch what the provider of ``config`` publishes, and compare; raises nothing for a silence.

    ``provider`` is its simulation, if there is one.
    """
    silent: dict[str, str] = {}
    documents: list[Document] = []
    for kind, places in (
        ("protected resource", _resource_places(config.api_base_url)),
        ("authorization server", _server_places(config)),
    ):
        found = await _first(outbound, config.name, kind, places, silent)
        documents += [found] if found else []
    differences = [
        difference
        for document in documents
        for difference in _compare(document, config, provider, documents)
    ]
    return Report(config.name, tuple(documents), tuple(differences), silent)


def _server_places(config: Connector) -> list[str]:
    """Where an authorization server's metadata may lie: by RFC 8414 section 3, then by OpenID."""
    if not isinstance(config, ConnectorConfig):
        return []
    origins = [_origin(url) for url in (config.authorization_url, config.token_url)]
    found = []
    for issuer in filter(None, [config.issuer, *origins]):
        parts = urlsplit(issuer)
        base, path = f"https://{parts.netloc}", parts.path.rstrip("/")
        found += [
            f"{base}/.well-known/oauth-authorization-server{path}",
            f"{base}{path}/.well-known/openid-configuration",
            f"{base}/.well-known/openid-configuration{path}",
        ]
    return [*dict.fromkeys(found)]


def _resource_places(api_base_url: str) -> list[str]:
    """Where a protected resource's metadata may lie: RFC 9728 section 3.1, and at its host."""
    if (origin := _origin(api_base_url)) is None:
        return []
    place, path = f"{origin}/.well-known/oauth-protected-resource", urlsplit(api_base_url).path
    own = [] if "${" in path else [f"{place}{path.rstrip('/')}"]
    return [*dict.fromkeys([*own, place])]


def _origin(url: str) -> str | None:
    """The origin of a URL, ``None`` if it depends on what people type."""
    host = url.removeprefix("https://").partition("/")[0]
    return None if "${" in host else f"https://{host}"


async def _first(
    outbound: Outbound, connector: str, kind: Any, places: list[str], silent: dict[str, str]
) -> Document | None:
    for url in places:
        request = OutboundRequest(method="GET", url=url, headers={"accept": "application/json"})
        try:
            answer = await outbound.send(request, connector=connector, endpoint="api")
            content = answer.json() if answer.status == 200 else None
        except ProviderError as error:
            silent[url] = f"{type(error).__name__}: {error}"
            continue
        wanted = "resource" if kind == "protected resource" else "issuer"
        if isinstance(content, dict) and isinstance(content.get(wanted), str):
            return Document(kind, url, content)
        silent[url] = f"it answers {answer.status}" if content is None else f'it has no "{wanted}"'
    return None


def _compare(
    document: Document, config: Connector, provider: Provider, documents: list[Document]
) -> Iterator[Difference]:
    content = document.content
    if document.kind == "protected resource":
        servers = content.get("authorization_servers")
        for other in documents:
            issuer = other.content.get("issuer")
            if issuer is not None and isinstance(servers, list) and issuer not in servers:
                yield Difference("description", "the issuer", issuer, servers)
        yield from _scopes(content, config, provider)
    elif isinstance(config, ConnectorConfig):
        yield from _described(content, config)
        if isinstance(provider, SimulatedProvider):
            yield from _simulated(content, provider)
        if not any(each.kind == "protected resource" for each in documents):
            yield from _scopes(content, config, provider)


def _described(content: Mapping[str, Any], config: ConnectorConfig) -> Iterator[Difference]:
    named = content.get("authorization_response_iss_parameter_supported") is True
    if (config.issuer is not None or named) and config.issuer != content["issuer"]:
        yield Difference("description", "issuer", config.issuer, content["issuer"])
    if config.issuer_required != named:
        yield Difference("description", "issuer_required", config.issuer_required, named)
    for field, name in (
        ("authorization_url", "authorization_endpoint"),
        ("token_url", "token_endpoint"),
        ("revocation_url", "revocation_endpoint"),
        ("introspection_url", "introspection_endpoint"),
    ):
        ours, published = getattr(config, field), content.get(name)
        is_comparable = published is not None and "${" not in (ours or "")
        if field == "introspection_url" and ours is None:
            continue  # it serves to read the account, which there are other ways to
        if is_comparable and ours != published:
            yield Difference("description", field, ours, published)
    methods = content.get("token_endpoint_auth_methods_supported")
    method = _METHODS.get(config.authorization_method)
    if isinstance(methods, list) and method is not None and method not in methods:
        yield Difference("description", "authorization_method", method, methods)
    challenges = content.get("code_challenge_methods_supported")
    if isinstance(challenges, list) and ("S256" in challenges) != config.use_pkce:
        yield Difference("description", "use_pkce", config.use_pkce, challenges)
    grants = content.get("grant_types_supported")
    if isinstance(grants, list) and ("refresh_token" in grants) != config.supports_refresh:
        yield Difference("description", "supports_refresh", config.supports_refresh, grants)
    types = content.get("response_types_supported")
    if isinstance(types, list) and config.response_type not in types:
        yield Difference("description", "response_type", config.response_type, types)


def _simulated(content: Mapping[str, Any], provider: SimulatedProvider) -> Iterator[Difference]:
    rules = provider.authorize
    named = content.get("authorization_response_iss_parameter_supported") is True
    if (rules.issuer is not None or named) and rules.issuer != content["issuer"]:
        yield Difference("sandbox", "authorize.issuer", rules.issuer, content["issuer"])
    if rules.issuer_advertised != named:
        yield Difference("sandbox", "authorize.issuer_advertised", rules.issuer_advertised, named)
    for field, address, name in (
        ("authorize.address", rules.address, "authorization_endpoint"),
        ("token.address", provider.token.address, "token_endpoint"),
        ("revoke.address", provider.revoke and provider.revoke.address, "revocation_endpoint"),
    ):
        published = content.get(name)
        is_comparable = published is not None and not {"{", "*"} & {*(address or "")}
        if is_comparable and address != str(published).removeprefix("https://"):
            yield Difference("sandbox", field, address, published)
    methods = content.get("token_endpoint_auth_methods_supported")
    method = _METHODS.get(provider.token.client_auth)
    if isinstance(methods, list) and method is not None and method not in methods:
        yield Difference("sandbox", "token.client_auth", method, methods)
    challenges = content.get("code_challenge_methods_supported")
    has_pkce = rules.pkce in {"required", "verified"}
    if isinstance(challenges, list) and ("S256" in challenges) != has_pkce:
        yield Difference("sandbox", "authorize.pkce", rules.pkce, challenges)


def _scopes(
    content: Mapping[str, Any], config: Connector, provider: Provider
) -> Iterator[Difference]:
    known = content.get("scopes_supported")
    if not isinstance(known, list):
        return
    if isinstance(config, ConnectorConfig):
        sets = [scope for each in config.scope_sets.values() for scope in each.scopes]
        for scope in dict.fromkeys([*config.scopes, *sets]):
            if scope not in known:
                yield Difference("description", f"the scope {scope}", scope, None)
    if isinstance(provider, SimulatedProvider):
        for scope in sorted(provider.authorize.known_scopes - {*known}):
            yield Difference("sandbox", f"the scope {scope}", scope, None)
