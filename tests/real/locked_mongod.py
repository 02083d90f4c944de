"""A ``mongod`` as in production: a replica set with authentication."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from gateway.dev.children import child
from gateway.dev.mongod import find_mongod
from gateway.server.run import free_port

NAME = "rs0"
START_SECONDS = 60


@contextmanager
def running_locked_mongod(
    folder: Path, *, user: str, roles: Sequence[dict[str, str]], database: str
) -> Iterator[str]:
    """Run a replica set of one node; yields the address for ``user``, who has these roles only."""
    port = free_port()
    (folder / "data").mkdir(parents=True)
    key_file = folder / "key"
    key_file.touch(mode=0o400)
    key_file.chmod(0o600)
    key_file.write_bytes(base64.b64encode(secrets.token_bytes(48)))
    key_file.chmod(0o400)
    command = [
        str(find_mongod()),
        "--dbpath",
        str(folder / "data"),
        "--port",
        str(port),
        "--bind_ip",
        "127.0.0.1",
        "--replSet",
        NAME,
        "--keyFile",
        str(key_file),
        "--auth",
        "--oplogSize",
        "64",
        "--wiredTigerCacheSizeGB",
        "0.25",
        "--nounixsocket",
        "--setParameter",
        "diagnosticDataCollectionEnabled=false",
    ]
    password = "p@ss:/" + secrets.token_urlsafe(16)  # characters that an address must escape
    with child(command, log=folder / "mongod.log"):
        _prepare(port, database, {"user": user, "pwd": password, "roles": [*roles]})
        yield (
            f"mongodb://{user}:{quote(password, safe='')}@127.0.0.1:{port}/"
            f"?replicaSet={NAME}&authSource={database}"
        )


def _prepare(port: int, database: str, user: dict[str, Any]) -> None:
    """Initiate the set and create the user.

    The administrator is created through the localhost exception, before authentication is enforced.
    """
    address = f"mongodb://127.0.0.1:{port}"
    options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 500}
    administrator = secrets.token_urlsafe(16)
    deadline = time.monotonic() + START_SECONDS
    with MongoClient[dict[str, Any]](address, **options) as client:
        members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
        _until(deadline, lambda: _initiated(client, members))
        _until(deadline, lambda: bool(client.admin.command("hello")["isWritablePrimary"]))
        client.admin.command("createUser", "administrator", pwd=administrator, roles=["root"])
    with MongoClient[dict[str, Any]](
        address, username="administrator", password=administrator, **options
    ) as client:
        client[database].command("createUser", user["user"], pwd=user["pwd"], roles=user["roles"])


def _initiated(client: MongoClient[dict[str, Any]], members: list[dict[str, Any]]) -> bool:
    client.admin.command("replSetInitiate", {"_id": NAME, "members": members})
    return True


def _until(deadline: float, done: Callable[[], bool]) -> None:
    while True:
        try:
            if done():
                return
        except PyMongoError:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "mongod has no primary"
        time.sleep(0.05)  # the other process sends no event to wait for
