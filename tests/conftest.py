"""Fixtures of the whole suite. Real parts: a mongod, and the sandbox as its own process."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from inspect import isasyncgenfunction, iscoroutinefunction
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from hypothesis import HealthCheck, settings
from pydantic import SecretStr
from pymongo import MongoClient

from gateway.dev.mongod import temporary_mongod
from gateway.observe.logs import add_request_id
from gateway.sandbox.link import SandboxLink, link_sandbox
from gateway.settings.environment import Driver, Settings
from gateway.store.migrations import prepare
from gateway.store.mongo import Database, open_database
from gateway.testing.contract import ConnectorContract
from gateway.testing.mutants.chosen import changed
from tests.support.gateway import KEYS, PREPARED, FakeClock, Harness, running_gateway
from tests.support.sandbox import SandboxProcess, running_sandbox

pytest_plugins = ["tests.support.requirements"]

T = TypeVar("T")

GATEWAY_URL = "http://localhost:3141"
"""The gateway's address in tests that run it in this process; nothing listens there."""

DATABASE = "test"
"""The database of a test; see ``database_name``."""


# A busy machine takes longer for an example: no test fails for that.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Plain tracebacks: drawing one with rich takes half a second. Configured once for all tests,
# because a test that captures logs changes this very list.
structlog.configure(
    processors=[
        add_request_id,
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


LONG = tuple(
    line
    for line in Path(__file__).with_name("long.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
"""What `make test-all` runs, and `make test` does not; see the file."""

FAMILIES = ("google", "notion", "openai", "salesforce", "shopify", "slack", "stripe", "zendesk")
"""Connectors that differ most. ``make test`` runs their contracts and those of changed connectors;
``make test-all`` runs all others."""

CONTRACTS = {
    path: path.stem.removeprefix("test_").removesuffix("_provider")
    for path in Path(__file__).with_name("connectors").glob("test_*_provider.py")
}
"""The contracts of our connectors -> the connector's module."""

FAULTS_OF_A_CONTRACT = "test_refusals"
"""The part of each connector's contract that belongs to `make test-all`, too: its provider fails in
dozens of ways. `make test T=…` runs it with the rest of the file."""

STARTS_PROCESSES = (
    "commands",
    "connectors/test_catalog.py",
    "scripts",
    "test_docs.py",
    "test_guide.py",
    "test_key_guide.py",
    "test_requirements.py",
    "testing",
)
"""More tests that `make quick` leaves out: they run commands, or contracts with a database."""

PROCESS_FIXTURES = {"mongodb_url", "sandbox_process"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import what ``-m`` leaves out: that takes seconds in each process of a run."""
    return (
        True
        if config.option.markexpr in {"not long", "quick"} and _is_long(collection_path)
        else None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `make test-all` as ``long``, and those of `make quick` as ``quick``."""
    for path, tests in groupby(items, lambda item: item.path):
        long, quick = _is_long(path), not _is_in(path, STARTS_PROCESSES)
        for item in tests:
            assert isinstance(item, pytest.Function)
            is_contract = item.cls is not None and issubclass(item.cls, ConnectorContract)
            if long or (is_contract and item.originalname == FAULTS_OF_A_CONTRACT):
                item.add_marker("long")
            elif item.get_closest_marker("long"):
                continue
            elif quick and not is_contract and not PROCESS_FIXTURES & {*item.fixturenames}:
                item.add_marker("quick")


def pytest_collection_finish() -> None:
    """Let the garbage collector leave the collected tests alone, which it would read each time."""
    gc.collect()
    gc.freeze()


def _is_long(path: Path) -> bool:
    return _is_in(path, LONG) or (path in CONTRACTS and CONTRACTS[path] not in _sample())


@cache
def _sample() -> frozenset[str]:
    """The connectors whose contracts `make test` runs, by the names of their modules."""
    return frozenset({*FAMILIES, *changed(sorted(CONTRACTS.values()), Path(__file__).parents[1])})


def _is_in(path: Path, names: Sequence[str]) -> bool:
    inside = f"{path}/".removeprefix(f"{Path(__file__).parent}/")
    return inside.startswith(tuple(f"{name}/" for name in names))


@pytest.hookimpl(tryfirst=True)  # before anyio wraps the function
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> None:
    """Refuse an asynchronous fixture of the session.

    Its event loop would belong to this thread until the last test, and a test that runs a loop of
    its own could not begin.
    """
    is_async = iscoroutinefunction(fixturedef.func) or isasyncgenfunction(fixturedef.func)
    if is_async and fixturedef.scope == "session":
        pytest.fail(
            f"{fixturedef.argname}: no asynchronous fixture may live as long as the session"
        )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting and no credential of the developer's own shell reaches a test."""
    for name in os.environ:
        if name.startswith(("GATEWAY_", "OAUTH_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _restored_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that configures the logs, as every command does, does so for itself alone."""
    root, configuration = logging.getLogger(), structlog.get_config()
    configure = structlog.configure
    # A capture of logs changes this list in place: one that outlives its test would keep all lines.
    processors = [*configuration["processors"]]

    def configure_uncached(**options: Any) -> None:
        # A module's logger that is cached keeps the configuration of the test that used it first.
        configure(**options | {"cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", configure_uncached)
    handlers, level = root.handlers[:], root.level
    levels = {
        name: (logger.level, logger.handlers[:], logger.propagate)
        for name, logger in root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    yield
    configure(**configuration | {"processors": processors})
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, logger in list(root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            before, own, propagate = levels.get(name, (logging.NOTSET, [], True))
            if logger.level != before:  # setting it empties the caches of all loggers
                logger.setLevel(before)
            logger.handlers[:] = own
            logger.propagate = propagate


@pytest.fixture(scope="session")
def mongodb_url() -> Iterator[str]:
    """A real replica set, shared by the whole run.

    Nothing expires by MongoDB's clock meanwhile, since many tests move the gateway's clock.
    """
    with temporary_mongod() as url:
        with MongoClient[dict[str, Any]](url) as client:
            client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
        yield url


@pytest.fixture(scope="session")
def mongodb_client(mongodb_url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    """For the fixtures around the tests. ``DATABASE`` is prepared, by a loop of another thread."""
    _in_a_loop_of_its_own(_prepare(mongodb_url))
    PREPARED.add((mongodb_url, DATABASE))
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        yield client


def _in_a_loop_of_its_own(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` in another thread: a test's loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _prepare(mongodb_url: str) -> None:
    async with open_database(mongodb_url, DATABASE, Driver.PYMONGO) as opened:
        await prepare(opened)
        await opened.collection("migrations").delete_many({})


@pytest.fixture
def database_name(mongodb_client: MongoClient[dict[str, Any]]) -> Iterator[str]:
    """The name of a database with its indexes and without documents, for this test alone.

    All tests of a process share it, and each one empties it: creating and dropping fifty indexes
    takes longer than most tests.
    """
    yield DATABASE
    database = mongodb_client[DATABASE]
    names = [*database.list_collection_names()]
    for name in [name for name in names if name.startswith("system.")]:
        database.drop_collection(name)
        names.remove(name)
    # One question for all: most collections are empty after most tests.
    others = [{"$unionWith": {"coll": name, "pipeline": _one(name)}} for name in names]
    for row in database["nothing"].aggregate([*_one("nothing"), *others]):
        database[row["name"]].delete_many({})


def _one(name: str) -> list[dict[str, Any]]:
    """A pipeline: the collection's name, if it holds a document."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]


@pytest.fixture
def driver() -> Driver:
    """The default driver of MongoDB. The tests of ``tests/store`` run on each."""
    default: Driver = Settings.model_fields["mongodb_driver"].default
    return default


@pytest.fixture
async def database(mongodb_url: str, database_name: str, driver: Driver) -> AsyncIterator[Database]:
    """An empty database with its indexes."""
    async with open_database(mongodb_url, database_name, driver) as opened:
        yield opened


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with running_sandbox(folder, GATEWAY_URL) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """The simulated providers, with nothing switched on."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture(scope="session")
def sandbox_link(sandbox_process: SandboxProcess) -> SandboxLink:
    """How a gateway without variables of its own is connected to the sandbox: always the same."""
    settings = Settings(
        mode="dev",
        mongodb_url=SecretStr("mongodb://localhost"),
        encryption_keys=SecretStr(KEYS),
        sandbox=sandbox_process.url,
    )
    return _in_a_loop_of_its_own(link_sandbox(settings, {}))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """Settings of ``gateway`` that a file's tests need in addition: it overrides this."""
    return {}


@pytest.fixture
async def gateway(
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    sandbox_link: SandboxLink,
    clock: FakeClock,
    more_settings: dict[str, Any],
) -> AsyncIterator[Harness]:
    """A gateway with the sandbox's connectors, on an empty database."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        link=sandbox_link,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        **more_settings,
    ) as harness:
        yield harness
