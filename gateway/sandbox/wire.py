"""Requests and answers on the wire, as a simulated provider sees them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from connectors.hosts import tenants_of
from connectors.provider import (
    Endpoint,
    Headers,
    Reason,
    Refusal,
    RefusedRequest,
    SimulatedProvider,
)
from gateway.sandbox.functions import call


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A request as it reached the provider; header names in lower case."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    raw_path: str | None = None
    """The path as it was sent, where it is known; ``path`` may be decoded."""

    @property
    def address(self) -> str:
        """Host and path."""
        return f"{self.host}{self.path}"

    @property
    def sent_path(self) -> str:
        """The path with its percent-encoding."""
        return self.path if self.raw_path is None else self.raw_path


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A JSON answer, or ``content`` of another kind.

    ``refused`` says what its status need not say: that this is a failure.
    """

    status: int
    body: Mapping[str, Any] | list[Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False
    content: bytes | None = None
    media_type: str | None = None


class Refused(Exception):
    """The provider refuses; ``error`` is the code of RFC 6749, ``reason`` says it finer."""

    def __init__(self, error: str, reason: Reason, description: str, status: int = 400) -> None:
        self.error, self.reason = error, reason
        self.description, self.status = description, status
        super().__init__(description)


NOT_FOUND = Outcome(status=404, body={"error": "not_found"}, refused=True)


_LABEL = "[a-z0-9][a-z0-9_-]*"


def address_regex(pattern: str) -> str:
    """A regular expression for an address with ``{tenant}``, a list of hosts and ``*``."""
    host, slash, path = pattern.partition("/")
    listed = "|".join(re.escape(one).replace(r"\*", _LABEL) for _, one in tenants_of(host))
    start = f"(?P<tenant>{listed})" if listed else re.escape(host)
    escaped = start + re.escape(slash + path).replace(r"\*", ".*")
    return escaped.replace(r"\{tenant\}", f"(?P<tenant>{_LABEL})")


def matches(pattern: str, address: str) -> bool:
    """Whether host and path fit a pattern."""
    return re.fullmatch(address_regex(pattern), address) is not None


def tenant_in(pattern: str, address: str) -> str | None:
    """The tenant that an address names; ``None`` for a pattern without tenants."""
    match = re.fullmatch(address_regex(pattern), address)
    if match is None or "tenant" not in match.groupdict():
        return None
    names = {one: tenant for tenant, one in tenants_of(pattern.partition("/")[0])}
    return names.get(match["tenant"]) or match["tenant"]


def basic_credentials(header: str, *, raw: bool = False) -> tuple[str, str] | None:
    """User and password of a Basic header, ``None`` without one.

    RFC 6749 2.3.1 form-encodes them, which a ``raw`` header is not.
    """
    if not header.startswith("Basic "):
        return None
    try:
        user, _, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        return ("", "")
    return (user, password) if raw else (unquote_plus(user), unquote_plus(password))


def body_params(incoming: Incoming, body_format: str) -> dict[str, str]:
    """The parameters of a body of exactly this format; raises ``Refused``.

    A query is refused with it: parameters have one place only.
    """
    if incoming.query:
        raise Refused("invalid_request", "body", "parameters belong into the body")
    wanted = {"form": "application/x-www-form-urlencoded", "json": "application/json"}[body_format]
    if _media_type(incoming) != wanted:
        raise Refused("invalid_request", "body", f"the body must be {wanted}")
    try:
        if body_format == "form":
            pairs = parse_qsl(incoming.body.decode(), keep_blank_values=True, strict_parsing=True)
            return unique(pairs)
        value = json.loads(incoming.body)
    except ValueError:
        raise Refused("invalid_request", "body", "the body cannot be read") from None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Refused("invalid_request", "body", "the body must be an object of strings")
    return value


def unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name; raises ``Refused`` if one came twice (RFC 6749 3.1 and 3.2)."""
    params = dict(pairs)
    if len(params) != len(pairs):
        raise Refused("invalid_request", "parameters", "a parameter came twice")
    return params


def json_body(incoming: Incoming) -> Any:
    """The parsed body of an API call, ``None`` without JSON; raises ``Refused``."""
    media_type = _media_type(incoming)
    if not incoming.body or not (media_type == "application/json" or media_type.endswith("+json")):
        return None
    try:
        return json.loads(incoming.body)
    except ValueError:
        raise Refused("invalid_request", "body", "the body is not JSON") from None


def standard_names(params: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The parameters by their standard names; raises ``Refused`` for one that is renamed here.

    ``names`` maps the provider's names to the standard ones.
    """
    if unknown := params.keys() & {*names.values()}:
        raise Refused("invalid_request", "parameters", f"unknown: {', '.join(sorted(unknown))}")
    return {names.get(name, name): value for name, value in params.items()}


def check_headers(incoming: Incoming, required: Headers) -> None:
    """Raise ``Refused`` unless every header is there with a value that is accepted."""
    for marked, accepted in required.items():
        name = marked.removesuffix("?")
        value = incoming.headers.get(name)
        if value is None and name != marked:
            continue
        if value is None:
            raise Refused("invalid_request", "header", f"the header {name} is missing")
        if value not in accepted:
            raise Refused("invalid_request", "header", f"the header {name} has an unknown value")


def check_names(params: Iterable[str], names: frozenset[str]) -> None:
    """Raise ``Refused`` unless exactly ``names`` are there; ``?`` marks optional ones."""
    given = set(params)
    required = {name for name in names if not name.endswith("?")}
    if missing := required - given:
        raise Refused("invalid_request", "parameters", f"missing: {', '.join(sorted(missing))}")
    if unknown := given - {name.removesuffix("?") for name in names}:
        raise Refused("invalid_request", "parameters", f"unknown: {', '.join(sorted(unknown))}")


def split_scopes(text: str, separator: str) -> tuple[str, ...]:
    """The scopes of a parameter; each character of ``separator`` separates."""
    return tuple(re.split(f"[{re.escape(separator)}]", text) if separator else [text])


def refusal(rules: SimulatedProvider, endpoint: Endpoint, refused: Refused) -> Outcome:
    """The error answer of an endpoint, in the provider's shape."""
    request = RefusedRequest(
        endpoint=endpoint,
        error=refused.error,
        reason=refused.reason,
        description=refused.description,
        status=refused.status,
    )
    shaped = shaped_refusal(rules, request)
    return Outcome(status=shaped.status, body=shaped.body, refused=True)


def shaped_refusal(rules: SimulatedProvider, request: RefusedRequest) -> Refusal:
    """A refusal in the provider's shape; in that of RFC 6749 5.2 if it has no other."""
    if rules.error_answer is None:
        return request.standard
    shaped: Refusal = call("error_answer", Refusal, rules.error_answer, request)
    return shaped


def _media_type(incoming: Incoming) -> str:
    return incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
