"""WakaTime, by wakatime.com/developers: authentication, users.

What a refresh does to its token is not documented: RFC 6749 is taken.
"""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "wakatime",
    title="WakaTime",
    authorize="wakatime.com/oauth/authorize",
    token="wakatime.com/oauth/token",
    revoke="wakatime.com/oauth/revoke",
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=43_200,
    scope_separator=",",
    scopes="email read_summaries read_stats read_goals write_logged_time",
    accounts={
        (key, name): {"data": {"id": key, "username": login, "email": f"{login}@acme.example"}}
        for key, name, login in (
            ("a1b2c3d4-0000-4000-8000-000000000001", "Ana Diaz", "ana"),
            ("a1b2c3d4-0000-4000-8000-000000000002", "Ben Okoro", "ben"),
        )
    },
    api_base="wakatime.com/api/v1",
    api={"/users/current": facts("data")},
)
