"""Todoist, seen from its own side: an app that gets refresh tokens.

Sources: developer.todoist.com/api/v1 (authorization, user), doist.github.io/todoist-sdk-typescript
(refreshAuthToken, revokeToken), Doist/todoist-api-typescript src/authentication.ts.
"""

from connectors.sandbox import Refusal, RevokeRules, facts, needs, rfc6749

PROVIDER = rfc6749(
    "todoist",
    title="Todoist",
    authorize="todoist.com/oauth/authorize",
    token="todoist.com/oauth/access_token",
    revoke=RevokeRules(
        address="api.todoist.com/api/v1/revoke",
        client_auth="basic",
        accepts=frozenset({"access_token"}),  # what the SDK revokes
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # it rotates; the rest is not documented, and this is hardest for a client
    expires_in=3600,  # not documented
    answer_without={"scope"},
    scopes="data:read data:read_write data:delete task:add project:delete backups:read",
    scope_separator=",",
    required={"scope": None},
    exchange_params=("code", "redirect_uri"),
    accounts={
        (number, f"{name} ({email})"): {"id": number, "full_name": name, "email": email}
        for number, name, email in (
            ("2671355", "Ana Diaz", "ana.diaz@example.com"),
            ("2671356", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.todoist.com/api/v1",
    api={
        "/user": needs(
            "data:read", Refusal(403, {"error": "Forbidden"}), facts("id", "full_name", "email")
        )
    },
    api_refusal=Refusal(401, {"error": "Unauthorized"}),
)
