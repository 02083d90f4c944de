"""Netlify, by docs.netlify.com (Get started with the API) and netlify/open-api swagger.yml: user.

The code flow: netlify-labs/oauth-example, and integrations that post the code to oauth/token.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "netlify",
    title="Netlify",
    authorize="app.netlify.com/authorize",
    token="api.netlify.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer_without={"scope"},
    scopes="",
    accounts={
        (user, name): {"id": user, "full_name": name, "email": email}
        for user, name, email in (
            ("sandboxana", "Ana Diaz", "ana@acme.example"),
            ("sandboxben", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.netlify.com/api/v1",
    api={"/user": facts("id", "full_name", "email")},
    api_refusal=Refusal(
        401, {"code": 401, "message": "Access Denied: Could not find an API token"}
    ),
)
