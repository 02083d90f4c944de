"""GraphQL endpoints as a kind of integration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from gateway.engine.integration import (
    ApiRequest,
    AuthMethod,
    Claim,
    Confidence,
    Description,
    Fetch,
    Fetched,
    Kind,
    Placement,
)
from gateway.errors import IntegrationError, IntegrationRefused
from gateway.integrations.graphql.document import MAX_SCHEMA, has_schema
from gateway.integrations.graphql.introspection import QUERY, text
from gateway.integrations.graphql.request import ACCEPT, errors_in, request_of, result_of
from gateway.integrations.kind import Ran, Send, Source
from gateway.integrations.process import ask
from gateway.integrations.slugs import suggested_slug

_READER = "gateway.integrations.graphql.reader"
_DEADLINE = 60.0
"""Seconds of the clock: on a busy machine the processor's five take longer."""
_PROBE = "{__schema{queryType{name}}}"
_SMALL = 64 * 1024
"""Bytes of an answer that is read here, and not by the reader."""
_DESCRIPTION = TypeAdapter(Description)
_HEADERS = {"content-type": "application/json", "accept": ACCEPT}
_WORD = re.compile(r"(?<![a-z])graphql(?![a-z])", re.IGNORECASE)
_MARKS = ("locations", "extensions")
"""Members of an error that only GraphQL has."""
_BEARER = AuthMethod(
    slug="bearer",
    kind="apikey",
    title="Bearer token",
    placements=(Placement(carrier="header", name="Authorization", prefix="Bearer "),),
)
_BASIC = AuthMethod(slug="basic", kind="apikey", title="User name and password", basic=True)
_NONE = AuthMethod(slug="none", kind="none", title="No credential")


class GraphQL:
    """The kind ``graphql``."""

    name = Kind.GRAPHQL

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """Ask for the name of the query type: high if there is one, low if the URL says graphql.

        An endpoint that answers with an error as only GraphQL writes it is claimed with medium.
        """
        try:
            answer = await _post(fetch, url, _PROBE, _SMALL)
            confidence = _confidence(url, answer)
            endpoint = answer.url
        except IntegrationError:
            confidence, endpoint = _said_by(url), url
        if confidence is None:
            return None
        slug = suggested_slug(endpoint)
        return Claim(
            kind=self.name, confidence=confidence, endpoint=endpoint, name=_title(url), slug=slug
        )

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """Read a schema that was uploaded, or ask the endpoint for it.

        Raises ``IntegrationRefused``: ``no_schema``, ``sdl_syntax``, ``too_large``, ``not_text``,
        ``no_operations``, ``not_graphql``.
        """
        endpoint = source.base_url or source.url
        if source.document:
            return await _description(endpoint, source.document, (_NONE, _BEARER))
        answer = await _post(fetch, endpoint, QUERY, MAX_SCHEMA)
        said = _json(answer.content)
        if has_schema(said) or len(answer.content) > _SMALL:
            return await _description(answer.url, answer.content, (_NONE, _BEARER))
        if answer.status not in (401, 403) and not errors_in(said):
            raise IntegrationRefused("not_graphql", "The URL does not answer as GraphQL does.")
        wants_basic = answer.headers.get("www-authenticate", "").lower().startswith("basic")
        return Description(
            kind=self.name,
            name=_title(endpoint),
            servers=(answer.url,),
            methods=(_BASIC, _BEARER) if wants_basic else (_BEARER, _BASIC),
            notes=(
                "The endpoint does not show its schema without a credential. Its operations are "
                "read when somebody connects. If it shows the schema to nobody, upload it.",
            ),
        )

    async def discover(self, send: Send) -> Description:
        """Ask the endpoint for its schema with a connection's credential.

        Raises ``IntegrationRefused``: ``introspection_refused`` with the API's own words, or as
        ``describe`` does.
        """
        answer = await send(
            ApiRequest(
                method="POST",
                path="",
                headers={"accept": ACCEPT},
                json={"query": QUERY},
                reads=True,
            )
        )
        said = _json(answer.content)
        if not has_schema(said) and len(answer.content) <= _SMALL:
            errors = errors_in(said)
            why = f": {text(errors[0]['message'], 200)}" if errors else f" ({answer.status})"
            raise IntegrationRefused(
                "introspection_refused", f"The endpoint does not show its schema{why}"
            )
        return await _description("", answer.content, ())

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Send an operation and return ``{"data": …}``, with ``errors`` if a part of it failed.

        Raises ``ToolFailed``: ``selection_refused``, or the API's own code; and
        ``ToolAnswerUnexpected``.
        """
        return result_of(call, await send(request_of(call, arguments)))


async def _description(
    endpoint: str, document: bytes, methods: tuple[AuthMethod, ...]
) -> Description:
    """Return what the reader says of a schema. Raises ``IntegrationRefused``."""
    read = await ask(_READER, {}, document[: MAX_SCHEMA + 1], deadline=_DEADLINE)
    return _DESCRIPTION.validate_python(
        {
            "kind": Kind.GRAPHQL,
            "name": _title(endpoint),
            "servers": (endpoint,) if endpoint else (),
            "methods": methods,
            **read,
        }
    )


async def _post(fetch: Fetch, url: str, query: str, most: int) -> Fetched:
    content = json.dumps({"query": query}).encode()
    return await fetch("POST", url, headers=_HEADERS, content=content, most=most)


def _confidence(url: str, answer: Fetched) -> Confidence | None:
    said = _json(answer.content)
    if has_schema(said) and isinstance(said["data"]["__schema"].get("queryType"), dict):
        return Confidence.HIGH
    if any(mark in error for error in errors_in(said) for mark in _MARKS):
        return Confidence.MEDIUM
    return _said_by(url)


def _said_by(url: str) -> Confidence | None:
    return Confidence.LOW if _WORD.search(url) else None


def _json(content: bytes) -> Any:
    if len(content) > _SMALL:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _title(url: str) -> str:
    """Return the name of an API that tells none: the word of its host that names a product."""
    try:
        host = urlsplit(url).hostname or "GraphQL"
    except ValueError:
        return "GraphQL"
    word = suggested_slug(url)
    return host if host == "GraphQL" or word[0].isdigit() else word.capitalize()
