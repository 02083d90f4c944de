"""Cohere, by docs.cohere.com/reference (check API key, errors) and its own client."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "cohere",
    title="Cohere",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "SandboxAcme0123456789abcdefghijABCDEFGHI"},
        "globex": {"key": "SandboxGlobex9876543210abcdefghijABCDEFG"},
    },
    refusal=Refusal(401, {"id": "sandbox-1", "message": "invalid api token"}),
    api_base="api.cohere.com",
    api={"POST /v1/check-api-key": facts("valid", "organization_id", "owner_id")},
    facts={
        key: {"valid": True, "organization_id": f"org-{key}", "owner_id": f"owner-{key}"}
        for key in ("acme", "globex")
    },
)
