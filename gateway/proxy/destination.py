"""The one reading of a caller's path, query and host: what is checked is what is sent.

The caller chooses what stands below the API's base URL, and nothing else. No spelling of its path
may mean another place to any server on the way, however often that decodes or normalises it. The
bytes that pass are sent as they are: no library parses the address again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes, urlsplit

from gateway.errors import PathRefused

LONGEST = 16 * 1024
"""Bytes of path and query."""

_PATH = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@/\[\]|-]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(rb"[!\"$-~]*")
"""All visible characters of ASCII but "#"."""
_PLAIN = re.compile(rb"[A-Za-z0-9_~:@!$&'()*+,=-]+(?:[./][A-Za-z0-9_~:@!$&'()*+,=-]+)*/?")
"""A path without any character that could be misread: most paths. A dot stands between others."""
_ENCODED = re.compile(rb"%(?:2[EeFf]|5[Cc])")
_DECODINGS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Scheme, host and port of an API, and the path of its base URL, which may hold a secret."""

    scheme: str
    host: str
    port: int | None
    path: str = field(repr=False)

    @property
    def netloc(self) -> str:
        """Host and port as a ``Host`` header says them."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A checked address. ``target`` is exactly the path that is sent, ``query`` without ``?``.

    ``below`` is the path below the API's base URL, with its slash.
    """

    origin: Origin
    target: bytes = field(repr=False)
    below: bytes = field(repr=False)
    query: bytes = field(repr=False)


@lru_cache(maxsize=4096)
def origin_of(base_url: str) -> Origin:
    """Return the origin of a connection's base URL, which the engine has filled and checked."""
    parts = urlsplit(base_url)
    if parts.hostname is None or parts.query or parts.fragment or "@" in parts.netloc:
        raise PathRefused("the API's address is not a plain URL")
    return Origin(scheme=parts.scheme, host=parts.hostname, port=parts.port, path=parts.path)


@lru_cache(maxsize=1024)
def open_hosts(api_base_url: str, api_hosts: tuple[str, ...]) -> frozenset[str]:
    """Return the hosts of a connector that a caller may name besides the account's own.

    Where an account's host is a whole host out of an answer, ``api_hosts`` are the choices for it:
    another one is that of other accounts, or of another region.
    """
    is_chosen = urlsplit(api_base_url).netloc.startswith("${metadata.")
    return frozenset() if is_chosen else frozenset(host for host in api_hosts if "*" not in host)


def destination(
    base_url: str,
    path: bytes,
    query: bytes,
    *,
    host: str | None = None,
    hosts: Collection[str] = (),
    is_exact: bool = False,
) -> Destination:
    """Return the address of a call; raise ``PathRefused`` for one that is not exactly below.

    A path may repeat that of the base URL, as the provider's own SDKs do, unless it ``is_exact``.

    Args:
        base_url: The connection's API, with the tenant that was frozen at connect.
        path: The raw path below it, as the caller sent it, without a leading slash.
        query: The raw query, without ``?``.
        host: Another of ``hosts``, by its exact name. Its API begins at ``/``.
        hosts: The connector's ``open_hosts``.
    """
    _check_path(path)
    if len(path) + len(query) > LONGEST:
        raise PathRefused("the path and query are too long")
    if not _QUERY.fullmatch(query):
        raise PathRefused("the query has a character that must be percent-encoded")
    origin = origin_of(base_url)
    if host is not None and host != origin.netloc:
        if host not in hosts:
            raise PathRefused("the connector does not declare this host exactly")
        origin = Origin(scheme="https", host=host, port=None, path="")
    base = origin.path.rstrip("/").encode()
    if base and not is_exact and path.startswith(base[1:] + b"/"):
        path = path[len(base) :]
    target = base + b"/" + path if path or not base else origin.path.encode()
    return Destination(origin=origin, target=target, below=b"/" + path, query=query)


def _check_path(path: bytes) -> None:
    if not path or _PLAIN.fullmatch(path):
        return
    if not _PATH.fullmatch(path):
        raise PathRefused("the path has a character that must be percent-encoded")
    for _ in range(_DECODINGS):
        if _ENCODED.search(path):
            raise PathRefused("the path has an encoded dot, slash or backslash")
        _check_segments(path)
        decoded = unquote_to_bytes(path)
        if decoded == path:
            return
        path = decoded
    raise PathRefused("the path is percent-encoded too often")


def _check_segments(path: bytes) -> None:
    try:
        text = path.decode()
    except UnicodeDecodeError:
        raise PathRefused("the path is not UTF-8") from None
    folded = unicodedata.normalize("NFKC", text)
    if folded.count("/") != text.count("/") or "\\" in folded or not folded.isprintable():
        raise PathRefused("the path has a backslash, a control character or a look-alike of one")
    *segments, last = folded.split("/")
    if "" in segments:
        raise PathRefused("the path has an empty segment")
    for segment in (*segments, last):
        # Some servers drop parameters (";x") and trailing spaces before they look for dots.
        name = segment.partition(";")[0]
        if "." in name and not name.strip(". "):
            raise PathRefused("the path has a segment of dots")
