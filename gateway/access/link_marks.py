"""Marks of links: for whom a link to a connect page was made, and until when.

An agent shows a person a link. Whoever opens it could be somebody else, who would connect an
account of their own to it, or be led to. A mark lets the page compare: it proves a person and a
connector, names neither, and grants nothing, because the page needs a session all the same.
"""

from __future__ import annotations

import json
from datetime import timedelta

from gateway.clock import Clock
from gateway.encoding import base64url, from_base64url
from gateway.encryption.vault import Vault
from gateway.errors import LinkExpired, LinkOfAnother, VaultError

LIFETIME = timedelta(hours=1)
LONGEST = 200


class LinkMarks:
    """Makes and checks marks, with the encryption keys."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def mark(self, *, tenant: str, user: str, connector: str) -> str:
        """Return the mark of a link for this person to this connector's page."""
        until = int((self._clock() + LIFETIME).timestamp())
        proof = self._vault.prove(_statement(tenant, user, connector, until))
        return f"{until:x}.{base64url(proof)}"

    def check(self, mark: str, *, tenant: str, user: str, connector: str) -> None:
        """Raise ``LinkOfAnother`` or ``LinkExpired`` unless the mark is for this person, now."""
        until, proof = _read(mark)
        try:
            self._vault.verify(proof, _statement(tenant, user, connector, until))
        except VaultError:
            raise LinkOfAnother from None
        if until <= self._clock().timestamp():
            raise LinkExpired


def _read(mark: str) -> tuple[int, bytes]:
    until, _, proof = mark[:LONGEST].partition(".")
    try:
        return int(until, 16), from_base64url(proof)
    except ValueError:
        raise LinkOfAnother from None


def _statement(tenant: str, user: str, connector: str, until: int) -> bytes:
    # JSON, so that no two statements encode alike.
    return json.dumps(["connect link", tenant, user, connector, until]).encode()
