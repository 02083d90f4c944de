"""Chroma Cloud, by docs.trychroma.com/cloud and Chroma's own source (chroma-core/chroma: settings
of the client for the cloud, get_database and list_collections of the server, AuthError).
"""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "chroma",
    title="Chroma",
    headers={"x-chroma-token": "{key}"},
    keys={
        "ana": {
            "tenant_id": "aaaaaaaa-1111-4000-8000-00000000000a",
            "database": "Docs",
            "key": "ck-Sandbox1anaAbCdEfGhIjKlMnOpQrStUv",
        },
        "ben": {
            "tenant_id": "bbbbbbbb-2222-4000-8000-00000000000b",
            "database": "faq",
            "key": "ck-Sandbox2benAbCdEfGhIjKlMnOpQrStUv",
        },
    },
    refusal=Refusal(401, {"error": "AuthError", "message": "Permission denied."}),
    api={
        "/collections": lambda call: [],
        "api.trychroma.com/api/v2/tenants/{tenant_id}/databases/{database}": facts(
            "id", "name", "tenant"
        ),
    },
    api_base="api.trychroma.com/api/v2/tenants/{tenant_id}/databases/{database}",
    facts={
        "ana": {
            "id": "0f0e0d0c-0b0a-4009-8008-0000000000aa",
            "name": "Docs",
            "tenant": "aaaaaaaa-1111-4000-8000-00000000000a",
        },
        "ben": {
            "id": "0f0e0d0c-0b0a-4009-8008-0000000000bb",
            "name": "faq",
            "tenant": "bbbbbbbb-2222-4000-8000-00000000000b",
        },
    },
)
