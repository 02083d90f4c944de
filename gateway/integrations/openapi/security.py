"""Security schemes as ways to authenticate. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.integrations.openapi.limits import MAX_METHODS
from gateway.integrations.openapi.names import words
from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import OperationSkipped
from gateway.integrations.openapi.servers import MAX_URL
from gateway.text import clean_text

MAX_SCOPES = 1_000
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_NOT_SET = frozenset({"cookie", "host", "content-length", "content-type", "transfer-encoding"})
_FLOWS: dict[str, Literal["authorization_code", "client_credentials"]] = {
    "authorizationCode": "authorization_code",
    "clientCredentials": "client_credentials",
}

Requirement = dict[str, list[str]]


@dataclass(slots=True)
class Security:
    """What the document says about authentication.

    ``schemes`` maps each scheme's name to its methods. ``reserved`` are the places that belong to
    a credential: pairs of ``header`` or ``query`` and the name. ``notes`` say what cannot be used.
    """

    schemes: dict[str, list[AuthMethod]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    combined: dict[tuple[str, ...], AuthMethod] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    is_optional: bool = False

    @property
    def reserved(self) -> set[tuple[str, str]]:
        """Places of credentials, which no parameter may fill."""
        return {
            (each.carrier, each.name.lower())
            for methods in self.schemes.values()
            for method in methods
            for each in method.placements
        }

    def use(self, requirements: list[Requirement]) -> tuple[str, ...]:
        """Take note of what an operation needs; return the OAuth scopes of its first way."""
        scopes: tuple[str, ...] | None = None
        for each in requirements:
            if not each:
                self.is_optional = True
            elif len(each) == 1:
                self.alone |= each.keys()
            else:
                self._combine(tuple(each))
            has_oauth = any(
                method.kind == "oauth" for name in each for method in self.schemes.get(name, ())
            )
            if scopes is None and has_oauth:
                scopes = tuple(dict.fromkeys(scope for given in each.values() for scope in given))
        return scopes or ()

    def methods(self) -> tuple[AuthMethod, ...]:
        """Return the ways to authenticate, each with a slug of its own."""
        only_combined = {name for names in self.combined for name in names} - self.alone
        found = [
            method
            for name, methods in self.schemes.items()
            if name not in only_combined
            for method in methods
        ]
        found += self.combined.values()
        if not found or self.is_optional:
            found.append(AuthMethod(slug="none", kind="none", title="No credential"))
        taken: set[str] = set()
        unique = []
        for method in found[:MAX_METHODS]:
            slug, number = method.slug, 2
            while slug in taken:
                slug, number = f"{method.slug}-{number}", number + 1
            taken.add(slug)
            unique.append(replace(method, slug=slug))
        return tuple(unique)

    def _combine(self, names: tuple[str, ...]) -> None:
        """Make one method of several keys that are needed at once."""
        placements: list[Placement] = []
        for name in names:
            plain = [each for each in self.schemes.get(name, ()) if each.placements]
            if not plain:
                self._note("several schemes at once can be used only if each is a key in a place")
                return
            variable = words(name)[:40] or "token"
            variable = variable if variable[0].isalpha() else f"k_{variable}"[:40]
            placements += [replace(each, variable=variable) for each in plain[0].placements]
        if len({each.variable for each in placements}) == len(names) and len(names) <= 5:
            self.combined[names] = AuthMethod(
                slug=_slug(" ".join(names)),
                kind="apikey",
                title=clean_text(" and ".join(names), 80),
                placements=tuple(placements),
            )

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def read_security(schemes: Any, references: References, document_url: str) -> Security:
    """Return the methods of a document's ``securitySchemes``."""
    found = Security()
    for name, scheme in list(schemes.items())[:MAX_METHODS] if isinstance(schemes, dict) else ():
        shown = clean_text(name, 60)
        try:
            read = list(_methods(name, references.whole(scheme, "a scheme"), document_url))
        except OperationSkipped as skipped:
            found.notes.append(f"the security scheme {shown} cannot be used: {skipped.reason}")
        else:
            found.schemes[name] = read
    return found


