"""Whether this process should be sent requests: what ``/readyz`` answers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from connectors.secret import Secret
from gateway.encryption.vault import Place, Vault
from gateway.errors import NotReady, VaultError

GRACE_SECONDS = 20
"""From the signal to the end of the process."""
REQUESTS_SECONDS = 15
"""From the signal on, for requests under way, and for the drain before."""
REFRESHES_SECONDS = 16.0
"""From the signal on, for refreshes that nobody waits for any more."""
LAST_SECONDS = 18.0
"""From the signal on, for saying goodbye to the database: then the process ends as it is."""


class Readiness:
    """The process's own part of the answer: its keys work, and it is not about to end.

    ``now`` is a clock that never jumps, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stopped_at: float | None = None

    def stop(self) -> None:
        """The process was told to end: from now on it is not ready, though it still answers."""
        if self._stopped_at is None:
            self._stopped_at = self._now()

    def left(self, seconds: float) -> float:
        """How many of the ``seconds`` that follow the signal are left: all of them before it comes."""
        if self._stopped_at is None:
            return seconds
        return max(0.0, self._stopped_at + seconds - self._now())

    def check(self, vault: Vault) -> None:
        """Raise ``NotReady`` while shutting down, or if the vault does not open what it seals."""
        if self._stopped_at is not None:
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
