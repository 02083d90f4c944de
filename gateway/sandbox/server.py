"""The sandbox as a process: ``python -m gateway sandbox``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import trustme
import uvicorn

from connectors.catalog import Catalog
from connectors.errors import ConfigError, ConnectorError
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from connectors.simulated_api import SimulatedApi
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


def load_apis(catalog: Catalog) -> dict[str, SimulatedApi]:
    """The simulated APIs beyond sign-in, by connector; a file that is wrong ends the start."""
    found: dict[str, SimulatedApi] = {}
    for name in catalog.names():
        if (module := catalog.sandbox_api_module(name)) is None:
            continue
        api = getattr(module, "API", None)
        if not isinstance(api, SimulatedApi) or api.name != name:
            raise SettingsError(f"sandbox/api/{name}.py: API is no simulated API of {name}")
        found[name] = api
    return found


def open_sandbox(
    providers: Sequence[SimulatedProvider | SimulatedKeyProvider],
    *,
    apis: Mapping[str, SimulatedApi] | None = None,
    gateway_url: str,
    folder: Path,
    port: int,
) -> list[uvicorn.Server]:
    """The sandbox's servers: plain http on ``port`` for people and tools, TLS for the gateway."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(file=folder / "sandbox.json")
    ledger.load()
    authority = trustme.CA(organization_name="Connector Gateway sandbox")
    apis = apis or {}
    hosts = sorted({host for part in (*providers, *apis.values()) for host in part.hosts()})
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
        apis=apis,
    )
    return [
        server_for(app, host=HOST, port=port, lifespan="off"),
        server_for(app, host=HOST, port=tls_port, lifespan="off", ssl_certfile=certificate_file),
    ]