def requirements_of(given: Any) -> list[Requirement]:
    """Return what a ``security`` list says, without what is not a requirement."""
    return [
        {
            name: [each for each in scopes if isinstance(each, str) and len(each) <= 200]
            for name, scopes in each.items()
            if isinstance(scopes, list)
        }
        for each in (given[:MAX_METHODS] if isinstance(given, list) else ())
        if isinstance(each, dict)
    ]


def _methods(name: str, scheme: dict[str, Any], document_url: str) -> Iterator[AuthMethod]:
    kind, title = scheme.get("type"), clean_text(name, 80)
    slug = _slug(name)
    if kind == "apiKey":
        yield AuthMethod(slug=slug, kind="apikey", title=title, placements=(_api_key(scheme),))
    elif kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        yield AuthMethod(slug=slug, kind="apikey", title=title, basic=True)
    elif kind == "http" and str(scheme.get("scheme")).lower() == "bearer":
        placement = Placement(carrier="header", name="Authorization", prefix="Bearer ")
        yield AuthMethod(slug=slug, kind="apikey", title=title, placements=(placement,))
    elif kind == "oauth2":
        yield from _oauth(slug, title, scheme, document_url)
    elif kind == "openIdConnect":
        url = _url(scheme.get("openIdConnectUrl"), document_url)
        if url is None:
            raise OperationSkipped("scheme", "its discovery URL is not an https URL")
        yield AuthMethod(slug=slug, kind="oauth", title=title, oauth=OAuth(discovery_url=url))
    else:
        raise OperationSkipped("scheme", "the gateway does not know this kind")


def _api_key(scheme: dict[str, Any]) -> Placement:
    place, name = scheme.get("in"), scheme.get("name")
    if place == "cookie":
        raise OperationSkipped("scheme", "the gateway sends no cookies")
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise OperationSkipped("scheme", "its name is not one of a header or a parameter")
    if place == "query":
        return Placement(carrier="query", name=name)
    if place != "header" or name.lower() in _NOT_SET:
        raise OperationSkipped("scheme", "a key cannot stand there")
    return Placement(carrier="header", name=name)


def _oauth(
    slug: str, title: str, scheme: dict[str, Any], document_url: str
) -> Iterator[AuthMethod]:
    flows = scheme.get("flows")
    made = 0
    for given, flow in _FLOWS.items():
        each = flows.get(given) if isinstance(flows, dict) else None
        if not isinstance(each, dict):
            continue
        is_code = flow == "authorization_code"
        authorization_url = _url(each.get("authorizationUrl"), document_url) if is_code else None
        token_url = _url(each.get("tokenUrl"), document_url)
        if token_url is None or (is_code and authorization_url is None):
            continue
        made += 1
        yield AuthMethod(
            slug=slug if made == 1 else f"{slug[:33]}-client",
            kind="oauth",
            title=title if made == 1 else f"{title}, as an application",
            oauth=OAuth(
                flow=flow,
                authorization_url=authorization_url,
                token_url=token_url,
                refresh_url=_url(each.get("refreshUrl"), document_url),
                scopes=_scopes(each.get("scopes")),
            ),
        )
    if not made:
        raise OperationSkipped("scheme", "it has no authorization code or client credentials flow")


def _scopes(given: Any) -> dict[str, str]:
    listed = list(given.items())[:MAX_SCOPES] if isinstance(given, dict) else []
    return {
        name: clean_text(text, 200) if isinstance(text, str) else ""
        for name, text in listed
        if re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}", name)
    }


def _url(value: Any, document_url: str) -> str | None:
    """Return an endpoint as an absolute URL; it may have a query, but no fragment and no user."""
    if not isinstance(value, str) or len(value) > MAX_URL:
        return None
    try:
        url = urljoin(document_url, value.strip())
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    is_plain = has_host and "@" not in parts.netloc and not parts.fragment and url.isprintable()
    return url if is_plain and parts.scheme in ("http", "https") and " " not in url else None


def _slug(name: str) -> str:
    return words(name).replace("_", "-")[:40].strip("-") or "key"
