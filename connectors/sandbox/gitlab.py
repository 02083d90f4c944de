"""GitLab.com, seen from its own side.

Sources: docs.gitlab.com/api/oauth2, docs.gitlab.com/api/users (the current user),
docs.gitlab.com/integration/oauth_provider. Refusals: doorkeeper, on which GitLab is built.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(
    403,
    {
        "error": "insufficient_scope",
        "error_description": "The request requires higher privileges than provided.",
        "scope": "api read_user read_api",
    },
)

PROVIDER = rfc6749(
    "gitlab",
    title="GitLab",
    authorize="gitlab.com/oauth/authorize",
    token="gitlab.com/oauth/token",
    revoke="gitlab.com/oauth/revoke",
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    ends_access_token=True,
    expires_in=7200,
    refresh_params={"grant_type", "refresh_token", "redirect_uri?"},
    answer={"token_type": "bearer", "created_at": 1_500_000_000},
    answer_without={"scope"},
    scopes="read_user read_api api read_repository write_repository openid profile email",
    accounts={
        (str(number), f"{name} (@{handle})"): {"id": number, "username": handle, "name": name}
        for number, handle, name in ((801, "ana.diaz", "Ana Diaz"), (802, "ben.okoro", "Ben Okoro"))
    },
    api_base="gitlab.com/api/v4",
    api={"/user": needs("read_user", _NO_SCOPE, facts("id", "username", "name"))},
)
