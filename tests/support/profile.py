"""The queries that MongoDB's profiler recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient

Command = dict[str, Any]


class Profile:
    """The commands of one database since ``mark``."""

    def __init__(self, database: Any) -> None:
        self._database = database

    async def mark(self) -> None:
        """Forget what was asked so far."""
        await self._database.command({"profile": 0})
        await self._database.drop_collection("system.profile")
        await self._database.command({"profile": 2})

    async def asked(self) -> list[tuple[str, Command]]:
        """``(collection, command)`` of everything that was asked, oldest first."""
        found = []
        async for entry in self._database["system.profile"].find({}, sort=[("$natural", 1)]):
            collection = entry["ns"].partition(".")[2]
            told = entry.get("command", {})
            # Change streams are kept open whether or not anybody asks the gateway anything.
            changes = entry["op"] == "getmore" or "$changeStream" in str(told.get("pipeline"))
            if collection not in {"system.profile", "$cmd"} and not changes:
                found.append((collection, told))
        return found


@asynccontextmanager
async def profiling(mongodb_url: str, database_name: str) -> AsyncIterator[Profile]:
    """A profile of the database, from now until the context ends."""
    client: AsyncMongoClient[Any] = AsyncMongoClient(mongodb_url)
    try:
        profile = Profile(client[database_name])
        await profile.mark()
        yield profile
        await client[database_name].command({"profile": 0})
    finally:
        await client.close()
