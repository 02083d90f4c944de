"""The parameters of an operation: where each stands in a request, and in which style. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gateway.integrations.openapi.limits import MAX_PARAMETERS
from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import OperationSkipped
from gateway.integrations.openapi.schemas import is_plain_name

PLACES = ("path", "query", "header", "cookie")
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
}
"""Place -> its styles; the first is the one that is meant where none is named."""
OWNED_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "cookie2",
        "date",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "origin",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-real-ip",
        "x-user-assertion",
    }
)
"""Headers that the gateway sets, or that say how a message travels: a call cannot fill them."""
_OWNED_PREFIXES = ("proxy-", "gateway-", "x-forwarded-", "sec-")
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override", "_method"})
"""Some servers take another method from these: a call would be another operation."""
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VARIABLE = re.compile(r"\{([^{}/]{1,100})\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter that a call fills. ``is_json``: its value is written as JSON."""

    name: str
    place: str
    style: str
    explode: bool
    required: bool
    schema: Any
    description: Any = None
    is_json: bool = False


def merged_parameters(
    path_item: dict[str, Any], operation: dict[str, Any], references: References
) -> list[dict[str, Any]]:
    """Return the parameters of a path and an operation; one of the operation stands for both."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for part in (path_item, operation):
        listed = part.get("parameters")
        for each in listed if isinstance(listed, list) else []:
            whole = references.whole(each, "a parameter")
            found[str(whole.get("name")), str(whole.get("in"))] = whole
            if len(found) > MAX_PARAMETERS:
                raise OperationSkipped(
                    "too_many_parameters", f"it has more than {MAX_PARAMETERS} parameters"
                )
    return list(found.values())


def read_parameters(
    given: list[dict[str, Any]], path: str, reserved: set[tuple[str, str]]
) -> list[Parameter]:
    """Return the parameters that a call can fill; raise ``OperationSkipped`` if one is lacking.

    ``reserved`` are the places of credentials: pairs of place and lower-case name.
    """
    found = []
    in_path = list(dict.fromkeys(_VARIABLE.findall(path)))
    for each in given:
        name, place = each.get("name"), each.get("in")
        if place not in PLACES or not isinstance(name, str) or not is_plain_name(name):
            _leave_out(each, "parameter_unusable", "a parameter has no name or no known place")
        elif place == "cookie":
            _leave_out(each, "cookie", "a required parameter is a cookie, and none is sent")
        elif is_owned(place, name, reserved) or (place == "path" and name not in in_path):
            continue
        else:
            found.append(_parameter(name, place, each))
    declared = {each.name for each in found if each.place == "path"}
    found += [_parameter(name, "path", {}) for name in in_path if name not in declared]
    return found


def is_owned(place: str, name: str, reserved: set[tuple[str, str]]) -> bool:
    """Whether a header or a parameter of the query is the gateway's own, and not a call's."""
    lower = name.lower().replace("_", "-") if place == "header" else name.lower()
    if (place, name.lower()) in reserved or (place, lower) in reserved or lower in _OVERRIDES:
        return True
    return place == "header" and (
        lower in OWNED_HEADERS or lower.startswith(_OWNED_PREFIXES) or not _HEADER.fullmatch(name)
    )


def _parameter(name: str, place: str, given: dict[str, Any]) -> Parameter:
    schema = given.get("schema", {})
    content = given.get("content")
    is_json = False
    if isinstance(content, dict) and content and "schema" not in given:
        is_json = True
        media, described = next(iter(content.items()))
        if "json" not in media or not isinstance(described, dict):
            raise OperationSkipped("parameter_unusable", "a parameter is written in another format")
        schema = described.get("schema", {})
    style = given.get("style", STYLES[place][0])
    if style not in STYLES[place]:
        raise OperationSkipped("style_unknown", f"a {place} parameter has a style of another place")
    explode = given.get("explode")
    return Parameter(
        name=name,
        place=place,
        style=style,
        explode=explode if isinstance(explode, bool) else style == "form",
        required=place == "path" or given.get("required") is True,
        schema=schema,
        description=given.get("description"),
        is_json=is_json,
    )


def _leave_out(given: dict[str, Any], code: str, reason: str) -> None:
    if given.get("required") is True:
        raise OperationSkipped(code, reason)
