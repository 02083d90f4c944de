"""Tools between the gateway's real services and the simulated providers, in this process.

Everything is the product's own: catalog, services, proxy, database, TLS to the sandbox. Only
policies are left out: every tool runs at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.tooling import NeedsSecret
from gateway.encryption.vault import new_encryption_key
from gateway.engine.callback import read_callback
from gateway.engine.scopes import scopes_to_ask
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Grant, Ledger
from gateway.sandbox.link import link_sandbox
from gateway.sandbox.pages import Sandbox
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.server import load_apis, load_providers, open_sandbox
from gateway.server.run import free_port
from gateway.settings.environment import Mode, Settings
from gateway.store.connection import Connection
from gateway.store.owners import owner_of
from gateway.testing.clock import FakeClock
from gateway.testing.expectations import Person
from gateway.testing.locate import find_contracts
from gateway.testing.subject import ContractViolation
from gateway.testing.wire import incoming_of
from gateway.tools.call import ToolCalls
from gateway.tools.context import Asked
from gateway.tools.registry import Registry, Tool
from gateway.tools.result import ToolResult
from gateway.wiring.process import Services, open_services

GATEWAY_URL = "http://localhost:3141"
TENANT = "default"


@dataclass(frozen=True)
class _Auto:
    """The verdict about every tool."""

    decision: str = "auto"
    is_enabled: bool = True


class _EveryTool:
    async def decide(self, tenant: str, user: str, tools: Sequence[Tool]) -> Mapping[str, _Auto]:
        return {tool.name: _Auto() for tool in tools}


@dataclass
class ToolBench:
    """Tools, and people who are connected to what they need."""

    registry: Registry
    services: Services
    sandbox: Sandbox
    clock: FakeClock
    folder: Path | None
    calls: ToolCalls
    _connected: dict[str, dict[str, Connection]] = field(default_factory=dict)
    _grants: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        """The memory of the simulated providers."""
        return self.sandbox.ledger

    async def call(self, tool: Tool, arguments: Mapping[str, Any], user: str) -> ToolResult:
        """Call a tool for ``user``; raises what ``ToolCalls.call`` raises."""
        return await self.calls.call(
            Asked(
                tool=tool.name,
                arguments=arguments,
                tenant=TENANT,
                user=user,
                key_id="key",
                request_id="request",
            )
        )

    async def person(self, tool: Tool, refused: str | None = None, *, fresh: str = "") -> str:
        """A user who is connected to what the tool needs, and has not granted ``refused``.

        Raises ``ContractViolation`` if the sandbox has no such provider, and what connecting
        raises. ``fresh`` makes it another user than the one of the last time.
        """
        said = f"{sorted(tool.scopes.items())} {tool.connectors} {refused} {fresh}"
        user = f"u_{sha256(said.encode()).hexdigest()[:16]}"
        connected = self._connected.setdefault(user, {})
        for need in tool.needs:
            if need.connector not in connected and not isinstance(need, NeedsSecret):
                wanted = tool.scopes.get(need.connector, ())
                connected[need.connector] = await self._connect(
                    need.connector, user, wanted, {refused} - {None}
                )
        return user

    def connection(self, tool: Tool, user: str) -> Connection:
        """The connection of the tool's first connector."""
        return self._connected[user][tool.connectors[0]]

    def has_scopes(self, tool: Tool, user: str) -> bool:
        """Whether a token is bound to scopes, as OAuth's are at this provider."""
        return any((user, name) in self._grants for name in tool.connectors) and any(
            tool.scopes.values()
        )

    def let_hold(self, tool: Tool, user: str, scopes: Mapping[str, Collection[str]]) -> None:
        """Let the user's tokens have exactly these scopes at the providers, by connector."""
        for connector, names in scopes.items():
            grant = self._grant(user, connector)
            if grant is None:
                continue
            grant.scopes = list(names)
            for token in self.ledger.access_tokens.values():
                if token.grant == grant.id:
                    token.scopes = None

    def fail_next(self, connector: str, fault: str = "rate_limited") -> None:
        """Let the next call of a provider's API fail."""
        self.sandbox.faults.add_to_api(connector, fault, 1)

    def _grant(self, user: str, connector: str) -> Grant | None:
        found = self._grants.get((user, connector))
        return None if found is None else self.ledger.grants[found]

    async def _connect(
        self, name: str, user: str, wanted: Sequence[str], refused: Collection[Any]
    ) -> Connection:
        simulation = self.sandbox.providers.get(name)
        if simulation is None:
            raise ContractViolation(f"there is no simulated provider of {name}")
        config = self.services.catalog.usable(name)
        person = _people(name, self.folder)
        if isinstance(config, ConnectorConfig) and isinstance(simulation, ProviderSimulation):
            return await self._consent(config, simulation, user, wanted, refused, person)
        keys = simulation if isinstance(simulation, KeySimulation) else simulation.keys
        if keys is None:
            raise ContractViolation(f"the sandbox file of {name} has no keys")
        _, values = next(iter(keys.right_keys()))
        return await self.services.pasted.connect(
            config, tenant=TENANT, owner=owner_of(user), given=dict(values), replaces=None
        )

    async def _consent(
        self,
        config: ConnectorConfig,
        simulation: ProviderSimulation,
        user: str,
        wanted: Sequence[str],
        refused: Collection[Any],
        person: Person | None,
    ) -> Connection:
        account = simulation.rules.accounts[0].key if person is None else person.account
        before = {*self.ledger.grants}
        started = await self.services.connect.start(
            config,
            tenant=TENANT,
            user=user,
            typed={} if person is None else person.typed,
            return_to="/",
            scopes=scopes_to_ask(config, wanted) if wanted else None,
        )
        # People's browsers get the sandbox's own address, which names the provider's host.
        url = started.authorization_url.replace(f"{self.services.settings.sandbox}/", "https://")
        page = simulation.authorize(incoming_of(httpx.Request("GET", url)))
        params = simulation.approve(page, account, set(refused))
        finished = await self.services.connect.finish(
            config.name,
            read_callback(urlencode(params).encode(), config.code_param),
            tenant=TENANT,
            user=user,
            cookie=started.cookie_value.reveal(),
        )
        new = [grant for grant in self.ledger.grants if grant not in before]
        of_it = [g.id for g in self.ledger.grants.values() if g.provider == config.name]
        self._grants[user, config.name] = new[-1] if new else of_it[-1]
        return finished.connection


