"""Attempts to connect: the collection ``oauth_state``. Ten minutes, used once.

The row's id is the SHA-256 of the state; the row holds neither the state nor the flow cookie in
clear, the verifier is sealed, and only a row with a valid proof is an attempt (security A11,
``gateway.store.proofs``). Expiry is checked here: MongoDB's TTL monitor is
housekeeping and may be minutes late (K1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from gateway.digest import sha256_hex
from gateway.store.mongo import Database, Document
from gateway.store.proofs import FLOW_ENDS, FLOWS, Prover
from gateway.store.rows import read_fields

FLOW_LIFETIME = timedelta(minutes=10)
MOST_OPEN = 10
"""The most open attempts of one user; a newer one replaces the oldest (L1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowEnd:
    """How an attempt ended, for the person: the page to go to, and what it says.

    ``outcome`` is a name of ``gateway.web.outcomes``. ``account`` is the id of the connection that
    was made; ``reference`` is the id of the request that failed.
    """

    page: str
    outcome: str
    account: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """One attempt. ``verifier`` is sealed; it is empty before it is stored and after a claim.

    ``user`` began it, ``owner`` gets the connection. The provider is asked for ``scopes``. ``app``
    is the tenant's own OAuth app, ``None`` for the deployment's. ``end`` is ``None`` until the work
    of its callback is done.
    """

    id: str
    tenant: str
    user: str
    owner: str
    connector: str
    cookie_hash: str
    verifier: bytes = field(default=b"", repr=False)
    connection_config: Mapping[str, str]
    token_url: str
    redirect_uri: str
    scopes: tuple[str, ...]
    reconnect: str | None
    return_to: str
    tool: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    app: str | None = None
    end: FlowEnd | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the flow can still be claimed."""
        return self.used_at is None and self.expires_at > now


def flow_id(state: str) -> str:
    """Return the row id of a state."""
    return sha256_hex(state)


class FlowStore:
    """Connect attempts."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._rows = database.collection("oauth_state")
        self._prover = prover

    async def add(self, flow: Flow, sealed_verifier: bytes) -> None:
        """Store a new attempt, with its verifier sealed for this flow's row."""
        row = {
            "_id": flow.id,
            "tenant": flow.tenant,
            "owner": flow.owner,
            "user": flow.user,
            "connector": flow.connector,
            "cookie_hash": flow.cookie_hash,
            "verifier": sealed_verifier,
            "connection_config": dict(flow.connection_config),
            "endpoints": {"token_url": flow.token_url},
            "redirect_uri": flow.redirect_uri,
            "scopes": list(flow.scopes),
            "reconnect": flow.reconnect,
            "return_to": flow.return_to,
            "tool": flow.tool,
            "created_at": flow.created_at,
            "expires_at": flow.expires_at,
            "used_at": None,
        }
        if flow.app is not None:
            row["app"] = flow.app
        await self._rows.insert(FLOWS.prove(self._prover, row))

    async def keep_newest(self, tenant: str, user: str, now: datetime) -> int:
        """Delete the user's open attempts except the newest ``MOST_OPEN``; return how many.

        Call it after ``add``: of concurrent calls, the last one sees the rows of all.
        """
        mine = {"tenant": tenant, "user": user} | _open(now)
        newest = [("created_at", -1), ("_id", -1)]
        found = await self._rows.find(mine, sort=newest, projection={"_id": True})
        ids = [row["_id"] for row in found[MOST_OPEN:]]
        # An attempt that is claimed meanwhile stays: its person has come back from the provider.
        return await self._rows.delete_many({"_id": {"$in": ids}} | _open(now)) if ids else 0

    async def count_open(self, now: datetime) -> int:
        """Count the open attempts of all users and tenants."""
        return await self._rows.count(_open(now))

    async def claim(self, state: str, now: datetime) -> Flow | None:
        """Claim the flow of ``state``; ``None`` if it is unknown, used or expired.

        Atomic: of simultaneous callbacks, one gets it. The verifier is removed from the row.
        """
        row = await self._rows.find_one_and_update(
            {"_id": flow_id(state)} | _open(now),
            {"$set": {"used_at": now, "verifier": b""}},
            after=False,
        )
        return self._proven(row)

    async def end(self, flow: Flow, end: FlowEnd) -> None:
        """Store how a claimed flow ended; a flow ends once."""
        proven = FLOW_ENDS.prove(self._prover, {"_id": flow.id, "end": asdict(end)})
        await self._rows.update_one(
            {
                "_id": flow.id,
                "tenant": flow.tenant,
                "user": flow.user,
                "used_at": {"$ne": None},
                "end": None,
            },
            {"$set": {"end": proven["end"], FLOW_ENDS.path: proven[FLOW_ENDS.path]}},
        )

    async def end_all(self, tenant: str, user: str) -> None:
        """Delete every attempt of a user, claimed ones included: none of them is finished."""
        await self._rows.delete_many({"tenant": tenant, "user": user})

    async def get(self, state: str) -> Flow | None:
        """Return the flow of ``state``, even if it is used or expired."""
        return self._proven(await self._rows.find_one({"_id": flow_id(state)}))

    async def find(self, tenant: str, user: str, row_id: str) -> Flow | None:
        """Return a flow of this user by its row's id, even if it is used or expired."""
        query = {"_id": row_id, "tenant": tenant, "user": user}
        return self._proven(await self._rows.find_one(query))

    def _proven(self, row: Document | None) -> Flow | None:
        if row is None or not FLOWS.holds(self._prover, row):
            return None
        is_told = row.get("end") is not None and FLOW_ENDS.holds(self._prover, row)
        return _read(row, FlowEnd(**row["end"]) if is_told else None)


def _open(now: datetime) -> Document:
    return {"used_at": None, "expires_at": {"$gt": now}}


def _read(row: Document, end: FlowEnd | None = None) -> Flow:
    return read_fields(
        Flow,
        row,
        token_url=row["endpoints"]["token_url"],
        verifier=row.get("verifier") or b"",
        scopes=tuple(row["scopes"]),
        end=end,
    )
