"""An OpenID Connect provider's metadata and signing keys (Discovery 1.0, RFC 8414).

All requests go through ``gateway.outbound.client`` with its guards. A document is cached only after
it was checked: the issuer equals the configured one exactly, and every endpoint is https. Documents
are fetched again after an hour. After a failure, the process waits a few seconds before the next
fetch, so that visitors cannot make it flood a provider. An ID token with an unknown key id triggers
another fetch of the signing keys, at most once a minute: providers rotate them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.access.login.id_token import read_signing_keys
from gateway.engine.request import OutboundRequest
from gateway.engine.strict_json import read_object
from gateway.errors import LoginUnavailable, LoginUnreadable, ProviderError
from gateway.outbound.client import Outbound

OIDC_BULKHEAD = "openid_connect"
"""The identity provider's name in the bulkhead; no connector can have it."""
KEEP_SECONDS = 3600.0
PAUSE_SECONDS = 5.0
"""The pause between two fetches after a failure."""
ROTATION_SECONDS = 60.0
"""The pause between two fetches that unknown key ids cause."""


class ProviderMetadata(BaseModel):
    """The parts of the metadata that are used."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    response_types_supported: list[str] = ["code"]
    code_challenge_methods_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


def read_metadata(document: dict[str, Any], issuer: str) -> ProviderMetadata:
    """Check the metadata of ``issuer``; raise ``LoginUnreadable`` if it is not usable."""
    try:
        metadata = ProviderMetadata.model_validate(document)
    except ValidationError as error:
        names = sorted({str(item["loc"][0]) for item in error.errors(include_input=False)})
        raise LoginUnreadable(f"the provider's metadata is wrong in: {', '.join(names)}") from None
    if metadata.issuer != issuer:
        raise LoginUnreadable(
            "the provider's metadata names another issuer than GATEWAY_OIDC_ISSUER"
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        url = getattr(metadata, name)
        if url is not None and not _is_endpoint(url, issuer):
            raise LoginUnreadable(f"the provider's {name} is not an https address")
    if "code" not in metadata.response_types_supported:
        raise LoginUnreadable("the provider does not offer the authorization code flow")
    methods = metadata.code_challenge_methods_supported
    if methods is not None and "S256" not in methods:
        raise LoginUnreadable("the provider does not offer PKCE with S256")
    return metadata


def _is_endpoint(url: str, issuer: str) -> bool:
    """Whether ``url`` is https, or plain http on the origin of an http issuer on this machine."""
    try:
        parts, home = urlsplit(url), urlsplit(issuer)
        given = (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        return False
    if not parts.hostname or parts.fragment or "@" in parts.netloc or not url.isascii():
        return False
    if not url.isprintable() or " " in url:
        return False
    same_origin = given == (home.scheme, home.hostname, home.port)
    return parts.scheme == "https" or (parts.scheme == "http" and same_origin)


class IdentityProvider:
    """Fetches and caches the documents of ``issuer``. ``now`` is a monotonic clock in seconds."""

    def __init__(
        self, outbound: Outbound, issuer: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbound = outbound
        self.issuer = issuer
        self._now = now
        self._lock = asyncio.Lock()  # one caller fetches, the others use its result
        self._metadata: tuple[ProviderMetadata, float] | None = None
        self._keys: tuple[KeySet, float] | None = None
        self._paused_until = float("-inf")
        self._rotated_at = float("-inf")

    @property
    def known(self) -> ProviderMetadata | None:
        """The cached metadata, if any. Nothing is fetched."""
        return self._metadata[0] if self._metadata else None

    async def metadata(self) -> ProviderMetadata:
        """Return the metadata; raise ``LoginUnavailable`` or ``LoginUnreadable``."""
        async with self._lock:
            if self._metadata is None or self._is_old(self._metadata[1]):
                # Discovery 4.1: a slash at the issuer's end goes before the path is appended.
                url = f"{self.issuer.removesuffix('/')}/.well-known/openid-configuration"
                self._metadata = (read_metadata(await self._fetch(url), self.issuer), self._now())
            return self._metadata[0]

    async def keys(self) -> KeySet:
        """Return the keys that sign ID tokens.

        Raises ``LoginUnavailable`` if the provider does not answer, and ``LoginUnreadable`` if its
        documents are not usable.
        """
        url = (await self.metadata()).jwks_uri
        async with self._lock:
            if self._keys is None or self._is_old(self._keys[1]):
                self._keys = (read_signing_keys(await self._fetch(url)), self._now())
            return self._keys[0]

    async def newer_keys(self) -> KeySet | None:
        """Fetch the keys again; ``None`` if that was done less than a minute ago."""
        url = (await self.metadata()).jwks_uri
        async with self._lock:
            if self._now() - self._rotated_at < ROTATION_SECONDS:
                return None
            self._rotated_at = self._now()
            self._keys = (read_signing_keys(await self._fetch(url)), self._now())
            return self._keys[0]

    def _is_old(self, fetched_at: float) -> bool:
        return self._now() - fetched_at >= KEEP_SECONDS

    async def _fetch(self, url: str) -> dict[str, Any]:
        if self._now() < self._paused_until:
            raise LoginUnavailable("the identity provider failed a moment ago")
        self._paused_until = self._now() + PAUSE_SECONDS
        request = OutboundRequest(method="GET", url=url, headers={"Accept": "application/json"})
        try:
            answer = await self._outbound.send(request, connector=OIDC_BULKHEAD, endpoint="api")
            if answer.status != 200:
                raise LoginUnavailable(f"the identity provider answered {answer.status}")
            document = read_object(answer.content)
        except ProviderError as error:
            raise LoginUnavailable(f"the identity provider cannot be used: {error}") from None
        self._paused_until = float("-inf")
        return document
