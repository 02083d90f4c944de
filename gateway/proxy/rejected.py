"""What follows from a provider's 401: the credential is renewed once, and never held guilty.

Some APIs answer 401 for a missing right. So a 401 changes no connection's state: only a failed
renewal or a failed check of a key does. A renewal that did not help is not tried again for a while.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from gateway.access.limits import Limits
from gateway.digest import sha256_hex
from gateway.errors import GatewayError
from gateway.observe.logs import get_logger
from gateway.services.tokens import IssuedToken, TokenService, Wanted
from gateway.settings.limits import LimitName

_log = get_logger()

FUTILE_SECONDS = 60.0
"""How long a connection is not renewed after a renewal that changed nothing."""
_REMEMBERED = 10_000


class RejectedTokens:
    """Renews credentials that a provider's API refused. ``now`` is a monotonic clock in seconds."""

    def __init__(
        self, tokens: TokenService, limits: Limits, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._limits = limits
        self._now = now
        self._futile: OrderedDict[str, float] = OrderedDict()

    def is_due(self, issued: IssuedToken) -> bool:
        """Whether a renewal may help."""
        return self._now() >= self._futile.get(issued.connection.id, 0.0)

    async def renewed(self, wanted: Wanted, issued: IssuedToken, key_id: str) -> IssuedToken | None:
        """Return a newer credential; ``None`` if there is none.

        The refused token is renewed only if it is still the stored one, so parallel refusals renew
        it once, in all processes together.
        """
        digest = sha256_hex(issued.access_token.reveal())
        try:
            await self._limits.spend(LimitName.REFRESHES, f"{key_id}\0{wanted.user}")
            newer = await self._tokens.get(
                replace(wanted, rejected_token_sha256=digest, suspected=True), handed_out=False
            )
        except GatewayError as error:
            # The provider's own 401 tells the caller more; the next call meets the new state.
            _log.info("not_renewed", connection=issued.connection.id, reason=type(error).__name__)
            self.was_futile(issued)
            return None
        if newer.access_token == issued.access_token:
            self.was_futile(issued)
            return None
        return newer

    def was_futile(self, issued: IssuedToken) -> None:
        """Remember that a renewal of this connection did not help."""
        self._futile[issued.connection.id] = self._now() + FUTILE_SECONDS
        self._futile.move_to_end(issued.connection.id)
        if len(self._futile) > _REMEMBERED:
            self._futile.popitem(last=False)
