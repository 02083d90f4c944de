"""The form for a way to connect: an auth template as fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gateway.engine.integration import AuthMethod, Placement
from gateway.errors import InvalidRequest
from gateway.web.inputs import words_of
from gateway.web.integration_requests import AuthMethodBody, methods_of

MOST_PLACES = 10
_EMPTY = {"name": "", "prefix": "", "variable": "", "literal": ""}
_NEEDED = "Fill this in."


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A kind of form. ``place`` are the first values of its first placement, if it has some."""

    title: str
    about: str
    place: Mapping[str, str] | None = None


WAYS: Mapping[str, Way] = {
    "header": Way(
        title="API key in a header",
        about="People paste a key. Each request carries it in a header of the API's own.",
        place={"carrier": "header", "name": "X-API-Key", "variable": "api_key"},
    ),
    "query": Way(
        title="API key in the query",
        about="People paste a key. Each request carries it in its address, as ?api_key=…",
        place={"carrier": "query", "name": "api_key", "variable": "api_key"},
    ),
    "bearer": Way(
        title="Bearer token",
        about="People paste a token. Each request carries it as “Authorization: Bearer …”.",
        place={
            "carrier": "header",
            "name": "Authorization",
            "prefix": "Bearer ",
            "variable": "token",
        },
    ),
    "basic": Way(
        title="User name and password",
        about="People paste both. Each request carries them as HTTP Basic.",
    ),
    "oauth": Way(
        title="Sign in with OAuth 2",
        about="People sign in at the API and allow access. You register an app there.",
    ),
    "client_credentials": Way(
        title="OAuth 2 client credentials",
        about="Somebody pastes a client id and a client secret. The gateway gets tokens for them.",
    ),
}
_FLOWS = {"oauth": "authorization_code", "client_credentials": "client_credentials"}
ENDPOINTS = ("authorizationUrl", "tokenUrl", "refreshUrl", "discoveryUrl")


def way_of(method: AuthMethod) -> str | None:
    """Return the form for a method; ``None`` for one that nothing can be said about."""
    if method.oauth is not None:
        return "oauth" if method.oauth.flow == "authorization_code" else "client_credentials"
    if method.basic:
        return "basic"
    if not method.placements:
        return None
    first = method.placements[0]
    if first.carrier == "query":
        return "query"
    return "bearer" if first.prefix == "Bearer " else "header"


def fields_of(method: AuthMethod) -> dict[str, str]:
    """Return the fields of the form for a method that there is."""
    fields = {"template": method.slug, "title": method.title}
    for number, place in enumerate(method.placements):
        fields |= {f"place.{number}.{name}": text for name, text in _place_fields(place).items()}
    oauth = method.oauth
    if oauth is not None:
        fields |= {
            "authorizationUrl": oauth.authorization_url or "",
            "tokenUrl": oauth.token_url or "",
            "refreshUrl": oauth.refresh_url or "",
            "discoveryUrl": oauth.discovery_url or "",
            "scopes": "\n".join(f"{name} {about}".strip() for name, about in oauth.scopes.items()),
        }
        if oauth.supports_dynamic_registration:
            fields["registers"] = "1"
    return fields


def new_fields(way: str) -> dict[str, str]:
    """Return the fields of the form for a new method."""
    place = WAYS[way].place
    return {} if place is None else {f"place.0.{name}": text for name, text in place.items()}


def places_of(way: str, fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the placements of a form as a page shows them: those filled in, and an empty one.

    Each has its ``number``, which stands in the names of its fields.
    """
    if WAYS[way].place is None:
        return []
    filled = dict(_filled(fields))
    numbers = sorted({0, *filled})
    numbers += [number for number in range(MOST_PLACES) if number not in numbers][:1]
    empty = {"carrier": "header", **_EMPTY}
    return [{"number": str(number), **filled.get(number, empty)} for number in numbers]


def method_of(way: str, fields: Mapping[str, str]) -> AuthMethod:
    """Return the method that a form says.

    Raises ``InvalidRequest`` with a text for each wrong field. No text has a value in it: a person
    may have pasted a secret.
    """
    numbers, body = [], _body(way, fields)
    if WAYS[way].place is not None:
        filled = _filled(fields)
        numbers = [number for number, _ in filled]
        body["placements"] = [_placement(place) for _, place in filled]
    problems = _missing(way, fields, numbers)
    try:
        found = AuthMethodBody.model_validate(body)
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            problems.setdefault(_field_of(item["loc"], numbers), f"{words_of(item['msg'])}.")
    if problems:
        raise InvalidRequest("some fields are not right", problems)
    (method,) = methods_of([found])
    return method


def _body(way: str, fields: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "template": fields.get("template", "").strip(),
        "title": fields.get("title", "").strip(),
        "kind": "apikey",
    }
    if way == "basic":
        body["basic"] = True
    if way in _FLOWS:
        body["kind"] = "oauth"
        body["oauth"] = {
            "flow": _FLOWS[way],
            **{name: fields.get(name, "").strip() or None for name in ENDPOINTS},
            "scopes": _scopes(fields.get("scopes", "")),
            "supportsDynamicRegistration": "registers" in fields,
        }
    return body


def _missing(way: str, fields: Mapping[str, str], numbers: list[int]) -> dict[str, str]:
    """Name the fields that a form needs and does not have."""
    needed = [f"place.{number}.name" for number in numbers]
    if WAYS[way].place is not None and not numbers:
        needed = ["place.0.name"]
    if way == "client_credentials":
        needed = ["tokenUrl"]
    if way == "oauth" and not fields.get("discoveryUrl", "").strip():
        needed = ["authorizationUrl", "tokenUrl"]
    return {name: _NEEDED for name in needed if not fields.get(name, "").strip()}


def _filled(fields: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Return the placements that a person has filled in, each with its number in the form."""
    found = []
    for number in range(MOST_PLACES):
        place = {name: fields.get(f"place.{number}.{name}", "") for name in ("carrier", *_EMPTY)}
        if any(place[name].strip() for name in _EMPTY):
            found.append((number, place))
    return found


def _placement(place: Mapping[str, str]) -> dict[str, Any]:
    # The end of a prefix is kept: "Bearer " needs its space.
    given: dict[str, Any] = {
        "carrier": place["carrier"] or "header",
        "name": place["name"].strip(),
        "prefix": place["prefix"].lstrip(),
        "literal": place["literal"].strip() or None,
    }
    if place["variable"].strip():
        given["variable"] = place["variable"].strip()
    return given


def _place_fields(place: Placement) -> dict[str, str]:
    return {
        "carrier": place.carrier,
        "name": place.name,
        "prefix": place.prefix,
        "variable": "" if place.literal is not None else place.variable,
        "literal": place.literal or "",
    }


def _scopes(text: str) -> dict[str, str]:
    """Read one scope a line: its name, and what it is for."""
    found = {}
    for line in text.splitlines():
        name, _, about = line.strip().partition(" ")
        if name:
            found[name] = about.strip()
    return found


def _field_of(loc: tuple[int | str, ...], numbers: list[int]) -> str:
    """Return the field of the form for a place in the body."""
    if loc[0] == "placements" and len(loc) > 2 and isinstance(loc[1], int):
        return f"place.{numbers[loc[1]]}.{loc[2]}"
    if loc[0] == "oauth" and len(loc) > 1:
        return str(loc[1])
    return str(loc[0])
