"""The one place where a credential is attached to a request that a caller wrote.

``gateway.engine.placements`` has filled the connector's places with the connection's values: header
fields (HTTP Basic among them), parameters of the query, members of the body, and the base URL. What
the caller put into one of these places is dropped. A header that the connector says without a value
of the connection is a default: the caller's own stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from connectors.secret import Secret
from gateway.errors import InvalidRequest
from gateway.proxy.destination import Destination
from gateway.proxy.headers import Header
from gateway.services.tokens import IssuedToken

PLACEHOLDER = "CREDENTIAL"
"""What stands for each secret in a dry run."""
BODYLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"
_PAIR = re.compile(rb"([^&;]*)([&;]?)")


def without_secrets(issued: IssuedToken) -> IssuedToken:
    """Return the credential with ``PLACEHOLDER`` in place of each secret."""

    def hidden(text: str) -> str:
        for secret in sorted(issued.secrets, key=len, reverse=True):  # one may be a part of another
            text = text.replace(secret, PLACEHOLDER)
        return text

    def each(values: Mapping[str, str]) -> dict[str, str]:
        return {name: hidden(value) for name, value in values.items()}

    return replace(
        issued,
        access_token=Secret(PLACEHOLDER),
        base_url=hidden(issued.base_url),
        api_base_url=hidden(issued.api_base_url),
        api_headers=each(issued.api_headers),
        api_query=each(issued.api_query),
        api_body=each(issued.api_body),
        secrets=frozenset(),
    )


def needs_body(issued: IssuedToken, method: str) -> bool:
    """Whether the credential goes into the body, which has to be read as a whole for it."""
    return bool(issued.api_body) and method not in BODYLESS


def attach_to_headers(issued: IssuedToken, headers: list[Header]) -> list[Header]:
    """Return the caller's fields with the credential's."""
    own = {name.lower().encode(): value.encode() for name, value in issued.api_headers.items()}
    if issued.constant_headers:
        for name in {_plain(name) for name, _ in headers} & issued.constant_headers:
            del own[name]
    kept = [(name, value) for name, value in headers if _plain(name) not in own]
    return [*kept, *own.items()]


def _plain(name: bytes) -> bytes:
    """Return the name that servers may read: some take ``_`` for ``-``."""
    return name.replace(b"_", b"-") if b"_" in name else name


def attach_to_target(issued: IssuedToken, to: Destination) -> bytes:
    """Return the path and query that are sent. The path has the credential already, if any."""
    query = to.query
    if issued.api_query:
        own = {name.casefold() for name in issued.api_query}
        parts = [
            pair + separator
            for pair, separator in _PAIR.findall(query)
            if pair and _name(pair) not in own
        ]
        query = b"".join([*parts, b"&" if parts and parts[-1][-1:] not in b"&;" else b""])
        query += urlencode(issued.api_query).encode()
    return to.target + b"?" + query if query else to.target


def _name(pair: bytes) -> str:
    return unquote_plus(pair.partition(b"=")[0].decode("latin-1")).strip().casefold()


def attach_to_body(issued: IssuedToken, body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the body with the credential's members, and its content type.

    Raises ``InvalidRequest`` for a body that is neither a JSON object nor a form.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _FORM:
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
        except ValueError:
            raise InvalidRequest("the form cannot be read") from None
        kept = [(name, value) for name, value in pairs if name not in issued.api_body]
        return urlencode([*kept, *issued.api_body.items()]).encode(), content_type
    if body and kind != "application/json" and not kind.endswith("+json"):
        raise InvalidRequest(
            "the credential of this connector stands in the body: send a JSON object or a form"
        )
    try:
        members: Any = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, Mapping):
        raise InvalidRequest("the body must be a JSON object: it gets the credential as a member")
    text = json.dumps({**members, **issued.api_body}, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass"), content_type or "application/json"
