"""The refresh storm: a token is over, and a thousand callers ask two processes for it at once.

The provider is the sandbox's strict one: its refresh tokens are used once, and a second use ends
the grant. It is told how long an answer takes and how long a token lives. Callers wait on open
connections until the expiry, so that their first request and the expiry are one moment.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from pymongo import MongoClient

from bench.load import Load, Target, run_load
from bench.processes import ROOT, cpu_ms, running_gateway, running_provider
from bench.provider import SECONDS_PATH
from bench.report import Figure, Result, Storm
from bench.seed import SEEDING_DRIVER, Place, Seeded, create_key, link, user_name
from connectors.catalog import Catalog
from connectors.environment import variable
from connectors.sandbox import SimulatedProvider
from connectors.sandbox.airtable import PROVIDER
from connectors.secret import Secret
from gateway.clock import utc_now
from gateway.sandbox.ledger import Grant, Ledger, RefreshToken
from gateway.store.indexes import create_indexes
from gateway.store.mongo import open_database
from gateway.store.owners import owner_of

PROCESSES = 2
TOKEN_SECONDS = 6
"""How long a token lives: longer than a storm and the calm after it, so that each is one expiry."""
PATIENCE_SECONDS = 30.0
MOST_MS = 400.0
"""The longest that a storm may last beyond the provider, in milliseconds."""


@dataclass(frozen=True, kw_only=True)
class StormPlan:
    """``callers`` on one account, then on ``accounts``; ``delay`` is the provider's, in seconds."""

    callers: int
    accounts: int
    delay: float
    rounds: int
    driver: str


@dataclass(frozen=True, kw_only=True)
class StormRound:
    """One storm, a burst of as many callers after it, and the seconds of the provider's answers.

    ``cpu`` is what the storm took of the processors, in milliseconds by role.
    """

    load: Load
    calm: Load
    provider: Sequence[float]
    cpu: Mapping[str, float]


def measure_storms(
    runner: asyncio.Runner,
    folder: Path,
    place: Place,
    plan: StormPlan,
    result: Result,
    tree: Path = ROOT,
) -> None:
    """Run storms against the processes of the checkout ``tree``; add them to ``result``."""
    files = folder / f"provider-{place.database}"
    files.mkdir()
    seeded = runner.run(_seed(place, files, PROVIDER, 1 + plan.accounts))
    with _running(files, place, plan, tree) as (ports, provider):
        for users in (seeded.users[:1], seeded.users[1:]):
            target = _target(Seeded(key=seeded.key, users=users), ports, PROVIDER.name)
            # The first one is not measured: all that is made once is made in it.
            done = [
                runner.run(_storm(place, target, provider, plan, users))
                for _ in range(1 + plan.rounds)
            ][1:]
            storm = storm_of(plan.callers, len(users), done)
            result.storms.append(storm)
            name = f"refresh storm, {plan.callers} callers on {_accounts(len(users))}"
            name += "" if tree == ROOT else ", before"
            result.figures.append(
                Figure(
                    name=f"{name}, beyond the provider",
                    value=storm.beyond,
                    unit="ms",
                    target=MOST_MS if tree == ROOT else None,
                )
            )
            for each in done:
                result.failures.update(failures_of(name, len(users), each))


def storm_of(callers: int, accounts: int, rounds: Sequence[StormRound]) -> Storm:
    """The medians of ``rounds``."""
    served = [each.load.seconds * 1000 for each in rounds]
    provider = [max(each.provider, default=0.0) * 1000 for each in rounds]
    beyond = [all_ - theirs for all_, theirs in zip(served, provider, strict=True)]
    return Storm(
        callers=callers,
        accounts=accounts,
        served=median(served),
        provider=median(provider),
        beyond=median(beyond),
        worst=max(beyond),
        calm=median(each.calm.seconds * 1000 for each in rounds),
        cpu={role: median(each.cpu.get(role, 0.0) for each in rounds) for role in rounds[0].cpu},
    )


