"""A document as the description of an integration. No I/O."""

from __future__ import annotations

from typing import Any

from gateway.engine.integration import Description, Kind
from gateway.integrations.openapi import swagger2
from gateway.integrations.openapi.limits import MAX_NOTES, Limits
from gateway.integrations.openapi.operations import Operations
from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import DocumentRefused
from gateway.integrations.openapi.security import read_security
from gateway.integrations.openapi.servers import base_url, servers_of
from gateway.text import clean_text

MAX_TITLE, MAX_ABOUT, MAX_VERSION = 80, 500, 40


def version_of(document: dict[str, Any]) -> str:
    """Return the version of OpenAPI that a document says. Raises ``DocumentRefused``."""
    for name in ("openapi", "swagger"):
        said = document.get(name)
        if isinstance(said, str | int | float) and not isinstance(said, bool):
            version = str(said)
            known = ("3.0", "3.1", "3.2") if name == "openapi" else ("2.0", "2")
            if version in known or (name == "openapi" and version[:4] in ("3.0.", "3.1.", "3.2.")):
                return version[:10]
            raise DocumentRefused(
                "version_unknown", f"the gateway reads {name} {' and '.join(known)}, not this one"
            )
    raise DocumentRefused("not_openapi", "the document does not say that it is one of OpenAPI")


def title_of(document: dict[str, Any]) -> str:
    """Return the title of a document; it may be empty."""
    info = document.get("info")
    return _text(info.get("title"), MAX_TITLE) if isinstance(info, dict) else ""


def describe(
    document: dict[str, Any], limits: Limits, *, document_url: str = "", picked: str = ""
) -> Description:
    """Return what a document describes. Raises ``DocumentRefused``.

    Args:
        document: The document's values.
        limits: What it may cost.
        document_url: The address that it was read from; relative servers are below it.
        picked: The base URL that a person picked; empty before.
    """
    version_of(document)
    is_2 = "swagger" in document
    references = References(document)
    given = swagger2.servers(document) if is_2 else document.get("servers")
    if not isinstance(given, list) or not given:
        given = [{"url": "/"}]
    servers, notes = servers_of(given, document_url)
    if not servers:
        notes.append("the document names no server: give the base URL of the API")
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    security = read_security(
        swagger2.security_schemes(document) if is_2 else schemes, references, document_url
    )
    operations = Operations(
        document,
        references=references,
        security=security,
        limits=limits,
        document_url=document_url,
        servers=servers,
        base_url=(base_url(picked) or picked) if picked else "",
    )
    definitions = operations.read()
    notes += security.notes
    if not definitions and not operations.skipped:
        notes.append("the document has no operation")
    if any(each.startswith("http:") for each in servers):
        notes.append("a server has no encryption (http)")
    info = document.get("info")
    info = info if isinstance(info, dict) else {}
    return Description(
        kind=Kind.OPENAPI,
        name=title_of(document) or "API without a title",
        description=_text(info.get("description") or info.get("summary"), MAX_ABOUT),
        version=_text(info.get("version"), MAX_VERSION),
        servers=tuple(servers),
        methods=security.methods(),
        definitions=tuple(definitions),
        skipped=tuple(operations.skipped),
        notes=tuple(notes[:MAX_NOTES]),
    )


def _text(value: Any, most: int) -> str:
    """Return text on one line; a version may be a number."""
    said = str(value) if isinstance(value, str | int | float) else ""
    return clean_text(said[: most * 4], most)
