"""Auth templates of an integration: how to merge what a person says with what there is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Literal
from urllib.parse import urlsplit

from gateway.engine.canonical import canonical_json
from gateway.engine.integration import AuthMethod, OAuth
from gateway.errors import InvalidRequest

Mode = Literal["merge", "replace"]
MOST = 20
"""The most methods of an integration."""
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
"""A header's name (RFC 9110, section 5.6.2)."""
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_OWNED = frozenset(
    "host cookie set-cookie content-length content-type transfer-encoding connection upgrade te "
    "trailer expect keep-alive proxy-authorization proxy-connection forwarded via "
    "accept-encoding".split()
)
"""Headers that HTTP or the gateway itself writes: no method places a value there."""


def configured(
    existing: Sequence[AuthMethod], incoming: Sequence[AuthMethod], mode: Mode
) -> tuple[AuthMethod, ...]:
    """Return the methods of an integration after a change.

    ``merge``: a method whose slug exists takes that one's place, and the others come after those
    that stay. ``replace``: the incoming ones alone. A method without a slug gets one,
    ``custom_<id>``, which depends on what it says: the same method twice is one.

    Raises ``InvalidRequest`` for a method that cannot be used, or for too many.
    """
    named: dict[str, AuthMethod] = {}
    for each in map(_named, incoming):
        _check(each)
        if named.get(each.slug, each) != each:
            raise InvalidRequest(f"authMethods: two have the slug {each.slug}")
        named[each.slug] = each
    if mode == "merge":
        named = {each.slug: named.get(each.slug, each) for each in existing} | named
    if len(named) > MOST:
        raise InvalidRequest(f"authMethods: there are at most {MOST}")
    return tuple(named.values())


def _named(method: AuthMethod) -> AuthMethod:
    if method.slug:
        return method
    said = hashlib.sha256(canonical_json(asdict(method))).hexdigest()[:8]
    return replace(method, slug=f"custom_{said}")


def _check(method: AuthMethod) -> None:
    if len(method.slug) > 64 or not _SLUG.fullmatch(method.slug):
        raise InvalidRequest("authMethods: a slug has words of a-z and 0-9 with - or _ between")
    problem = _problem(method)
    if problem is not None:
        raise InvalidRequest(f"authMethods: {method.title or method.slug} {problem}")


def _problem(method: AuthMethod) -> str | None:
    """Say what is wrong with a method, if anything."""
    if (method.kind == "oauth") != (method.oauth is not None):
        return "has endpoints of OAuth if, and only if, its kind is oauth"
    if method.oauth is not None and not all(map(_is_plain_url, _urls(method.oauth))):
        return "has an address of OAuth that is no whole URL, or that has a user name in it"
    has_values = bool(method.placements) or method.basic
    if method.kind in {"none", "oauth"} and has_values:
        return "places values, which its kind does not"
    if method.kind in {"apikey", "header"}:
        if method.basic == bool(method.placements):
            return "needs placements or HTTP Basic, and not both"
        if all(place.literal is not None for place in method.placements) and not method.basic:
            return "asks for no value: a constant is no credential"
    places = [(place.carrier, place.name.lower()) for place in method.placements]
    if len(set(places)) < len(places):
        return "places two values at the same name"
    for place in method.placements:
        if place.carrier == "header" and (
            not _NAME.fullmatch(place.name) or place.name.lower() in _OWNED
        ):
            return "has a header that the gateway writes, or that is no header"
        if not 0 < len(place.name) <= 100 or not place.name.isprintable():
            return "has a placement without a usable name"
        if not _VARIABLE.fullmatch(place.variable):
            return "has a variable that is not like api_key"
        for text in (place.prefix, place.literal or ""):
            if len(text) > 200 or not text.isascii() or (text and not text.isprintable()):
                return "has a prefix or a constant that fits no header"
    return None


def _urls(oauth: OAuth) -> list[str]:
    found = (oauth.authorization_url, oauth.token_url, oauth.refresh_url, oauth.discovery_url)
    return [url for url in found if url is not None]


def _is_plain_url(url: str) -> bool:
    """Whether a URL says where to go, and no secret: a password in it would be shown and stored."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc
