"""Proofs: rows that let somebody in hold a keyed hash of their content.

Service keys, sessions, sign-ins and connect attempts are found by the SHA-256 of a secret. A writer
of the database could plant such a row for a secret of its own, or give its own key another tenant.
So each row holds an HMAC of its content, under a key derived from an encryption key, which is not
in the database. A row without a valid proof counts as missing. An old row that is put back has one:
a proof does not show that a row is the newest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from gateway.errors import VaultError
from gateway.observe.logs import get_logger

_log = get_logger()
_EPOCH = datetime.fromtimestamp(0, UTC)


class Prover(Protocol):
    """Makes and checks proofs with the encryption keys: the vault."""

    def prove(self, statement: bytes) -> bytes:
        """Return the proof of a statement."""
        ...

    def verify(self, proof: bytes, statement: bytes) -> None:
        """Raise ``VaultError`` unless ``proof`` is one of the statement."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Proven:
    """The rows of a collection, the fields that their proof covers, and the field with the proof.

    A covered field changes only together with the proof. ``optional`` ones are covered where a row
    has them: to add or remove one breaks the proof.
    """

    collection: str
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()
    path: str = "proof"

    def statement(self, row: Mapping[str, Any]) -> bytes:
        """Return what the proof of a row covers; JSON, so that no two rows look alike."""
        content = {name: row.get(name) for name in ("_id", *self.fields)}
        content |= {name: row[name] for name in self.optional if name in row}
        return json.dumps(
            [self.collection, self.path, content], default=_as_text, sort_keys=True
        ).encode()

    def prove(self, prover: Prover, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row's content with its proof."""
        return {**row, self.path: prover.prove(self.statement(row))}

    def holds(self, prover: Prover, row: Mapping[str, Any]) -> bool:
        """Whether the row has a valid proof. A row without one may be planted: the log says so."""
        try:
            prover.verify(row.get(self.path) or b"", self.statement(row))
        except VaultError as error:
            _log.warning(
                "row_not_proven",
                collection=self.collection,
                row=row["_id"],
                field=self.path,
                reason=str(error),
            )
            return False
        return True


def _as_text(value: Any) -> Any:
    """Return a value that JSON lacks: a time in the database's milliseconds, others as text.

    A gateway writes no other types here. The proof of a planted row must fail, and not raise.
    """
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return f"{type(value).__name__}: {value!r}"


SERVICE_KEYS = Proven(
    collection="service_keys",
    fields=(
        "tenant",
        "label",
        "roles",
        "secret_hash",
        "created_at",
        "connectors",
        "expires_at",
        "assertion_keys",
    ),
)
SESSIONS = Proven(
    collection="sessions",
    fields=("tenant", "user", "created_at", "expires_at"),
    optional=("admin",),
)
LOGINS = Proven(
    collection="logins", fields=("kind", "cookie_hash", "return_to", "created_at", "expires_at")
)
ACCEPTED_LOGINS = Proven(
    collection="logins",
    fields=("tenant", "user", "verifier_hash"),
    optional=("admin",),
    path="accepted_proof",
)
"""The part of a hand-off that the host's answer sets."""
FLOWS = Proven(
    collection="oauth_state",
    fields=(
        "tenant",
        "owner",
        "user",
        "connector",
        "cookie_hash",
        "connection_config",
        "endpoints",
        "redirect_uri",
        "scopes",
        "reconnect",
        "return_to",
        "tool",
        "created_at",
        "expires_at",
    ),
    optional=("app",),
)
FLOW_ENDS = Proven(collection="oauth_state", fields=("end",), path="end_proof")
"""The part of a flow that its end sets, for a browser that waits for it."""

OAUTH_CLIENTS = Proven(
    collection="oauth_clients",
    fields=("name", "redirect_uris", "auth_method", "secret_hash", "refreshes", "created_at"),
)

PROVEN = (SERVICE_KEYS, SESSIONS, LOGINS, ACCEPTED_LOGINS, FLOWS, FLOW_ENDS, OAUTH_CLIENTS)
