"""SoundCloud, by developers.soundcloud.com/docs/api/guide (authentication, refreshing tokens) and
its OpenAPI document (GET /me)."""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "soundcloud",
    title="SoundCloud",
    authorize="secure.soundcloud.com/authorize",
    token="secure.soundcloud.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3599,
    scopes="",
    answer={"scope": ""},
    accounts={
        (permalink, name): {
            "urn": f"soundcloud:users:{number}",
            "username": name,
            "permalink": permalink,
        }
        for number, permalink, name in ((101, "ana-diaz", "Ana Diaz"), (102, "ben", "Ben Okoro"))
    },
    api_base="api.soundcloud.com",
    api={"/me": facts("urn", "username", "permalink")},
    api_auth=("authorization", "OAuth "),
    api_refusal=Refusal(401, {"code": 401, "message": "…", "status": "401 - Unauthorized"}),
)
