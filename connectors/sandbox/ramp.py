"""Ramp, by docs.ramp.com/developer-api/v1: authorization, business."""

from connectors.sandbox import Refusal, facts, needs, rfc6749


def _refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"error_v2": {"error_code": code, "message": "Refused"}})


PROVIDER = rfc6749(
    "ramp",
    title="Ramp",
    authorize="app.ramp.com/v1/authorize",
    token="api.ramp.com/developer/v1/token",
    revoke="api.ramp.com/developer/v1/token/revoke",
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=3600,
    required={"response_type": "code", "scope": None},
    scopes="business:read transactions:read users:read bills:read cards:read",
    accounts={
        (business, f"{name} ({person})"): {"id": business, "business_name_on_card": name}
        for business, name, person in (
            ("sandbox-acme", "Acme", "Ana Diaz"),
            ("sandbox-globex", "Globex", "Ben Okoro"),
        )
    },
    api_base="api.ramp.com/developer/v1",
    api={
        "/business": needs(
            "business:read", _refusal(403, "DEVELOPER_7101"), facts("id", "business_name_on_card")
        )
    },
    api_refusal=_refusal(401, "DEVELOPER_7100"),
)