def failures_of(name: str, accounts: int, each: StormRound) -> Counter[str]:
    """Count a storm's failures: requests, and refreshes other than one per account."""
    found = Counter(each.load.failures)
    found.update({f"calm: {reason}": count for reason, count in each.calm.failures.items()})
    if len(each.provider) != accounts:
        found[f"{len(each.provider)} refreshes"] += 1
    return Counter({f"{name}: {reason}": count for reason, count in found.items()})


@contextmanager
def _running(
    files: Path, place: Place, plan: StormPlan, tree: Path
) -> Iterator[tuple[list[int], str]]:
    with ExitStack() as stack:
        provider = stack.enter_context(running_provider(files, plan.delay))
        form = {"provider": PROVIDER.name, "access_token_seconds": str(TOKEN_SECONDS)}
        httpx.post(f"{provider}/_sandbox/settings", data=form, trust_env=False)
        ports = [
            stack.enter_context(
                running_gateway(
                    files,
                    f"storm-{number}",
                    place,
                    plan.driver,
                    tree,
                    mode="dev",
                    public_url="http://localhost",
                    sandbox=provider,
                    data_dir=str(files),
                    # Else some wait for others, and the provider's time would count several times.
                    provider_concurrency=str(plan.accounts),
                )
            )
            for number in range(PROCESSES)
        ]
        yield ports, provider


async def _seed(place: Place, files: Path, rules: SimulatedProvider, accounts: int) -> Seeded:
    """Accounts whose token is over already, on both sides: in the database, and at the provider."""
    ledger = Ledger(file=files / "sandbox.json")
    variables = {
        variable(rules.name, "CLIENT_ID"): rules.client_id,
        variable(rules.name, "CLIENT_SECRET"): rules.client_secret,
    }
    scopes = tuple(Catalog(variables).oauth(rules.name).scopes)
    users = [user_name(number) for number in range(accounts)]
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        await create_indexes(database)
        for number, user in enumerate(users):
            token = f"{rules.grant.refresh_token_prefix}{user}"
            ledger.refresh_tokens[token] = RefreshToken(grant=user)
            ledger.grants[user] = Grant(
                id=user,
                provider=rules.name,
                tenant="",
                account=rules.accounts[0].key,
                scopes=list(scopes),
                params={},
            )
            await link(
                database,
                place.sealer(database),
                number,
                scopes=scopes,
                connector=rules.name,
                refresh=Secret(token),
                expires_at=utc_now(),
            )
        key = await create_key(database, place.vault)
    ledger.save()
    return Seeded(key=key, users=users)


def _target(seeded: Seeded, ports: Sequence[int], connector: str) -> Target:
    target = seeded.target(*ports, connector=connector)
    # Connections take the ports in turn: every process is asked for every account.
    requests = [request for request in target.requests for _ in ports]
    return Target(ports=ports, requests=requests)


async def _storm(
    place: Place, target: Target, provider: str, plan: StormPlan, users: Sequence[str]
) -> StormRound:
    expiry = await asyncio.to_thread(_last_expiry, place, users)

    before: dict[str, float] = {}

    async def until_expiry() -> None:
        await asyncio.sleep(max(0.0, expiry - time.time()))
        before.update(cpu_ms())

    async with httpx.AsyncClient(base_url=provider, trust_env=False) as client:
        await client.get(SECONDS_PATH)  # what was before does not count
        load = await run_load(
            target,
            connections=plan.callers,
            limit=plan.callers,
            seconds=PATIENCE_SECONDS,
            gate=until_expiry,
        )
        cpu = {role: used - before[role] for role, used in cpu_ms().items()}
        times = (await client.get(SECONDS_PATH)).json()
        calm = await run_load(
            target, connections=plan.callers, limit=plan.callers, seconds=PATIENCE_SECONDS
        )
        return StormRound(load=load, calm=calm, provider=times, cpu=cpu)


def _last_expiry(place: Place, users: Sequence[str]) -> float:
    """When the last of the users' tokens is over, in epoch seconds."""
    owners = [owner_of(user) for user in users]
    with MongoClient[dict[str, Any]](place.mongodb_url, tz_aware=True) as client:
        rows = client[place.database]["connections"].find({"owner": {"$in": owners}})
        return max(float(row["expires_at"].timestamp()) for row in rows)


def _accounts(number: int) -> str:
    return "one account" if number == 1 else f"{number} accounts"
