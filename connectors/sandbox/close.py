"""Close, by developer.close.com/topics/authentication-oauth2 and amp-labs/connectors.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "close",
    title="Close",
    authorize="app.close.com/oauth2/authorize/",
    token="api.close.com/oauth2/token/",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    offline="offline_access",
    answer=lambda issued: {
        "organization_id": "orga_Sandbox",
        "user_id": issued.account.facts["id"],
    },
    scopes="all.full_access offline_access",
    accounts={
        (key, name): {"id": key, "first_name": name.split()[0], "email": email}
        for key, name, email in (
            ("user_SandboxAna", "Ana Diaz", "ana@acme.example"),
            ("user_SandboxBen", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.close.com/api/v1",
    api={"/me/": facts("id", "first_name", "email")},
)
