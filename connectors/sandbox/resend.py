"""Resend's own side, by resend.com/docs/api-reference (introduction, errors, list domains)."""

from connectors.sandbox import Refusal, key_provider

DOMAIN = {
    "id": "d91cd9bd-1176-453e-8fc1-35364d380206",
    "name": "mail.acme.example",
    "status": "verified",
    "region": "us-east-1",
}
PROVIDER = key_provider(
    "resend",
    title="Resend",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "re_SbxAna01_5a1db0c494e7f8b2d6c03e9f"},
        "ben": {"key": "re_SbxBen02_c73e9d108452fa6b1c0d4e8f"},
    },
    refusal=Refusal(
        400, {"statusCode": 400, "name": "validation_error", "message": "API key is invalid"}
    ),
    api_base="api.resend.com",
    api={"/domains": lambda call: {"object": "list", "has_more": False, "data": [DOMAIN]}},
)
