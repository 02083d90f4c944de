"""The state that a client hands back with its next attempt (``requestState``), sealed by us."""

from __future__ import annotations

from mcp.server.request_state import InvalidRequestState, RequestStateBoundary, RequestStateSecurity

from connectors.secret import Secret
from gateway.encoding import base64url, from_base64url
from gateway.encryption.places import REQUEST_STATE
from gateway.encryption.vault import Vault
from gateway.errors import VaultError
from gateway.mcp.context import caller_of

SECONDS = 600.0
"""How long a client may take for the next attempt: as long as a connect flow lives."""


class _Codec:
    """Seals with the first encryption key and opens with every one: any process, any rotation."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal(self, payload: bytes) -> str:
        sealed = self._vault.seal(Secret(payload.decode()), REQUEST_STATE)
        return base64url(sealed)

    def unseal(self, token: str) -> bytes:
        try:
            return self._vault.open(from_base64url(token), REQUEST_STATE).reveal().encode()
        except (ValueError, VaultError):
            raise InvalidRequestState("it does not open") from None


def state_boundary(vault: Vault, audience: str) -> RequestStateBoundary:
    """Return middleware that seals request state in answers, and opens and checks it in requests.

    It is bound to the principal, the method, the tool and its arguments, and ``audience``.
    """
    security = RequestStateSecurity(
        codec=_Codec(vault), ttl=SECONDS, bind_principal=lambda context: caller_of(context).id
    )
    return RequestStateBoundary(security, default_audience=audience)
