"""Slugs of integrations: which one to suggest, and which a new integration may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.engine.integration_names import LONGEST_SLUG, SLUG, tool_name
from gateway.errors import InvalidRequest

RESERVED = frozenset({"detect", "preview", "presets", "gateway"})
"""Words that are paths of the API, and the gateway itself."""
SUGGESTED = 23
"""Characters of a suggested slug: names of tools leave 24 for a slug and its hyphen."""
_COMMON = frozenset({"www", "api", "apis", "mcp", "graphql", "rest", "app", "com", "co", "io"})
"""Labels of a host that name no product."""


def tool_prefix(slug: str) -> str:
    """Return what the names of an integration's tools begin with."""
    return tool_name(slug, "")


def suggested_slug(*texts: str) -> str:
    """Return a slug for the first text that gives one: a title, or a URL.

    Raises nothing: without a letter or digit in any text it is ``api``.
    """
    for text in texts:
        words = _host_words(text) if "://" in text else _words(text)
        slug = _joined(words)
        if slug and slug not in RESERVED:
            return slug
    return "api"


def check_slug(slug: str, *, is_taken: bool, tools: Iterable[str], others: Iterable[str]) -> None:
    """Raise ``InvalidRequest`` unless a new integration may have this slug.

    ``is_taken``: a connector of the catalog has this name or alias. ``tools`` are the names of the
    catalog's tools, ``others`` the slugs of the tenant's other integrations: names of tools must
    say whose they are.
    """
    prefix, problem = tool_prefix(slug), None
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        problem = (
            f"must be words of a-z, 0-9 with - between them, of at most {LONGEST_SLUG} characters"
        )
    elif slug in RESERVED:
        problem = "is a word of the gateway"
    elif is_taken:
        problem = "is the name of a connector of the catalog"
    elif any(name.startswith(prefix) for name in tools):
        problem = "begins the name of a tool of the catalog"
    else:
        for other in others:
            if other != slug and (
                prefix.startswith(tool_prefix(other)) or tool_prefix(other).startswith(prefix)
            ):
                problem = f"would mix up its tools with those of {other}"
    if problem is not None:
        raise InvalidRequest(f"slug: {problem}", {"slug": problem})


def _joined(words: list[str]) -> str:
    """Return as many of the words as fit; the first one is cut if it alone is too long."""
    slug = words[0][:SUGGESTED] if words else ""
    for word in words[1:]:
        if len(slug) + 1 + len(word) > SUGGESTED:
            break
        slug += f"-{word}"
    return slug


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
