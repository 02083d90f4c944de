"""Where a provider's hosts are, seen from outside the gateway.

In production they are where they say. In dev mode a simulated provider is reached by the gateway
through a rerouted connection (``EgressPolicy.reroutes``: same URL, same TLS, another address). A
browser and a tool cannot be rerouted, so the URLs that they are given name the sandbox instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from gateway.outbound.egress import EgressPolicy


@dataclass(frozen=True, kw_only=True)
class PublicAddresses:
    """``sandbox_url`` is the sandbox's origin, ``None`` outside dev mode."""

    policy: EgressPolicy = field(default_factory=EgressPolicy)
    sandbox_url: str | None = None

    def simulated(self, url: str) -> bool:
        """Whether the host of ``url`` is a simulated one."""
        return self.policy.rerouted(urlsplit(url).hostname or "") is not None

    def from_outside(self, url: str) -> str:
        """``url`` as a browser or a tool reaches it."""
        if self.sandbox_url is None or not self.simulated(url):
            return url
        parts = urlsplit(url)
        origin = urlsplit(self.sandbox_url)
        path = f"/{parts.hostname}{parts.path}"
        return urlunsplit((origin.scheme, origin.netloc, path, parts.query, ""))
