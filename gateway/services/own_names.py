"""How a tenant names its integrations: by their slug, or by the connector's whole name."""

from __future__ import annotations

from connectors.catalog import Catalog
from connectors.errors import UnknownConnector
from gateway.engine.integration_names import connector_name, is_foreign


def own_name(catalog: Catalog, tenant: str, name: str) -> str:
    """Return the connector's name for what a caller of ``tenant`` named: a slug stands for its own.

    Any other name is returned as it is, known or not. Raises ``UnknownConnector`` for the name of
    another tenant's integration.
    """
    if is_foreign(tenant, name):
        raise UnknownConnector(name)
    if catalog.knows(name):
        return name
    own = connector_name(tenant, name)
    return name if catalog.added(own) is None else own
