"""The servers of a document as base URLs: whole, plain, without variables. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any
from urllib.parse import urljoin, urlsplit

from gateway.integrations.openapi.limits import MAX_SERVERS

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]*)*")
MAX_URL = 500


def servers_of(part: Any, document_url: str) -> tuple[list[str], list[str]]:
    """Return the base URLs of the ``servers`` of a document, a path or an operation, and notes.

    A relative one is below the document's own URL; ``document_url`` is empty for an upload.
    """
    found: list[str] = []
    notes: list[str] = []
    given = part if isinstance(part, list) else []
    for server in given[:MAX_SERVERS]:
        url = server.get("url") if isinstance(server, dict) else None
        if not isinstance(url, str):
            continue
        for filled in _filled(url, server.get("variables")):
            if base := base_url(filled, document_url):
                found.append(base)
            else:
                notes.append("a server is left out: its address is not a plain http or https URL")
    return list(dict.fromkeys(found))[:MAX_SERVERS], list(dict.fromkeys(notes))


def base_url(url: str, document_url: str = "") -> str | None:
    """Return ``url`` as a base URL without a slash at its end; ``None`` if it is not plain."""
    if len(url) > MAX_URL:
        return None
    try:
        url = url.strip()
        parts = urlsplit(url if "://" in url else urljoin(document_url, url))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if ":" in host:
        host = f"[{host}]"
    is_plain = (
        parts.scheme in ("http", "https")
        and _HOST.fullmatch(host)
        and "@" not in parts.netloc
        and not parts.query
        and not parts.fragment
        and _PATH.fullmatch(parts.path)
        and not {".", ".."} & set(parts.path.split("/"))
        and "//" not in parts.path
    )
    if not is_plain:
        return None
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = host if port in (None, default) else f"{host}:{port}"
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"


def _filled(url: str, variables: Any) -> Iterator[str]:
    """Yield the URL with the default, then with each other value of its variables."""
    known = variables if isinstance(variables, dict) else {}
    names = list(dict.fromkeys(_VARIABLE.findall(url)))[:4]
    values = [_values(known.get(name)) for name in names]
    for chosen in islice(product(*values), MAX_SERVERS):
        filled = url
        for name, value in zip(names, chosen, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield filled


def _values(variable: Any) -> list[str]:
    if not isinstance(variable, dict):
        return ["{}"]  # stays a brace: no plain URL
    listed = variable.get("enum")
    given = [variable.get("default"), *(listed if isinstance(listed, list) else [])]
    plain = [str(each) for each in given if isinstance(each, str | int)]
    return list(dict.fromkeys(plain))[:MAX_SERVERS] or ["{}"]
