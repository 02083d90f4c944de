"""Constant Contact, by developer.constantcontact.com: server flow, scopes, account summary."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"error_key": "unauthorized", "error_message": "The scope is missing"})

PROVIDER = rfc6749(
    "constant-contact",
    title="Constant Contact",
    authorize="authz.constantcontact.com/oauth2/default/v1/authorize",
    token="authz.constantcontact.com/oauth2/default/v1/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="refused",
    rotation="strict",
    expires_in=86_400,
    offline="offline_access",
    scopes="account_read account_update contact_data campaign_data offline_access",
    accounts={
        (key, f"{organization} ({name})"): {
            "encoded_account_id": key,
            "organization_name": organization,
            "contact_email": email,
        }
        for key, organization, email, name in (
            ("p07sandbox1", "Acme", "ana@acme.example", "Ana Diaz"),
            ("p07sandbox2", "Globex", "ben@globex.example", "Ben Okoro"),
        )
    },
    api_base="api.cc.email/v3",
    api={
        "/account/summary": needs(
            "account_read",
            _NO_SCOPE,
            facts("encoded_account_id", "organization_name", "contact_email"),
        )
    },
    api_refusal=Refusal(
        401, {"error_key": "unauthorized", "error_message": "Unable to validate the access token"}
    ),
)
