"""Encryption at rest: AES-256-GCM, several encryption keys, ciphertext bound to its place.

A sealed value is ``version (1) | key id length (1) | key id | nonce (12) | ciphertext and tag``.
The associated data names the collection, tenant, owner, connector, row, field and generation, so a
ciphertext that is moved to another row or field, or rolled back to an earlier generation, does not
open (security E1, E2). A proof is ``version | key id length | key id | HMAC-SHA-256``, under a key
that is derived from the encryption key (HKDF, RFC 5869). The first encryption key seals and proves,
every one opens and verifies. docs/operations.md, "Encryption keys", explains how to change them.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from connectors.secret import Secret
from gateway.encryption.places import FORMAT, Place, check_value_place
from gateway.errors import SettingsError, VaultError
from gateway.observe.logs import get_logger

_log = get_logger()

_NONCE = 12  # bytes; NIST SP 800-38D recommends 96 random bits
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Vault:
    """Seals and opens secrets. ``encryption_keys`` maps an id to 32 bytes; the first one seals."""

    def __init__(self, encryption_keys: Mapping[str, bytes]) -> None:
        if not encryption_keys:
            raise SettingsError("the vault needs at least one encryption key")
        self._keys = {key_id: AESGCM(key) for key_id, key in encryption_keys.items()}
        self._proof_keys = {
            key_id: HKDF(SHA256(), 32, salt=None, info=b"connector gateway: proofs").derive(key)
            for key_id, key in encryption_keys.items()
        }
        self.key_ids = tuple(encryption_keys)
        """The ids of its encryption keys; the first one seals."""

    @property
    def current(self) -> str:
        """The id of the encryption key that seals."""
        return self.key_ids[0]

    def seal(self, secret: Secret, place: Place) -> bytes:
        """Encrypt ``secret`` for ``place`` with the first encryption key."""
        return self._seal(self.current, secret, place)

    def open(self, sealed: bytes, place: Place) -> Secret:
        """Decrypt ``sealed``; raises ``VaultError`` if its key is missing or its place is wrong."""
        try:
            return self._open(sealed, place)
        except VaultError as error:
            # The value may have been tampered with: only this line says so (E2).
            _log.warning(
                "vault_open_failed",
                collection=place.collection,
                row=place.row,
                field=place.field,
                reason=str(error),
            )
            raise

    def reseal(self, sealed: bytes, place: Place) -> bytes:
        """Seal a value with the first key, unless it is so already; raises ``VaultError``."""
        if key_id_of(sealed) == self.current:
            return sealed
        return self._seal(self.current, self._open(sealed, place), place)

    def opens(self, sealed: bytes, place: Place) -> bool:
        """Whether ``sealed`` opens; unlike ``open``, it does not log a failure."""
        try:
            self._open(sealed, place)
        except VaultError:
            return False
        return True

    def prove(self, statement: bytes) -> bytes:
        """Return a proof of ``statement`` with the first encryption key."""
        return self._prove(self.current, statement)

    def verify(self, proof: bytes, statement: bytes) -> None:
        """Raise ``VaultError`` unless ``proof`` proves ``statement``."""
        key_id = key_id_of(proof)
        if key_id is None:
            raise VaultError("there is no proof")
        if key_id not in self._keys:
            raise VaultError("the encryption key of this proof is not configured")
        if not hmac.compare_digest(proof, self._prove(key_id, statement)):
            raise VaultError("the content was changed or does not belong to this place")

    def fingerprints(self, statement: bytes) -> list[str]:
        """Return a keyed hash of ``statement`` for each encryption key, the first key's first."""
        # The prefix keeps them apart from proofs, which are made with the same keys.
        marked = b"fingerprint\0" + statement
        return [self._prove(key_id, marked)[-16:].hex() for key_id in self.key_ids]

    def reprove(self, proof: bytes, statement: bytes) -> bytes:
        """Prove a proven statement with the first encryption key; raise ``VaultError`` if it fails.

        A valid proof of that encryption key is returned unchanged.
        """
        self.verify(proof, statement)
        return proof if key_id_of(proof) == self.current else self.prove(statement)

    def key_check(self, key_id: str) -> bytes:
        """Return a value by which a process can verify its encryption key of that id."""
        return self._seal(key_id, Secret("this is the key"), check_value_place(key_id))

    def confirms(self, key_id: str, check: bytes) -> bool:
        """Whether ``check`` was made with this vault's encryption key of that id (security E4)."""
        return key_id_of(check) == key_id and self.opens(check, check_value_place(key_id))

    def _seal(self, key_id: str, secret: Secret, place: Place) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._keys[key_id].encrypt(nonce, secret.reveal().encode(), place.encoded())
        return _head(key_id) + nonce + sealed

    def _prove(self, key_id: str, statement: bytes) -> bytes:
        return _head(key_id) + hmac.digest(self._proof_keys[key_id], statement, "sha256")

    def _open(self, sealed: bytes, place: Place) -> Secret:
        key_id = key_id_of(sealed)
        if key_id is None:
            raise VaultError("the sealed value has an unknown format")
        key = self._keys.get(key_id)
        if key is None:
            raise VaultError("the encryption key that sealed this value is not configured")
        start = 2 + sealed[1]
        try:
            plain = key.decrypt(
                sealed[start : start + _NONCE], sealed[start + _NONCE :], place.encoded()
            )
        except (InvalidTag, ValueError):
            raise VaultError(
                "the sealed value was changed or does not belong to this place"
            ) from None
        return Secret(plain.decode())


def _head(key_id: str) -> bytes:
    return bytes([FORMAT, len(key_id)]) + key_id.encode()


def key_id_of(sealed: bytes) -> str | None:
    """Return the id of the encryption key in a sealed value or a proof; ``None`` in others."""
    if not isinstance(sealed, bytes) or len(sealed) < 2 or sealed[0] != FORMAT:
        return None
    key_id = sealed[2 : 2 + sealed[1]].decode("ascii", errors="replace")
    return key_id if _KEY_ID.fullmatch(key_id) else None


def new_encryption_key() -> str:
    """Return a new encryption key in the form of ``GATEWAY_ENCRYPTION_KEYS``: 32 bytes, base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def read_encryption_keys(text: str, source: str = "GATEWAY_ENCRYPTION_KEYS") -> dict[str, bytes]:
    """Read ``id:base64,id:base64``; new lines also separate, and ``#`` begins a comment.

    Raises ``SettingsError``, which names ``source`` and the number of every wrong entry.
    """
    keys: dict[str, bytes] = {}
    problems = []
    for number, entry in enumerate(_entries(text), start=1):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded.translate(_URLSAFE), validate=True)
        except ValueError:  # not base64, or not even ASCII
            key = b""
        if not _KEY_ID.fullmatch(key_id) or len(key) != 32:
            problems.append(
                f"{source}: entry {number} is not `id:key` with a base64 key of 32 "
                "bytes. Make one with: python -m gateway encryption new-key"
            )
        elif key_id in keys:
            problems.append(f"{source}: the id of entry {number} is used twice")
        keys[key_id] = key
    if problems:
        raise SettingsError("\n".join(problems))
    return keys


def _entries(text: str) -> list[str]:
    lines = (line.partition("#")[0] for line in text.splitlines())
    return [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


_URLSAFE = str.maketrans("-_", "+/")
