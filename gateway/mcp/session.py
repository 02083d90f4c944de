"""Sessions of clients of the handshake revisions, sealed into the id that the client keeps.

A client declares its capabilities once, at ``initialize``. The id of its session carries them, so
any process can serve its next request, and no process remembers it. The id is sealed with the
encryption keys, and opens for its principal alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mcp_types import ClientCapabilities, Implementation

from connectors.secret import Secret
from gateway.digest import sha256_hex
from gateway.encoding import base64url, from_base64url
from gateway.encryption.places import mcp_session_place
from gateway.encryption.vault import Vault
from gateway.errors import VaultError
from gateway.mcp.principal import Principal

LIFETIME = timedelta(days=7)
"""How long an id is accepted. A client that gets 404 for its id begins a new session."""
LONGEST = 4096
"""Characters of an id: proxies accept headers of some 8 KiB."""
LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """The client's side of ``initialize``. ``topic`` names the session in the database."""

    topic: str
    version: str
    capabilities: Mapping[str, Any]
    client: Mapping[str, str]


class Sessions:
    """Makes and opens ids of sessions."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def begin(
        self,
        principal: Principal,
        *,
        version: str,
        capabilities: ClientCapabilities,
        client: Implementation,
        now: datetime,
    ) -> str:
        """Return the id of a new session."""
        said = {
            "version": version,
            "capabilities": _kept(capabilities),
            "client": {
                "name": client.name[:LONGEST_NAME],
                "version": client.version[:LONGEST_NAME],
            },
            "until": (now + LIFETIME).timestamp(),
        }
        sealed = self._vault.seal(Secret(json.dumps(said)), mcp_session_place(principal.id))
        return base64url(sealed)

    def open(self, session_id: str, principal: Principal, now: datetime) -> Session | None:
        """Return the session of that id; ``None`` if it is over, another's, or made up."""
        if len(session_id) > LONGEST:
            return None
        try:
            sealed = from_base64url(session_id)
            said = json.loads(self._vault.open(sealed, mcp_session_place(principal.id)).reveal())
        except (ValueError, VaultError):
            return None
        if said["until"] <= now.timestamp():
            return None
        return Session(
            topic=sha256_hex(session_id),
            version=said["version"],
            capabilities=said["capabilities"],
            client=said["client"],
        )


def _kept(capabilities: ClientCapabilities) -> dict[str, Any]:
    """Return the capabilities that answers depend on: a client may declare many more."""
    said = capabilities.model_dump(by_alias=True, mode="json", exclude_none=True)
    kept: dict[str, Any] = {name: {} for name in ("sampling", "roots") if name in said}
    if isinstance(asks := said.get("elicitation"), dict):
        # Without a mode it means forms, as in the revision that had no other.
        kept["elicitation"] = {mode: {} for mode in ("form", "url") if mode in asks}
    return kept
