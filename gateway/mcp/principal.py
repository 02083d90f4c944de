"""The caller over MCP, and the OAuth scopes that an operation needs.

``gateway.mcp.resource`` authenticates a request and puts its ``Principal`` into the ASGI scope; the
protocol behind it reads nothing else about the caller. There are two scopes, so that a consent page
can name them in two sentences. Policies and approvals decide the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from connectors.tooling import Effect
from gateway.digest import sha256_hex
from gateway.engine.canonical import canonical_json
from gateway.errors import Unauthorized

PRINCIPAL = "gateway.principal"
"""The place of the ``Principal`` in the ASGI scope of a request."""

READ = "tools:read"
"""List tools, discover, read skills, call tools that only read."""
WRITE = "tools:write"
"""Call tools that write or destroy."""
SCOPES = (READ, WRITE)
"""Every scope, as the protected resource publishes them."""


@dataclass(frozen=True)
class Principal:
    """An authenticated caller: a person and the client that acts for them.

    ``client`` is the OAuth client's id, or the id of the service key. A service key has every
    scope. ``connectors`` are those that a restricted key is for; ``None``: any.
    ``manages_integrations``: it is a key with the role ``integrations``.
    """

    tenant: str
    user: str
    client: str
    scopes: frozenset[str]
    via: Literal["token", "key"]
    connectors: frozenset[str] | None = None
    manages_integrations: bool = False

    def reaches(self, connectors: Iterable[str]) -> bool:
        """Whether it may use tools of these connectors."""
        return self.connectors is None or self.connectors.issuperset(connectors)

    @property
    def id(self) -> str:
        """The digest of tenant, user and client: 64 hexadecimal digits.

        Request state is bound to it. Scopes are not in it: a client that comes back with more of
        them is the same principal.
        """
        who = [self.tenant, self.user, self.via, self.client]
        return sha256_hex(canonical_json(who).decode())


class HasEffect(Protocol):
    """A tool, as far as its scopes go."""

    @property
    def effect(self) -> Effect:
        """What the tool does at the provider."""


def scopes_of(tool: HasEffect) -> frozenset[str]:
    """Return all scopes that a call of ``tool`` needs.

    A tool that writes returns something as well. So it needs both, and a client that asks for
    exactly the scopes of a challenge does not lose the ability to list.
    """
    return frozenset({READ}) if tool.effect == "read" else frozenset(SCOPES)


def principal_in(scope: Mapping[str, Any]) -> Principal:
    """Return the principal that ``ProtectedResource`` put there; raise ``Unauthorized``."""
    found = scope.get(PRINCIPAL)
    if not isinstance(found, Principal):
        raise Unauthorized("this request came past the protected resource")
    return found
