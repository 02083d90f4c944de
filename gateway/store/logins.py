"""Attempts to sign in: the collection ``logins``. Ten minutes, used once.

The row's id is the SHA-256 of the value in the URL (OpenID Connect's ``state``, or the challenge of
a hand-off); the row holds the hash of the browser's cookie. A reader of the database cannot finish
a sign-in, and a writer cannot plant one (``gateway.store.proofs``). Expiry is checked here:
MongoDB's TTL monitor is housekeeping (security K1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.store.mongo import Database, Document
from gateway.store.proofs import ACCEPTED_LOGINS, LOGINS, Prover
from gateway.store.rows import read_fields, write_fields

LOGIN_LIFETIME = timedelta(minutes=10)


class LoginKind(StrEnum):
    """The login method of an attempt; an attempt of one kind cannot finish as another."""

    OIDC = "oidc"
    HANDOFF = "handoff"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLogin:
    """One attempt. The last four fields are set when the host accepts a hand-off."""

    id: str
    kind: LoginKind
    cookie_hash: str
    return_to: str
    created_at: datetime
    expires_at: datetime
    tenant: str | None = None
    user: str | None = None
    verifier_hash: str | None = None
    admin: bool = False


class LoginStore:
    """Attempts to sign in."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._rows = database.collection("logins")
        self._prover = prover

    async def add(self, login: StoredLogin) -> None:
        """Store a new attempt."""
        row = write_fields(login) | {"kind": login.kind.value, "used_at": None}
        del row["admin"]  # the host's answer sets it
        await self._rows.insert(LOGINS.prove(self._prover, row))

    async def accept(
        self,
        login_id: str,
        *,
        tenant: str,
        user: str,
        verifier_hash: str,
        now: datetime,
        admin: bool = False,
    ) -> StoredLogin | None:
        """Set the user of a hand-off; ``None`` if it is unknown, accepted, used or expired."""
        accepted: Document = {"tenant": tenant, "user": user, "verifier_hash": verifier_hash}
        if admin:
            accepted["admin"] = True
        proven = ACCEPTED_LOGINS.prove(self._prover, {"_id": login_id, **accepted})
        row = await self._rows.find_one_and_update(
            {
                "_id": login_id,
                "kind": LoginKind.HANDOFF.value,
                "verifier_hash": None,
                "used_at": None,
                "expires_at": {"$gt": now},
            },
            {"$set": {**accepted, ACCEPTED_LOGINS.path: proven[ACCEPTED_LOGINS.path]}},
            after=True,
        )
        return self._proven(row)

    async def claim(self, login_id: str, kind: LoginKind, now: datetime) -> StoredLogin | None:
        """Claim an attempt; ``None`` if it is unknown, used or expired. Only one caller gets it."""
        row = await self._rows.find_one_and_update(
            {"_id": login_id, "kind": kind.value, "used_at": None, "expires_at": {"$gt": now}},
            {"$set": {"used_at": now}},
            after=False,
        )
        return self._proven(row)

    def _proven(self, row: Document | None) -> StoredLogin | None:
        if row is None or not LOGINS.holds(self._prover, row):
            return None
        login = _read(row)
        is_proven = login.user is None or ACCEPTED_LOGINS.holds(self._prover, row)
        return login if is_proven else None

    async def forget(self, tenant: str, user: str) -> None:
        """Delete the accepted hand-offs of a user, so that none becomes a session."""
        await self._rows.delete_many({"tenant": tenant, "user": user})


def _read(row: Document) -> StoredLogin:
    return read_fields(StoredLogin, row, kind=LoginKind(row["kind"]))
