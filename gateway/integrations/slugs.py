"""Names of integrations: the slug within a tenant, and the names of its connector and tools."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.errors import InvalidRequest

MAX_SLUG = 40
MAX_TOOL_NAME = 64
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
RESERVED = frozenset({"detect", "preview", "presets", "gateway"})
"""Words that are paths of the API, and the gateway itself."""
SEPARATOR = "--"
"""Between slug and tag: it occurs in no slug and in no name of the catalog."""
_SLUG = re.compile(SLUG)
_TENANT = re.compile(r"[a-z0-9]{1,32}")
_TAG = re.compile(r"[0-9a-f]{12}")
_COMMON = frozenset({"www", "api", "apis", "mcp", "graphql", "rest", "app", "com", "co", "io"})
"""Labels of a host that name no product."""


def tag_of(tenant: str) -> str:
    """Return the part of a connector's name that stands for the tenant.

    A short plain id is its own tag. Twelve hex digits are left to digests, so that no tenant can
    choose an id that is another's tag.
    """
    if _TENANT.fullmatch(tenant) and not _TAG.fullmatch(tenant):
        return tenant
    return hashlib.sha256(tenant.encode()).hexdigest()[:12]


def connector_name(tenant: str, slug: str) -> str:
    """Return the name of an integration's connector, which is unique over all tenants."""
    return f"{slug}{SEPARATOR}{tag_of(tenant)}"


def slug_in(tenant: str, name: str) -> str | None:
    """Return the slug in a connector's name, or ``None`` if it is not this tenant's."""
    slug, found, tag = name.partition(SEPARATOR)
    return slug if found and tag == tag_of(tenant) and _SLUG.fullmatch(slug) else None


def tool_prefix(slug: str) -> str:
    """Return what the names of an integration's tools begin with."""
    return slug.replace("-", "_") + "_"


def tool_name(slug: str, operation: str) -> str:
    """Return the name of the tool of an operation, of at most 64 characters."""
    name = tool_prefix(slug) + operation
    if len(name) <= MAX_TOOL_NAME:
        return name
    digest = hashlib.sha256(operation.encode()).hexdigest()[:6]
    return f"{name[: MAX_TOOL_NAME - 7].rstrip('_')}_{digest}"


def suggested_slug(*texts: str) -> str:
    """Return a slug for the first text that gives one: a title, or a URL.

    Raises nothing: without a letter or digit in any text it is ``api``.
    """
    for text in texts:
        words = _host_words(text) if "://" in text else _words(text)
        slug = "-".join(words)[:MAX_SLUG].strip("-")
        if slug and slug not in RESERVED:
            return slug
    return "api"


def check_slug(slug: str, *, catalog: Iterable[str], tools: Iterable[str]) -> None:
    """Raise ``InvalidRequest`` unless a new integration may have this slug.

    ``catalog`` are names and aliases of connectors, ``tools`` the names of their tools.
    """
    problem = None
    if len(slug) > MAX_SLUG or not _SLUG.fullmatch(slug):
        problem = f"must be words of a-z and 0-9 with - between them, at most {MAX_SLUG} characters"
    elif slug in RESERVED:
        problem = "is a word of the gateway"
    elif slug in set(catalog):
        problem = "is the name of a connector of the catalog"
    elif any(name.startswith(tool_prefix(slug)) for name in tools):
        problem = "begins the name of a tool of the catalog"
    if problem is not None:
        raise InvalidRequest(f"slug: {problem}", {"slug": problem})


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def _host_words(url: str) -> list[str]:
    """Return the words of a host that name a product: ``petstore`` of ``api.petstore.io``."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return []
    labels = [label for label in host.split(".")[:-1] if label not in _COMMON]
    is_name = bool(labels) and not labels[-1].isdigit()
    return _words(labels[-1] if is_name else host)
