"""Pinecone's data plane, by docs.pinecone.io (authentication, errors, describe_index_stats)."""

from connectors.sandbox import Refusal, key_provider

_DOMAIN = "svc.aped-4627-b74a.pinecone.io"

PROVIDER = key_provider(
    "pinecone",
    title="Pinecone",
    keys={
        "acme": {
            "host": f"acme-docs-a1b2c3d.{_DOMAIN}",
            "key": "pcsk_Sandbox_acme_0123456789abcdef",
        },
        "globex": {
            "host": f"globex-faq-e4f5a6b.{_DOMAIN}",
            "key": "pcsk_Sandbox_globex_0123456789abcdef",
        },
    },
    headers={"api-key": "{key}"},
    required_headers={"x-pinecone-api-version": frozenset({"2025-04", "2025-10", "2026-07"})},
    refusal=Refusal(401, {"status": 401, "error": {"code": "UNAUTHENTICATED", "message": "…"}}),
    api={
        "POST /describe_index_stats": lambda call: {
            "dimension": 1024,
            "indexFullness": 0,
            "namespaces": {"": {"vectorCount": 50}},
            "totalVectorCount": 50,
        }
    },
    api_base=f"{{*.{_DOMAIN}}}",
    api_hosts={f"{{*.{_DOMAIN}}}", "api.pinecone.io"},
)
