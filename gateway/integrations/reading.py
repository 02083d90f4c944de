"""Read what a person pasted: which kind it is, what it offers, and how large that is."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from gateway.engine.canonical import canonical_json
from gateway.engine.integration import Claim, Confidence, Definition, Description, Fetch, Fetched
from gateway.engine.integration import Kind as KindName
from gateway.errors import IntegrationError, IntegrationRefused, InvalidRequest
from gateway.integrations.fetch import checked_url
from gateway.integrations.kind import Kind, Source
from gateway.integrations.process import reading_for
from gateway.integrations.slugs import suggested_slug
from gateway.observe.logs import get_logger

_log = get_logger()

DETECT_SECONDS = 30.0
"""How long all kinds together look at a URL; one that is slower makes no claim."""
DESCRIBE_SECONDS = 45.0
_RANK = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
_BYTES_OF_A_TOKEN = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What a person gives: a URL, or a document that they upload. Without ``kind`` it is detected.

    ``base_url`` is the server that they picked, empty for the first that the document names.
    """

    url: str = ""
    document: bytes = field(default=b"", repr=False)
    kind: KindName | None = None
    base_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What would be added. ``slug`` is a suggestion; ``endpoint`` is empty for an upload.

    ``digest`` stands for all that the description says: whoever adds with it gets exactly that.
    ``tokens`` is about the size of the tool list in a model's context. ``claims`` are those among
    which the kind was chosen, the surest first; none if it was said.
    """

    description: Description
    endpoint: str
    base_url: str
    slug: str
    digest: str
    tokens: int
    claims: tuple[Claim, ...] = ()


class Reader:
    """Asks the kinds. It reads with guarded requests alone, and stores nothing."""

    def __init__(self, kinds: Mapping[KindName, Kind], fetch: Fetch) -> None:
        self._kinds = kinds
        self._fetch = fetch

    async def detect(self, tenant: str, url: str) -> list[Claim]:
        """Ask every kind whether a URL belongs to it; return the claims, the surest first.

        Raises ``InvalidRequest`` for what is no URL.
        """
        with reading_for(tenant):
            return await self._detect(whole_url(url), self._fetch)

    async def preview(self, tenant: str, given: Given) -> Preview:
        """Read a URL or a document, and describe it. Each document is read once.

        Raises ``InvalidRequest``, ``IntegrationUnreachable`` or ``IntegrationRefused``.
        """
        with reading_for(tenant):
            return await self._preview(given, _once(self._fetch))

    async def _preview(self, given: Given, fetch: Fetch) -> Preview:
        if bool(given.url) == bool(given.document):
            problem = "give either a URL or a document"
            raise InvalidRequest(problem, {"url": problem})
        kind, endpoint, claims = await self._kind_of(given, fetch)
        source = Source(
            url=endpoint,
            document=given.document,
            base_url=checked_base_url(given.base_url) if given.base_url else "",
        )
        try:
            async with asyncio.timeout(DESCRIBE_SECONDS):
                description = await kind.describe(source, fetch)
        except TimeoutError:
            raise IntegrationRefused("too_slow", "it takes too long to read") from None
        return Preview(
            description=description,
            endpoint=endpoint,
            base_url=source.base_url or next(iter(description.servers), ""),
            slug=suggested_slug(description.name, endpoint),
            digest=_digest(description),
            tokens=about_tokens(description.definitions),
            claims=tuple(claims),
        )

    async def _kind_of(self, given: Given, fetch: Fetch) -> tuple[Kind, str, list[Claim]]:
        """Return the kind, the URL that it reads, and the claims if nobody said the kind."""
        if given.document:
            # A schema of GraphQL is no JSON or YAML mapping with a version: the kinds know.
            return self._kinds[given.kind or _kind_of_document(given.document)], "", []
        url = whole_url(given.url)
        if given.kind is not None:
            return self._kinds[given.kind], url, []
        claims = await self._detect(url, fetch)
        if not claims:
            raise unknown_kind()
        return self._kinds[claims[0].kind], claims[0].endpoint, claims

    async def _detect(self, url: str, fetch: Fetch) -> list[Claim]:
        found = await asyncio.gather(
            *(self._claim(kind, url, fetch) for kind in self._kinds.values())
        )
        return sorted(filter(None, found), key=lambda claim: _RANK[claim.confidence])

    async def _claim(self, kind: Kind, url: str, fetch: Fetch) -> Claim | None:
        try:
            async with asyncio.timeout(DETECT_SECONDS):
                return await kind.detect(url, fetch)
        except (IntegrationError, TimeoutError):
            return None
        except Exception:
            # Rule 7: what one kind cannot digest keeps no other from looking.
            _log.exception("detect_failed", kind=str(kind.name))
            return None


def unknown_kind() -> IntegrationRefused:
    """Return the error for a URL that no kind claims."""
    return IntegrationRefused(
        "unknown_kind",
        "it is no OpenAPI document, no GraphQL endpoint and no MCP server, or it cannot be "
        "reached. If it wants a credential to say what it is, choose what it is.",
    )


def _once(fetch: Fetch) -> Fetch:
    """Return ``fetch`` that reads a document once: a kind recognises it, and then describes it."""
    known: dict[tuple[object, ...], Fetched] = {}

    async def read(
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        most: int = 1024 * 1024,
    ) -> Fetched:
        if method != "GET":
            return await fetch(method, url, headers=headers, content=content, most=most)
        key = url, tuple(sorted((headers or {}).items())), most
        if key not in known:
            known[key] = await fetch(method, url, headers=headers, content=content, most=most)
        return known[key]

    return read


def whole_url(url: str) -> str:
    """Return a URL as a person pastes it: trimmed, with https in front if it has no scheme.

    Raises ``InvalidRequest`` if it is none.
    """
    text = url.strip()
    try:
        return checked_url(text if "://" in text else f"https://{text}")
    except IntegrationError:
        problem = "must be a whole https URL, without a user name"
        raise InvalidRequest(f"url: {problem}", {"url": problem}) from None


def checked_base_url(url: str) -> str:
    """Return a base URL without a slash at its end; raise ``InvalidRequest``."""
    try:
        found = checked_url(url.strip())
    except IntegrationError:
        found = "?"
    if "?" in found or "{" in found:
        problem = "must be a whole https URL, without a user name, a query or a variable"
        raise InvalidRequest(f"baseUrl: {problem}", {"baseUrl": problem})
    return found.rstrip("/")


def about_tokens(definitions: Iterable[Definition]) -> int:
    """Return about how many tokens the tools take in a model's context: a quarter of the bytes."""
    return sum(map(_bytes_of, definitions)) // _BYTES_OF_A_TOKEN


def _bytes_of(definition: Definition) -> int:
    said = {
        "name": definition.name,
        "description": definition.description,
        "inputSchema": definition.input_schema,
        "outputSchema": definition.output_schema,
    }
    return len(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def _kind_of_document(document: bytes) -> KindName:
    """Guess the kind of an upload: OpenAPI documents say their version, in JSON or YAML."""
    head = document[:65536]
    said = any(word in head for word in (b"openapi", b"swagger"))
    is_sdl = any(word in head for word in (b"type Query", b"schema {", b"schema{", b"__schema"))
    return KindName.GRAPHQL if is_sdl and not said else KindName.OPENAPI


def _digest(description: Description) -> str:
    said = [
        str(description.kind),
        list(description.servers),
        [asdict(each) for each in description.methods],
        sorted(each.digest for each in description.definitions),
    ]
    return hashlib.sha256(canonical_json(said)).hexdigest()
