"""The URLs of a provider as browsers and tools reach them.

In production they are the provider's own. In dev mode, the gateway reaches a simulated provider
through a rerouted connection (``EgressPolicy.reroutes``: same URL, same TLS, another address).
Browsers and tools cannot be rerouted, so their URLs name the sandbox instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from gateway.outbound.egress import EgressPolicy


@dataclass(frozen=True, kw_only=True)
class PublicAddresses:
    """Rewrites URLs. ``sandbox_url`` is the sandbox's origin, ``None`` outside dev mode."""

    policy: EgressPolicy = field(default_factory=EgressPolicy)
    sandbox_url: str | None = None

    def simulated(self, url: str) -> bool:
        """Whether the host of ``url`` is simulated."""
        return self.policy.rerouted(urlsplit(url).hostname or "") is not None

    def from_outside(self, url: str) -> str:
        """Return ``url`` as a browser or a tool reaches it."""
        if self.sandbox_url is None or not self.simulated(url):
            return url
        parts = urlsplit(url)
        origin = urlsplit(self.sandbox_url)
        path = f"/{parts.hostname}{parts.path}"
        return urlunsplit((origin.scheme, origin.netloc, path, parts.query, ""))
