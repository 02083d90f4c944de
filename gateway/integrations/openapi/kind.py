"""The kind ``openapi``: an API that a document describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from gateway.engine.integration import Claim, Confidence, Description, Fetch, Kind
from gateway.errors import GatewayError, IntegrationRefused
from gateway.integrations.kind import Ran, Send, Source
from gateway.integrations.openapi import process
from gateway.integrations.openapi.answer import read_answer
from gateway.integrations.openapi.limits import MAX_DOCUMENT
from gateway.integrations.openapi.request import build_request
from gateway.integrations.slugs import suggested_slug

_DESCRIPTION = TypeAdapter(Description)
_ACCEPT = {
    "accept": "application/openapi+json, application/json, application/yaml;q=0.9, */*;q=0.5"
}


class OpenApi:
    """Reads OpenAPI 3 and Swagger 2 documents, and calls their operations."""

    name = Kind.OPENAPI

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """Claim a URL that answers with a document of OpenAPI."""
        try:
            document, _ = await _fetched(url, fetch)
            if b"openapi" not in document and b"swagger" not in document:
                return None
            found = await process.read("detect", document)
        except GatewayError:
            return None
        return Claim(
            kind=Kind.OPENAPI,
            confidence=Confidence.HIGH,
            endpoint=url,
            name=found["title"] or "API without a title",
            slug=suggested_slug(found["title"], url),
        )

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """Read the document of a URL, or one that was uploaded."""
        document, url = source.document, source.url
        if not document:
            document, url = await _fetched(source.url, fetch)
        found = await process.read("describe", document, url=url, base_url=source.base_url)
        return _DESCRIPTION.validate_python(found)

    async def discover(self, send: Send) -> Description:
        """Refuse: a document tells everything without a credential."""
        raise IntegrationRefused("nothing_to_discover", "the document holds all operations")

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Send the one request of an operation."""
        return read_answer(call, await send(build_request(call, arguments)))


async def _fetched(url: str, fetch: Fetch) -> tuple[bytes, str]:
    """Return the document of a URL, and the address that it came from."""
    answer = await fetch("GET", url, headers=_ACCEPT, most=MAX_DOCUMENT)
    if not 200 <= answer.status < 300:
        raise IntegrationRefused(
            "document_not_served", f"the URL answers with {answer.status}, not with a document"
        )
    return answer.content, answer.url


OPENAPI = OpenApi()
