"""A valid connector of no real provider, to be bent one field at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from connectors import ConnectionInput, ConnectorConfig, Secret, account_lookup
from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.environment import app_variables, variable

CLIENT_SECRET = "canary-client-secret"

OWN_HOSTS = ("onepassword", "woocommerce")
"""The connectors whose customers type any host, where the operator allows it."""

CATALOG_ENV = {
    variable: value
    for name in CONNECTOR_CATALOG
    for variable, value in app_variables(name, f"{name}-id", f"{name}-secret").items()
} | {variable(name, "HOSTS"): "*" for name in OWN_HOSTS}
"""The variables of every connector of the package: ``notion-id``, ``notion-secret`` …"""

WITH_OAUTH = tuple(
    config.name for config in Catalog(CATALOG_ENV).ready() if isinstance(config, ConnectorConfig)
)
KEYED = tuple(name for name in CONNECTOR_CATALOG if name not in (*WITH_OAUTH, *OWN_HOSTS))
"""The connectors of the package that take pasted keys alone: they need no variable."""

WITHOUT_APP = tuple(
    config.name
    for config in Catalog(CATALOG_ENV).ready()
    if config.key and config.name not in OWN_HOSTS
)
"""The connectors that people can connect without an OAuth app: some of them have one, too."""

TENANT = ConnectionInput(
    title="Company",
    description="The name in your company's address.",
    example="acme",
    pattern=r"[a-z0-9-]{1,40}",
    suffix=".example.com",
)
"""An input for ``${connection_config.company}``."""


def make_config(**changes: Any) -> ConnectorConfig:
    """The connector ``acme`` with ``changes``; raises what ``ConnectorConfig`` raises."""
    fields: dict[str, Any] = {
        "name": "acme",
        "display_name": "Acme",
        "category": "other",
        "docs_url": "https://docs.example.com/oauth",
        "console_url": "https://console.example.com/apps",
        "checked_on": date(2026, 11, 1),
        "client_id": "client-1",
        "client_secret": Secret(CLIENT_SECRET),
        "authorization_url": "https://auth.example.com/authorize",
        "token_url": "https://auth.example.com/token",
        "scopes": ("read", "write"),
        "supports_refresh": True,
        "supports_multiple_accounts": True,
        "fetch_account_info": account_lookup(id="id", label="name"),
        "api_base_url": "https://api.example.com/v1",
    }
    return ConnectorConfig(**fields | changes)
