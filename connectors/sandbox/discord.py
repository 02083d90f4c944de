"""Discord, by discord/discord-api-docs: topics/oauth2, resources/user, reference.

PKCE: clients that send it with a secret. What a refresh does to its token is not documented: RFC
6749 is taken.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_MISSING = Refusal(403, {"message": "Missing Access", "code": 50001})

PROVIDER = rfc6749(
    "discord",
    title="Discord",
    authorize="discord.com/oauth2/authorize",
    token="discord.com/api/oauth2/token",
    revoke="discord.com/api/oauth2/token/revoke",
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=604_800,
    params={"prompt", "integration_type"},
    scopes="identify email guilds guilds.members.read connections",
    accounts={
        (key, name): {"id": key, "username": login, "global_name": name}
        for key, name, login in (
            ("80351110224678912", "Ana Diaz", "ana_diaz"),
            ("80351110224678913", "Ben Okoro", "ben.okoro"),
        )
    },
    api_base="discord.com/api/v10",
    api={"/users/@me": needs("identify", _MISSING, facts("id", "username", "global_name"))},
    api_refusal=Refusal(401, {"message": "401: Unauthorized", "code": 0}),
)
