"""Whether this process should be sent requests: what ``/readyz`` answers."""

from __future__ import annotations

import secrets

from connectors.secret import Secret
from gateway.errors import NotReady, VaultError
from gateway.vault import Place, Vault


class Readiness:
    """The process's own part of the answer: its keys work, and it is not about to end."""

    def __init__(self) -> None:
        self._stopping = False

    def stop(self) -> None:
        """The process was told to end: from now on it is not ready, though it still answers."""
        self._stopping = True

    def check(self, vault: Vault) -> None:
        """Raise ``NotReady`` while shutting down, or if the vault does not open what it seals."""
        if self._stopping:
            raise NotReady("it is shutting down")
        # A fresh value in a place that no row has: nothing of it is stored.
        value = secrets.token_hex(16)
        try:
            opened = vault.open(vault.seal(Secret(value), _PLACE), _PLACE).reveal()
        except VaultError:
            opened = None
        if opened != value:
            raise NotReady("its encryption keys do not open what they seal")


_PLACE = Place(
    collection="", tenant="", owner="", connector="", row="", field="readiness", generation=0
)
