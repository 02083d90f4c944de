"""Brevo, by developers.brevo.com (authentication schemes, get your account, error codes)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "brevo",
    title="Brevo",
    keys={
        "ana": {"key": "xkeysib-1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7-SandboxAna012345"},
        "ben": {"key": "xkeysib-2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708-SandboxBen543210"},
    },
    headers={"api-key": "{key}"},
    refusal=Refusal(401, {"code": "unauthorized", "message": "Key not found"}),
    api={"/account": facts("organization_id", "email", "firstName", "lastName", "companyName")},
    api_base="api.brevo.com/v3",
    facts={
        "ana": {
            "organization_id": "650000000000000000000001",
            "email": "ana@acme.example",
            "firstName": "Ana",
            "lastName": "Diaz",
            "companyName": "Acme",
        },
        "ben": {
            "organization_id": None,
            "email": "ben@globex.example",
            "firstName": "Ben",
            "lastName": "Okoro",
            "companyName": "",
        },
    },
)
