"""Procore, seen from its own side.

Sources: developers.procore.com/documentation/oauth-endpoints, …/documentation/troubleshooting,
developers.procore.com/reference/rest/v1/me.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "procore",
    title="Procore",
    authorize="login.procore.com/oauth/authorize",
    token="login.procore.com/oauth/token",
    revoke="login.procore.com/oauth/revoke",
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=5400,
    answer={"token_type": "Bearer", "created_at": 1_500_000_000},
    scopes="",
    accounts={
        (str(number), f"{name} ({login})"): {"id": number, "login": login, "name": name}
        for number, name, login in (
            (5460001, "Ana Diaz", "ana.diaz@example.com"),
            (5460002, "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.procore.com",
    api={"/rest/v1.0/me": facts("id", "login", "name")},
    api_refusal=Refusal(401, {"errors": "The access token is invalid"}),
)
