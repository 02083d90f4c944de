"""Discovery of many tools for one user, in this process: its time and its queries."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import httpx

from bench.processes import DatabaseCounters, NotStarted
from bench.report import Figure, Result
from bench.seed import CREDENTIALS, SEEDING_DRIVER, Place
from connectors.catalog import Catalog
from gateway.access.identity import DEFAULT_TENANT
from gateway.audit.trail import Audit
from gateway.clock import utc_now
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.provider import Provider
from gateway.store.audit import AuditStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.mongo import open_database
from gateway.store.policies import PolicyStore
from gateway.tools.discovery import Discovery, Wanted
from gateway.tools.policy import Policies
from gateway.tools.registry import Registry, Tool
from gateway.wiring.core import core_services

MOST_MS = 50.0
MOST_QUERIES = 4.0
NAME = "discovery of {count} tools"


@dataclass(frozen=True)
class ManyTools(Registry):
    """A registry of ``count`` tools: copies of those that come with the gateway."""

    made: Sequence[Tool]

    async def loaded(self) -> None:
        """Return at once: they are made already."""

    def tools(self) -> Sequence[Tool]:
        """Every tool."""
        return self.made


def many_tools(catalog: Catalog, count: int) -> ManyTools:
    """Return ``count`` tools; raise ``NotStarted`` if there is none to copy."""
    known = Registry(catalog).tools()
    if not known:
        raise NotStarted("there are no tools")
    copies = (
        replace(known[number % len(known)], name=f"{known[number % len(known)].name}_{number}")
        for number in range(count)
    )
    return ManyTools(tuple(sorted(copies, key=lambda tool: tool.name)))


async def measure_discovery(
    place: Place, user: str, counters: DatabaseCounters, result: Result, *, count: int, rounds: int
) -> None:
    """Add the time and the queries of one discovery, as medians of ``rounds``."""
    catalog, policy, metrics = Catalog(CREDENTIALS), EgressPolicy(), Metrics()
    times, queries = [], []
    async with (
        open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database,
        httpx.AsyncClient() as client,
    ):
        audit, watch = Audit(AuditStore(database, None), utc_now, metrics), Watch(database)
        core = core_services(
            catalog=catalog,
            database=database,
            watch=watch,
            provider=Provider(Outbound(client, policy, Bulkhead(metrics)), utc_now),
            vault=place.vault,
            public_addresses=PublicAddresses(policy=policy),
            redirect_uri=lambda name: f"https://gateway.example/{name}",
            clock=utc_now,
            metrics=metrics,
            audit=audit,
        )
        discovery = Discovery(
            registry=many_tools(catalog, count),
            catalog=catalog,
            availability=core.availability,
            policies=Policies(
                PolicyStore(database), Cache(watch.freshness, database.notices), audit
            ),
        )
        found = await (await discovery.look(DEFAULT_TENANT, user)).find(Wanted())  # makes the index
        if not found:
            raise NotStarted("the user is shown no tool")
        for _ in range(rounds):
            before, began = counters.read()[0], time.perf_counter()
            await (await discovery.look(DEFAULT_TENANT, user)).find(Wanted())
            times.append((time.perf_counter() - began) * 1000)
            queries.append(counters.read()[0] - before)
    name = NAME.format(count=count)
    result.figures += [
        Figure(name=name, value=median(times), unit="ms", target=MOST_MS),
        Figure(name=f"{name}, queries", value=median(queries), unit="queries", target=MOST_QUERIES),
    ]
