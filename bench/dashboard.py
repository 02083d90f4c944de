"""The dashboard with the whole catalog, for a signed-in person: its time, and its size."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx

from bench.compare import Server, compare, ratio
from bench.floor import BARE_PATH, Facts
from bench.load import Target
from bench.processes import (
    NotStarted,
    cpu_seconds,
    database_counters,
    running_floor,
    running_gateway,
)
from bench.report import Figure, Result
from bench.seed import PUBLIC_HOST, SEEDING_DRIVER, Place, Seeded, link, user_name
from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import ConnectorConfig
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.sessions import Sessions
from gateway.audit.trail import Audit
from gateway.clock import utc_now
from gateway.commands.connectors.known import MadeUp
from gateway.observe.metrics import Metrics
from gateway.settings.environment import ENV_FILE
from gateway.store.audit import AuditStore
from gateway.store.mongo import open_database
from gateway.store.sessions import SessionStore
from gateway.web.return_to import DASHBOARD

NAME = "dashboard"
ACCOUNTS = 10
MOST_MS, MOST_KIB = 50.0, 100.0
_CARD = re.compile(r'href="/connectors/([a-z0-9-]+)"')


def measure_dashboard(
    runner: asyncio.Runner,
    folder: Path,
    place: Place,
    seeded: Seeded,
    result: Result,
    *,
    driver: str,
    rounds: int,
    seconds: float,
) -> None:
    """Ask for the page on one connection, beside a bare route that answers as many bytes.

    The person has ``ACCOUNTS`` accounts, and each connector has an app. Raises ``NotStarted`` if
    the page is not what is meant to be measured.
    """
    env = MadeUp()
    catalog = Catalog(env)
    configs = [catalog.get(name) for name in CONNECTOR_CATALOG]  # asks for their variables
    apps = [config for config in configs if isinstance(config, ConnectorConfig)]
    cookie = runner.run(_signed_in(place, apps))
    request = f"GET {DASHBOARD} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\nCookie: {cookie}\r\n\r\n"
    home = folder / NAME  # where the gateway looks for its variables
    home.mkdir()
    (home / ENV_FILE).write_text("".join(f"{name}={value}\n" for name, value in env.items()))
    (home / ENV_FILE).chmod(0o600)
    with (
        running_gateway(home, NAME, place, driver, limits="session_requests=off") as port,
        database_counters(place.mongodb_url) as counters,
    ):
        page = _page(port, cookie)
        answers = {seeded.users[0]: {"padding": page}}
        with running_floor(home, Facts.of(place, driver, seeded, answers)) as floor:
            bare = f"GET {BARE_PATH} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\n\r\n"
            what = f"dashboard of {len(CONNECTOR_CATALOG)} connectors"
            servers = [
                Server(name=what, target=Target(ports=[port], requests=[request.encode()])),
                Server(
                    name=f"{what}: as many bytes",
                    target=Target(ports=[floor], requests=[bare.encode()]),
                ),
            ]
            began = cpu_seconds(NAME)
            cells = runner.run(compare(servers, [1], counters, rounds=rounds, seconds=seconds))
            used = cpu_seconds(NAME) - began
    result.add_cells(cells)
    measured = cells[what, 1]
    asked = 1 + sum(len(load.times) for cell in measured for load in (cell.warm_up, cell.load))
    name, other = (server.name for server in servers)
    result.figures += [
        Figure(
            name=f"{what}: answered within, p50",
            value=median(cell.load.percentile(50) for cell in measured),
            unit="ms",
            target=MOST_MS,
        ),
        Figure(name=f"{what}: CPU of the gateway", value=used / asked * 1000, unit="ms"),
        Figure(name=f"{what} / a bare GET route", value=ratio(cells, name, other, 1)),
        Figure(
            name=f"{what}: compressed",
            value=len(gzip.compress(page.encode())) / 1024,
            unit="KiB",
            target=MOST_KIB,
        ),
    ]


async def _signed_in(place: Place, apps: Sequence[ConnectorConfig]) -> str:
    """Link the person's accounts, each of another connector, and sign in: the cookie."""
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        sealer = place.sealer(database)
        for app in apps[:: len(apps) // ACCOUNTS][:ACCOUNTS]:
            await link(database, sealer, 0, scopes=tuple(app.scopes), connector=app.name)
        audit = Audit(AuditStore(database, None), utc_now, Metrics())
        sessions = Sessions(SessionStore(database, place.vault), utc_now, audit)
        secret = await sessions.begin(tenant=DEFAULT_TENANT, user=user_name(0))
        return f"__Host-gateway_session={secret.reveal()}"


def _page(port: int, cookie: str) -> str:
    headers = {"Host": PUBLIC_HOST, "Cookie": cookie}
    answer = httpx.get(f"http://127.0.0.1:{port}{DASHBOARD}", headers=headers, trust_env=False)
    shown = {*_CARD.findall(answer.text)} if answer.status_code == 200 else set()
    if missing := CONNECTOR_CATALOG.keys() - shown:
        raise NotStarted(f"the dashboard ({answer.status_code}) misses {sorted(missing)[:5]}")
    return answer.text
