"""The pet shop of strangers as an integration of a running gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx

from gateway.access.service_keys import Role
from gateway.engine.integration import Description, Kind
from gateway.engine.integration_names import connector_name
from gateway.store.integration_tools import EVERYBODY
from gateway.store.integrations import Integration
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.remote_api import RemoteApi


async def add(
    harness: Harness, api: RemoteApi, found: Description, tenant: str = "default", **facts: Any
) -> Integration:
    """Add the pet shop for a tenant, as accepted by a person."""
    now, services = harness.clock(), harness.services
    row = Integration(
        id=connector_name(tenant, "petstore"),
        tenant=tenant,
        slug="petstore",
        kind=Kind.OPENAPI,
        name=found.name,
        description=found.description,
        endpoint=api.document_url,
        base_url=f"{api.url}/api",
        methods=found.methods,
        display_url=api.url,
        version=found.version,
        notes=(),
        per_connection=False,
        config_revised_at=now,
        created_at=now,
        created_by="session:ada",
        updated_at=now,
    )
    row = replace(row, **facts)
    await services.integration_rows.add(row)
    await services.integration_tools.sync(row, EVERYBODY, found.definitions, now=now, accept=True)
    return row


async def connect(
    harness: Harness, inputs: Mapping[str, str], user: str = "ada", name: str = "petstore"
) -> httpx.Response:
    """Paste values on the connect page's endpoint."""
    browser = await harness.browser(user)
    return await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/{name}/connect",
        json={"inputs": dict(inputs)},
        headers={"X-CSRF-Token": browser.csrf_token(), "Origin": GATEWAY_URL},
    )


async def call(
    harness: Harness, tool: str, tenant: str = "default", **arguments: Any
) -> httpx.Response:
    client = await harness.api(Role.TOOLS, tenant=tenant)
    body = {"user": "ada", "arguments": arguments}
    return await client.post(f"/v1/tools/{tool}/call", json=body)
