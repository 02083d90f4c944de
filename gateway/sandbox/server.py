"""The sandbox as a process: ``python -m gateway sandbox``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import trustme
import uvicorn

from connectors.catalog import Catalog
from connectors.errors import ConfigError, ConnectorError
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from gateway.errors import SettingsError
from gateway.observe.logs import get_logger
from gateway.sandbox.app import create_sandbox
from gateway.sandbox.ledger import Ledger
from gateway.server.run import free_port, server_for

_log = get_logger()
HOST = "127.0.0.1"


def load_providers(catalog: Catalog) -> list[SimulatedProvider | SimulatedKeyProvider]:
    """The simulated providers of every connector that has one."""
    found: list[SimulatedProvider | SimulatedKeyProvider] = []
    for name in catalog.names():
        try:
            provider = catalog.sandbox_module(name).PROVIDER
        except (ConnectorError, AttributeError) as error:
            is_said = isinstance(error, ConfigError)
            reason = str(error) if is_said else type(error).__name__
            _log.info("connector_not_simulated", connector=name, reason=reason)
            continue
        is_one = isinstance(provider, (SimulatedProvider, SimulatedKeyProvider))
        if not is_one or provider.name != name:
            raise SettingsError(f"sandbox/{name}.py: PROVIDER is no simulated provider {name}")
        found.append(provider)
    return found


def open_sandbox(
    providers: Sequence[SimulatedProvider | SimulatedKeyProvider],
    *,
    gateway_url: str,
    folder: Path,
    port: int,
) -> list[uvicorn.Server]:
    """The sandbox's servers: plain http on ``port`` for people and tools, TLS for the gateway."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(file=folder / "sandbox.json")
    ledger.load()
    authority = trustme.CA(organization_name="Connector Gateway sandbox")
    hosts = sorted({host for provider in providers for host in provider.hosts()})
    certificate_file = folder / "sandbox-tls.pem"
    certificate_file.touch(mode=0o600)
    authority.issue_cert(*hosts).private_key_and_cert_chain_pem.write_to_path(certificate_file)
    tls_port = free_port()
    app = create_sandbox(
        providers,
        gateway_url=gateway_url,
        ledger=ledger,
        ca=authority.cert_pem.bytes().decode(),
        tls_address=(HOST, tls_port),
    )
    return [
        server_for(app, host=HOST, port=port, lifespan="off"),
        server_for(app, host=HOST, port=tls_port, lifespan="off", ssl_certfile=certificate_file),
    ]
