"""A replica set of three real nodes that tests can kill, freeze and thaw."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from gateway.dev.children import child
from gateway.dev.mongod import find_mongod
from gateway.server.run import free_port
from tests.support.waiting import until

NAME = "three"
SETTINGS = {
    "electionTimeoutMillis": 5_000,
    "heartbeatTimeoutSecs": 5,
    "catchUpTimeoutMillis": 2_000,
}
"""The advice of docs/operations.md. MongoDB's default lets a frozen primary cost 20 seconds."""

_PRIMARY, _SECONDARY = 1, 2  # MongoDB's numbers of states


@dataclass
class Node:
    """A ``mongod`` process."""

    port: int
    process: subprocess.Popen[bytes]

    def client(self) -> MongoClient[dict[str, Any]]:
        """Return a client of this node alone."""
        options: dict[str, Any] = {
            "directConnection": True,
            "serverSelectionTimeoutMS": 1_000,
            "socketTimeoutMS": 2_000,
        }
        return MongoClient(f"mongodb://127.0.0.1:{self.port}", **options)

    def obeys(self, command: str, value: Any) -> bool:
        """Return whether it answers an administrator's command."""
        with self.client() as client:
            try:
                client.admin.command(command, value)
            except PyMongoError:
                return False  # not started yet, or not ready
        return True

    def is_primary(self) -> bool:
        """Return whether it reports itself as primary."""
        with self.client() as client:
            try:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
            except PyMongoError:
                return False

    def keeps_up(self) -> bool:
        """Return whether it is the primary, or a secondary that replicates."""
        with self.client() as client:
            try:
                status = client.admin.command("replSetGetStatus")
            except PyMongoError:
                return False
        return status["myState"] == _PRIMARY or (
            status["myState"] == _SECONDARY and bool(status["syncSourceHost"])
        )

    def freeze(self) -> None:
        """Stop it (SIGSTOP) with all its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue it (SIGCONT)."""
        self.process.send_signal(signal.SIGCONT)


@dataclass
class ReplicaSet:
    """Three nodes; ``url`` names them all."""

    folder: Path
    stack: AsyncExitStack
    nodes: list[Node] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the connection string."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"mongodb://{hosts}/?replicaSet={NAME}"

    def start(self, port: int) -> Node:
        """Start a node; its files persist over restarts."""
        data = self.folder / str(port)
        data.mkdir(exist_ok=True)
        command = [
            str(find_mongod()),
            "--dbpath",
            str(data),
            "--port",
            str(port),
            "--bind_ip",
            "127.0.0.1",
            "--replSet",
            NAME,
            "--oplogSize",
            "64",
            "--wiredTigerCacheSizeGB",
            "0.25",
            "--nounixsocket",
            "--setParameter",
            "diagnosticDataCollectionEnabled=false",
        ]
        process = self.stack.enter_context(child(command, log=self.folder / f"{port}.log"))
        return Node(port, process)

    async def initiate(self) -> None:
        """Make the nodes a replica set with MongoDB's defaults, and wait for its primary."""

        def initiated() -> bool:
            members = [
                {"_id": number, "host": f"127.0.0.1:{node.port}"}
                for number, node in enumerate(self.nodes)
            ]
            return self.nodes[0].obeys(
                "replSetInitiate", {"_id": NAME, "members": members, "settings": SETTINGS}
            )

        async def done() -> bool:
            return await asyncio.to_thread(initiated)

        async def elected() -> bool:
            # Otherwise it would wait for the election time-out.
            return await asyncio.to_thread(self.nodes[0].obeys, "replSetStepUp", 1)

        await until(done)
        await until(elected)
        await self.primary()

    async def primary(self) -> Node:
        """Wait for a node that accepts writes, and return it."""
        found: list[Node] = []

        async def is_there() -> bool:
            answers = await asyncio.gather(
                *(asyncio.to_thread(node.is_primary) for node in self.nodes)
            )
            found[:] = [node for node, yes in zip(self.nodes, answers, strict=True) if yes]
            return bool(found)

        await until(is_there)
        return found[0]

    async def whole(self) -> None:
        """Wait until every node replicates.

        A node that comes back and chooses a node to follow waits 20 s if that one freezes then.
        Meanwhile there is no majority: two nodes of three would be away.
        """

        async def all_keep_up() -> bool:
            return all(
                await asyncio.gather(*(asyncio.to_thread(node.keeps_up) for node in self.nodes))
            )

        await until(all_keep_up)

    def kill(self, node: Node) -> None:
        """``kill -9``."""
        node.process.kill()
        node.process.wait()

    def start_again(self, node: Node) -> None:
        """Start a node that was killed."""
        node.process = self.start(node.port).process


@asynccontextmanager
async def running_replica_set(folder: Path) -> AsyncIterator[ReplicaSet]:
    """Run three nodes while the context lasts."""
    async with AsyncExitStack() as stack:
        replica_set = ReplicaSet(folder, stack)
        ports: set[int] = set()
        while len(ports) < 3:
            ports.add(free_port())
        replica_set.nodes = [replica_set.start(port) for port in ports]
        try:
            await replica_set.initiate()
            yield replica_set
        finally:
            for node in replica_set.nodes:
                replica_set.kill(node)  # frozen or not; its files are removed, too
