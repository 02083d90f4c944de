"""DigitalOcean, by docs.digitalocean.com/reference/api: OAuth API, account."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, needs, rfc6749

_NO_SCOPE = Refusal(403, {"id": "Forbidden", "message": "You are missing a required permission"})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    account = issued.account.facts
    info = {"uuid": account["uuid"], "email": account["email"], "team_uuid": account["team"]}
    return {"info": info}


def _account(call: ApiCall) -> dict[str, Any]:
    account = call.account.facts
    team = {"uuid": account["team"], "name": account["team_name"]}
    said = {"uuid": account["uuid"], "email": account["email"], "status": "active"}
    return {"account": {**said, "team": team}}


PROVIDER = rfc6749(
    "digitalocean",
    title="DigitalOcean",
    authorize="cloud.digitalocean.com/v1/oauth/authorize",
    token="cloud.digitalocean.com/v1/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=2_592_000,
    answer=_answer,
    scopes="read write",
    accounts={
        (f"{team}:{user}", f"{email} ({team_name}, {name})"): {
            "uuid": user,
            "email": email,
            "team": team,
            "team_name": team_name,
        }
        for team, team_name, user, email, name in (
            ("team-1", "Acme", "user-1", "ana@acme.example", "Ana Diaz"),
            ("team-2", "Globex", "user-1", "ana@acme.example", "Ana Diaz"),
            ("team-2", "Globex", "user-2", "ben@globex.example", "Ben Okoro"),
        )
    },
    api_base="api.digitalocean.com/v2",
    api={"/account": needs("read", _NO_SCOPE, _account)},
    api_refusal=Refusal(401, {"id": "Unauthorized", "message": "Unable to authenticate you"}),
)
