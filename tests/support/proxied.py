"""A gateway on a real socket in front of a ``StrictProvider``, and connectors that lead there.

"Relay" has OAuth and a host for each tenant. The others take a key of the platform, each in another
place of the request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from gateway.access.service_keys import Role
from gateway.store.connection import Connection
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.linking import new_connection, save
from tests.support.loopback import loopback_client
from tests.support.provider import StrictProvider
from tests.support.sealing import tokens
from tests.support.serving import serving

KEY = "ky-5c1e9d7b3f20a8647d0c4b1e"
USER, PASSWORD = "user-1", "pw-9f8a2356e0b6d3c5"

_RELAY = '''
"""Relay connector: a host for each tenant."""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, account_lookup, app


def create_config(env):
    return ConnectorConfig(
        **app("relay", env),
        display_name="Relay",
        description="An invented service.",
        category="other",
        docs_url="https://relay.example/docs",
        console_url="https://relay.example/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://auth.relay.example/authorize",
        token_url="https://auth.relay.example/token",
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        connection_config={
            "tenant": ConnectionInput(
                title="Tenant",
                description="The name in your address.",
                example="acme",
                pattern=r"[a-z0-9-]{1,40}",
                suffix=".relay.example",
            )
        },
        fetch_account_info=account_lookup(id="id", label="name"),
        api_base_url="https://${connection_config.tenant}.relay.example/api/v1",
        api_hosts=("files.relay.example", "*.relay.example"),
    )
'''

_PLACED = '''
"""A connector with a key in one place."""

from datetime import date

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod


def create_config(env):
    return KeyConnectorConfig(
        name="{name}",
        display_name="Placed",
        description="An invented service.",
        category="other",
        docs_url="https://placed.example/docs",
        console_url="https://placed.example/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="{base}",
        key=KeyMethod(
            inputs={{
                name: ConnectionInput(
                    title="Value",
                    description="A value.",
                    example=example,
                    pattern=r"[a-z0-9-]{{6,40}}",
                    secret=name != "user",
                    where="https://placed.example/keys",
                )
                for name, example in {inputs}.items()
            }},
            {place},
        ),
    )
'''
_API = "https://api.placed.example/api/v1"
_ONE, _TWO = {"key": "ky-0123456789abcdef"}, {"user": "user-0", "password": "pw-0123456789abcdef"}
PLACES: dict[str, tuple[str, dict[str, str], str]] = {
    "in-header": (_API, _ONE, 'api_headers={"X-Api-Key": "${key}", "Api-Version": "2026-01-01"}'),
    "in-query": (_API, _ONE, 'api_query={"api_key": "${key}"}'),
    "in-body": (_API, _ONE, 'api_body={"api_key": "${key}"}'),
    "in-basic": (_API, _TWO, 'api_basic=("${user}", "${password}")'),
    "in-path": (f"{_API}/bot${{key}}", _ONE, 'api_headers={"Api-Version": "2026-01-01"}'),
}
"""Connector -> its base URL, its inputs, and where the key goes."""


def write_connectors(folder: Path) -> Path:
    """Write the connectors into ``folder``."""
    (folder / "catalog").mkdir(parents=True, exist_ok=True)
    (folder / "catalog" / "relay.py").write_text(_RELAY)
    for name, (base, inputs, place) in PLACES.items():
        text = _PLACED.format(name=name, base=base, inputs=inputs, place=place)
        (folder / "catalog" / f"{name}.py").write_text(text)
    return folder


def platform_keys() -> dict[str, str]:
    """The platform's credentials of the connectors with a key."""
    values = {"key": KEY, "user": USER, "password": PASSWORD}
    return {
        f"PLATFORM_{name.replace('-', '_').upper()}_{each.upper()}": values[each]
        for name, (_, inputs, _) in PLACES.items()
        for each in inputs
    }


@dataclass
class Proxy:
    """A gateway behind a socket, and its provider."""

    harness: Harness
    provider: StrictProvider
    port: int
    client: httpx.AsyncClient
    """Calls with a key of the role ``proxy``, for alice."""

    @property
    def url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.port}"

    async def connect(
        self,
        user: str = "alice",
        *,
        tenant: str = "acme",
        account: str = "acct-1",
        owner: str | None = None,
        several: bool = True,
    ) -> Connection:
        """Connect an account of Relay, with the first tokens of the provider.

        Unless ``several``, it replaces the account that was there.
        """
        return await connect_relay(
            self.harness, self.provider, user, tenant, account, owner=owner, several=several
        )

    async def events(self) -> list[dict[str, Any]]:
        """The usage events so far, oldest first."""
        meter = self.harness.services.meter
        await meter._writer.flush()
        return await usage_rows(self.harness)


async def connect_relay(
    harness: Harness,
    provider: StrictProvider,
    user: str = "alice",
    tenant: str = "acme",
    account: str = "acct-1",
    *,
    owner: str | None = None,
    several: bool = True,
) -> Connection:
    """Store a connection with Relay as a finished flow does; ``owner`` is the user if not given."""
    service, now = harness.services.tokens, harness.clock()
    new = replace(
        new_connection(account, user=user, connector="relay", several=several),
        connection_config={"tenant": tenant},
        owner=owner or f"user:{user}",
    )
    issued = tokens(min(provider.tokens), provider.refresh_token)

    def seal(row: str, generation: int) -> Any:
        return service._sealer.seal(
            issued,
            tenant="default",
            owner=new.owner,
            connector="relay",
            row=row,
            generation=generation,
            now=now,
        )

    return await save(service._connections, new, seal, now)


async def usage_rows(harness: Harness) -> list[dict[str, Any]]:
    """The rows of the collection ``usage``."""
    store: Any = harness.services.meter._usage
    found: list[dict[str, Any]] = await store._rows.find({}, sort=[("time", 1), ("_id", 1)])
    return found


@asynccontextmanager
async def proxying(
    mongodb_url: str, database: str, folder: Path, provider: StrictProvider, **settings: Any
) -> AsyncIterator[Proxy]:
    """A gateway in front of ``provider``, without limits of its own."""
    async with running_gateway(
        mongodb_url,
        database,
        env=platform_keys(),
        clock=settings.pop("clock", None) or FakeClock(),
        public_url=GATEWAY_URL,
        connectors_path=write_connectors(folder),
        link=provider.link,
        **settings,
    ) as harness:
        key = await harness.key(Role.PROXY)
        headers = {"Authorization": f"Bearer {key}", "Gateway-User": "alice"}
        app = harness.transport.app  # type: ignore[attr-defined]
        async with (
            serving(app) as port,
            loopback_client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
        ):
            yield Proxy(harness, provider, port, client)
