"""Encryption at rest: AES-256-GCM, several keys, and ciphertext that opens only in its own place.

A sealed value is ``version (1) | key id length (1) | key id | nonce (12) | ciphertext and tag``.
The associated data names the collection, tenant, owner, connector, row, field and generation, so a
ciphertext that is moved to another row or field, or rolled back to an earlier generation, does not
open (security E1, E2). The first key seals, every key opens: rotation is adding a key in front.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.secret import Secret
from gateway.errors import SettingsError, VaultError

_VERSION = 1
_NONCE = 12  # bytes; NIST SP 800-38D recommends 96 random bits
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a sealed value belongs. Every part is bound to the ciphertext."""

    collection: str
    tenant: str
    owner: str
    connector: str
    row: str
    field: str
    generation: int

    def encoded(self) -> bytes:
        """The associated data; JSON, so that no two places look alike."""
        return json.dumps(
            [_VERSION, self.collection, self.tenant, self.owner, self.connector, self.row,
             self.field, self.generation]
        ).encode()  # fmt: skip


class Vault:
    """Seals and opens secrets. ``keys`` maps key id to 32 bytes; the first one seals."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise SettingsError("the vault needs at least one key")
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))

    def seal(self, secret: Secret, place: Place) -> bytes:
        """``secret``, encrypted for ``place`` with the first key."""
        key_id = self._current.encode()
        nonce = os.urandom(_NONCE)
        sealed = self._keys[self._current].encrypt(nonce, secret.reveal().encode(), place.encoded())
        return bytes([_VERSION, len(key_id)]) + key_id + nonce + sealed

    def open(self, sealed: bytes, place: Place) -> Secret:
        """The secret in ``sealed``; raises ``VaultError`` if the key is unknown or it does not belong here."""
        if len(sealed) < 2 or sealed[0] != _VERSION:
            raise VaultError("the sealed value has an unknown format")
        end = 2 + sealed[1]
        key = self._keys.get(sealed[2:end].decode("ascii", errors="replace"))
        if key is None:
            raise VaultError("the key that sealed this value is not in GATEWAY_ENCRYPTION_KEYS")
        try:
            plain = key.decrypt(sealed[end : end + _NONCE], sealed[end + _NONCE :], place.encoded())
        except (InvalidTag, ValueError):
            raise VaultError(
                "the sealed value was changed or does not belong to this place"
            ) from None
        return Secret(plain.decode())


def new_key() -> str:
    """A fresh key in the form that ``GATEWAY_ENCRYPTION_KEYS`` takes (base64 of 32 random bytes)."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def read_keys(text: str) -> dict[str, bytes]:
    """The keys in ``id:base64,id:base64``; raises ``SettingsError`` naming the entry that is wrong."""
    keys: dict[str, bytes] = {}
    entries: Sequence[str] = [entry.strip() for entry in text.split(",") if entry.strip()]
    for number, entry in enumerate(entries, start=1):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded.translate(_URLSAFE), validate=True)
        except ValueError:  # not base64, or not even ASCII
            key = b""
        if not _KEY_ID.fullmatch(key_id) or len(key) != 32:
            raise SettingsError(
                f"GATEWAY_ENCRYPTION_KEYS: entry {number} is not `id:key` with a base64 key of 32 "
                "bytes. Make one with: python -m gateway keys new-encryption-key"
            )
        if key_id in keys:
            raise SettingsError(
                f"GATEWAY_ENCRYPTION_KEYS: the key id of entry {number} comes twice"
            )
        keys[key_id] = key
    return keys


_URLSAFE = str.maketrans("-_", "+/")
