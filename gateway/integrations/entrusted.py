"""What an integration keeps while people have entrusted credentials to it."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.engine.integration import AuthMethod, OAuth
from gateway.errors import InvalidRequest
from gateway.services.apps import Apps
from gateway.store.connections import ConnectionStore
from gateway.store.integrations import Integration


async def check_entrusted(
    old: Integration, new: Integration, connections: ConnectionStore, apps: Apps
) -> None:
    """Raise ``InvalidRequest`` if a credential would go to another place than it is for.

    While there are connections, the host stays, no template goes and no endpoint of OAuth changes:
    refresh tokens would be sent to another address than the one they are from. While there is an
    OAuth app, the flow that it is for stays: its secret would be sent there, too.
    """
    await check_host(old, new.base_url, connections)
    if await connections.list_of(old.tenant, old.id):
        kept = {each.slug: each for each in new.methods}
        for method in old.methods:
            if method.slug not in kept or kept[method.slug].oauth != method.oauth:
                raise InvalidRequest(
                    f"authMethods: {method.slug} is in use. Disconnect the accounts first."
                )
    if _flow_of(new.methods) != _flow_of(old.methods) and await apps.list_for(old.tenant, old.id):
        raise InvalidRequest("authMethods: an OAuth app is for this flow. Remove the app first.")


async def check_host(old: Integration, base_url: str, connections: ConnectionStore) -> None:
    """Raise ``InvalidRequest`` if requests would go to another host while there are connections."""
    if _origin(base_url) != _origin(old.base_url) and await connections.list_of(old.tenant, old.id):
        raise InvalidRequest("baseUrl: is another host's. Disconnect the accounts first.")


def _flow_of(methods: Iterable[AuthMethod]) -> OAuth | None:
    """Return the flow of people: the first one, as ``connector_of`` takes it."""
    flows = (each.oauth for each in methods if each.oauth is not None)
    return next((flow for flow in flows if flow.flow == "authorization_code"), None)


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]).lower()
