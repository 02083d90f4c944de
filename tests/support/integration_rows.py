"""Rows of integrations and their operations, for tests that need no API behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gateway.engine.discovered import AuthorizationServer, RemoteClient
from gateway.engine.integration import AuthMethod, Definition, Kind, OAuth, Placement
from gateway.engine.integration_names import connector_name
from gateway.store.integrations import Integration

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)


def integration(tenant: str = "default", slug: str = "petstore") -> Integration:
    """A pet shop."""
    flow = OAuth(
        authorization_url="https://shop.example/authorize",
        token_url="https://shop.example/token",
        scopes={"https://shop.example/auth/pets.read": "See pets"},
    )
    key = Placement(carrier="header", name="X-Api-Key", variable="api_key")
    return Integration(
        id=connector_name(tenant, slug),
        tenant=tenant,
        slug=slug,
        kind=Kind.OPENAPI,
        name="Pet shop",
        description="Pets.",
        endpoint="https://shop.example/openapi.json",
        base_url="https://shop.example/api",
        methods=(
            AuthMethod(slug="oauth", kind="oauth", oauth=flow),
            AuthMethod(slug="key", kind="apikey", placements=(key,)),
        ),
        display_url="https://shop.example/",
        version="1.0",
        notes=("It has no notes.",),
        per_connection=False,
        config_revised_at=NOW,
        created_at=NOW,
        created_by="session:ada",
        updated_at=NOW,
        found=RemoteClient(
            server=AuthorizationServer(
                issuer="https://shop.example",
                authorization_url="https://shop.example/authorize",
                token_url="https://shop.example/token",
                scopes=("pets",),
            ),
            client_id="c",
            auth="none",
            origin="registered",
        ),
    )


def definition(name: str = "get_pet", **facts: object) -> Definition:
    """An operation, in whose schema a name has a dot and a dollar."""
    schema = {"type": "object", "properties": {"a.b": {"$ref": "#/$defs/x"}}, "$defs": {"x": True}}
    given = Definition(
        name=name,
        description="Show a pet.",
        effect="read",
        input_schema=schema,
        output_schema={},
        call={"method": "GET", "path": "/pets/{id}"},
        scopes=("pets",),
    )
    return replace(given, **facts)  # type: ignore[arg-type]
