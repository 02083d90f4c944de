"""Clients whose id is the URL of their description (OAuth client id metadata documents).

Only the owner of the host can publish there, so a person can rely on the host, and on nothing else.
The guarded client fetches the document, only while a signed-in person asks. The document is kept
for some minutes, a failure for some seconds.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749.errors import OAuth2Error

from gateway.authorization.clients import NO_SECRET, Client, read_metadata
from gateway.authorization.errors import UnknownClientError
from gateway.engine.request import OutboundRequest
from gateway.engine.strict_json import read_object
from gateway.errors import ProviderError
from gateway.outbound.client import Outbound

BULKHEAD = "agents"
"""The name under which the requests are admitted and counted."""
MAX_URL = 500
MAX_DOCUMENT = 16 * 1024
KEEP_SECONDS = 300.0
PAUSE_SECONDS = 15.0
"""How long a failure is remembered."""
MOST = 1000
"""The most documents that a process keeps."""
_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def is_document_url(client_id: str) -> bool:
    """Whether a client id is the URL of a document: with a path, and nothing ambiguous in it."""
    if len(client_id) > MAX_URL or not _URL.fullmatch(client_id):
        return False
    try:
        parts = urlsplit(client_id)
        parts.port  # noqa: B018 - reading it raises for a port that is out of range
    except ValueError:
        return False
    return bool(parts.hostname) and len(parts.path) > 1 and not _DOTS.search(parts.path)


class MetadataDocuments:
    """Fetches and keeps the descriptions. ``now`` is a monotonic clock in seconds."""

    def __init__(self, outbound: Outbound, now: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound
        self._now = now
        self._known: OrderedDict[str, tuple[Client | None, float]] = OrderedDict()

    async def find(self, url: str) -> Client:
        """Return the client that ``url`` describes; raise ``UnknownClientError``."""
        found = self._known.get(url)
        if found is None or self._now() >= found[1]:
            client = await self._fetch(url)
            keep = PAUSE_SECONDS if client is None else KEEP_SECONDS
            found = self._known[url] = (client, self._now() + keep)
            self._known.move_to_end(url)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        if found[0] is None:
            # One text for every failure: it must not tell what the gateway can reach (H6).
            raise UnknownClientError("the description of this app cannot be used")
        return found[0]

    async def _fetch(self, url: str) -> Client | None:
        request = OutboundRequest(method="GET", url=url, headers={"Accept": "application/json"})
        try:
            answer = await self._outbound.send(request, connector=BULKHEAD, endpoint="api")
            if answer.status != 200 or len(answer.content) > MAX_DOCUMENT:
                return None
            document = read_object(answer.content)
            if document.get("client_id") != url or "client_secret" in document:
                return None
            fields = read_metadata(document)
        except (ProviderError, OAuth2Error):
            return None
        if fields["auth_method"] != NO_SECRET:
            return None  # a published document holds no secret
        return Client(id=url, host=urlsplit(url).hostname, **fields)
