"""Reel, seen from its own side."""

from connectors.sandbox import LongLivedRules, RevokeRules, facts, rfc6749

PROVIDER = rfc6749(
    "reel",
    title="Reel",
    authorize="reel.example/oauth/authorize",
    token="api.reel.example/oauth/access_token",
    revoke=RevokeRules(
        address="graph.reel.example/me/permissions", method="DELETE", token="api_header"
    ),
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="kept",
    expires_in=3600,
    long_lived=LongLivedRules(
        exchange="graph.reel.example/access_token",
        exchange_params={
            "grant_type": "reel_exchange",
            "client_secret": "{client_secret}",
            "access_token": "{access_token}",
        },
        renew="graph.reel.example/refresh_access_token",
        renew_params={"grant_type": "reel_renew", "access_token": "{access_token}"},
        seconds=60 * 86400,
    ),
    scopes="read write",
    accounts={
        ("ana", "Ana"): {"id": "1", "name": "Ana"},
        ("ben", "Ben"): {"id": "2", "name": "Ben"},
    },
    api_base="graph.reel.example",
    api={"/me": facts("id", "name")},
)
