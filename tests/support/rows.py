"""Raw rows of the gateway's database."""

from __future__ import annotations

from typing import Any

from gateway.store.mongo import Database, Document


class Rows:
    """The rows of one database, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def flows(self) -> list[Document]:
        """The attempts to connect."""
        return await self._database.collection("oauth_state").find({}, sort=[("created_at", 1)])

    async def connections(self) -> list[Document]:
        """The linked accounts."""
        return await self._database.collection("connections").find({}, sort=[("created_at", 1)])

    async def sessions(self) -> list[Document]:
        """The signed-in browsers."""
        return await self._database.collection("sessions").find({}, sort=[("created_at", 1)])

    async def logins(self) -> list[Document]:
        """The attempts to sign in somewhere else."""
        return await self._database.collection("logins").find({}, sort=[("created_at", 1)])

    async def flow(self) -> Document:
        """The only attempt to connect."""
        (row,) = await self.flows()
        return row

    async def connection(self) -> Document:
        """The only linked account."""
        (row,) = await self.connections()
        return row

    async def change_key(self, key_id: str, **fields: Any) -> None:
        """Change a service key's row, as a writer of the database."""
        changed = await self._database.collection("service_keys").update_one(
            {"_id": key_id}, {"$set": fields}
        )
        assert changed, f"no key {key_id}"

    async def change_connection(self, connection_id: str, **fields: Any) -> None:
        """Make a linked account what no provider of the sandbox would make it."""
        changed = await self._database.collection("connections").update_one(
            {"_id": connection_id}, {"$set": fields}
        )
        assert changed, f"no connection {connection_id}"
