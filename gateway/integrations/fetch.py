"""Guarded requests without a credential: how a URL that a person pasted is read (security H).

The gateway sends them on behalf of an administrator, to any host that the egress policy allows.
Every failure has one text, so that nobody learns from it which hosts and ports exist inside (H6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit, urlunsplit

from gateway.engine.integration import Fetched
from gateway.engine.request import OutboundRequest
from gateway.errors import IntegrationUnreachable, ProviderError
from gateway.observe.logs import get_logger
from gateway.outbound.client import Outbound

_log = get_logger()

BULKHEAD = "integrations"
"""The name under which the requests are admitted and counted."""
MAX_URL = 2048
MAX_BYTES = 32 * 1024 * 1024
"""The largest answer that a caller may ask for. GitHub's description of its API has 12 MB."""
SECONDS = 20.0
"""The deadline, redirects included, for documents of megabytes from slow hosts."""
REDIRECTS = 3
_FOLLOWED = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD = frozenset({307, 308})
_METHODS = frozenset({"GET", "POST"})
_HEADERS = frozenset(
    {"accept", "content-type", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name"}
)
"""Request headers that a kind may set: none of them can carry a credential."""


class Fetcher:
    """Reads URLs. ``fetch`` is the ``gateway.engine.integration.Fetch`` of every kind."""

    def __init__(self, outbound: Outbound, *, seconds: float = SECONDS) -> None:
        self._outbound = outbound
        self._seconds = seconds

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        most: int = 1024 * 1024,
    ) -> Fetched:
        """Send a GET or a POST and return its answer, of any status but a redirect.

        At most three redirects are followed, each checked like the first URL. A POST goes on as a
        POST where the status says so (307, 308), and nowhere else. ``most`` bounds the bytes.

        Raises ``IntegrationUnreachable``, and ``ValueError`` for what no kind may ask for.
        """
        sent = dict(headers or {})
        if method not in _METHODS or {name.lower() for name in sent} - _HEADERS:
            raise ValueError("only a GET or a POST, with headers that carry no credential")
        if not 0 < most <= MAX_BYTES:
            raise ValueError(f"an answer has 1 to {MAX_BYTES} bytes")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(method, url, sent, content, most)
        except TimeoutError:
            raise _unreachable("too slow") from None

    async def _follow(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, most: int
    ) -> Fetched:
        target = url
        for _ in range(1 + REDIRECTS):
            target = checked_url(target)
            request = OutboundRequest(method=method, url=target, headers=headers, content=content)
            try:
                answer = await self._outbound.look(
                    request, connector=BULKHEAD, most=most, seconds=self._seconds
                )
            except ProviderError as error:
                raise _unreachable(type(error).__name__) from None
            if not 300 <= answer.status < 400:
                return Fetched(
                    status=answer.status, url=target, headers=answer.headers, content=answer.content
                )
            location = answer.headers.get("location", "")
            if answer.status not in _FOLLOWED or not location:
                raise _unreachable("redirect")
            if method != "GET" and answer.status not in _KEEP_METHOD:
                raise _unreachable("redirect of a POST")
            target = _joined(target, location)
        raise _unreachable("too many redirects")


def checked_url(url: str) -> str:
    """Return an absolute http or https URL without its fragment.

    Raises ``IntegrationUnreachable`` for any other, such as one with a user name. Whether the host
    may be called is the egress policy's part, which sees the address.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it raises for a port that is out of range
        host = parts.hostname
    except ValueError:
        raise _unreachable("not a URL") from None
    readable = len(url) <= MAX_URL and url.isascii() and url.isprintable() and " " not in url
    if not readable or "\\" in url or parts.scheme not in {"https", "http"} or not host:
        raise _unreachable("not a URL")
    if "@" in parts.netloc:
        raise _unreachable("a URL with a user name")
    return urlunsplit(parts._replace(fragment=""))


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        raise _unreachable("not a URL") from None


def _unreachable(reason: str) -> IntegrationUnreachable:
    """Return the one error; the reason is for the operator's log, and names no address."""
    _log.info("integration_unreachable", reason=reason)
    return IntegrationUnreachable(
        "the URL cannot be read: the gateway may not call it, or it does not answer as it should"
    )