def _people(name: str, folder: Path | None) -> Person | None:
    """The first person of the connector's contract, who knows what to type."""
    with contextlib.suppress(ContractViolation):
        for contract in find_contracts(name, folder):
            found: tuple[Person, ...] = contract.expectations().people
            if found:
                return found[0]
    return None


@asynccontextmanager
async def open_tool_bench(
    mongodb_url: str, database: str, folder: Path | None = None
) -> AsyncIterator[ToolBench]:
    """Open a bench on a MongoDB, with the connectors and tools of ``folder`` beside our own."""
    catalog, port = Catalog({}, folder), free_port()
    clock = FakeClock()
    with tempfile.TemporaryDirectory(prefix="tools-") as place:
        servers = open_sandbox(
            load_providers(catalog),
            apis=load_apis(catalog),
            gateway_url=GATEWAY_URL,
            folder=Path(place),
            port=port,
        )
        app: Any = servers[0].config.app
        sandbox: Sandbox = app.state.sandbox
        sandbox.ledger.file = None
        sandbox.ledger.now = lambda: clock().timestamp()
        # The socket queues clients that connect before the server is ready.
        doors = [socket.create_server((each.config.host, each.config.port)) for each in servers]
        running = [
            asyncio.create_task(server.serve(sockets=[door]))
            for server, door in zip(servers, doors, strict=True)
        ]
        try:
            settings = Settings(
                mode=Mode.DEV,
                mongodb_url=SecretStr(mongodb_url),
                mongodb_database=database,
                encryption_keys=SecretStr(f"tools:{new_encryption_key()}"),
                sandbox=f"http://localhost:{port}",
                public_url=GATEWAY_URL,
                connectors_path=folder,
                limits="sign_ins=off,session_requests=off,session_starts=off,user_starts=off",
            )
            link = await link_sandbox(settings, {})
            async with open_services(settings, {}, sandbox=link, clock=clock) as services:
                registry = Registry(services.catalog, folder)
                calls = ToolCalls(
                    registry=registry,
                    forward=services.forward,
                    tokens=services.tokens,
                    audit=services.audit,
                    policies=_EveryTool(),
                    approvals=services.approvals,
                )
                yield ToolBench(registry, services, sandbox, clock, folder, calls)
        finally:
            for server in servers:
                server.should_exit = server.force_exit = True
            await asyncio.gather(*running)
